"""What a receipt tells at the till: its goods, what they earned and why, what came back, and how its member stands."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from campaigns import offers
from campaigns.offers import Told
from core import clock
from core.models import Programme
from members import identity
from members.identity import Found
from points import queries as points
from points import rules
from points.models import PointType
from points.queries import Balance
from pos import pricing, queries
from pos.queries import Back, Earned, Sold, SoldLine
from pos.quotes import ladder
from pos.returns import Returned
from pos.settling import Recorded
from rewards.givebacks import GivenBack
from rewards.models import Voucher
from tiers import qualification
from tiers.models import Tier
from tiers.qualification import Progress


@dataclass(frozen=True, slots=True)
class Gain:
    """What a receipt earned in one point type, from which day it can be used (None: already), and until which."""

    point_type: PointType
    earned: Earned
    usable_on: date | None
    last_on: date | None

    @property
    def reasons(self) -> Sequence[Mapping[str, Any]]:
        return self.earned.reasons


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt with all that is told of it. Member, balance and progress are of now; none of them without member."""

    sold: Sold
    lines: Sequence[SoldLine]
    gains: Sequence[Gain]
    returns: Sequence[Back]
    member: Found | None
    balance: Balance | None
    progress: Progress | None
    vouchers: Sequence[Voucher]
    missed: Sequence[Told]

    @property
    def is_all_back(self) -> bool:
        """Whether nothing is left that could come back."""
        return all(line.returned >= line.quantity for line in self.lines)


def receipt(sold: Sold, *, programme: Programme, at: datetime) -> Receipt:
    """A receipt as it stands at that moment. Three queries; seven with member, eight where there are offers."""
    types = rules.rulebook(programme).point_types
    gains = [_gain(types[part.point_type_id], part, programme, at) for part in queries.earned(sold.id)]
    member_id = sold.member_id
    return Receipt(
        sold=sold,
        lines=queries.lines(sold.id),
        gains=gains,
        returns=queries.returns(sold.id),
        member=identity.find(number=sold.member_number) if sold.member_number else None,
        balance=points.balance(member_id, at) if member_id else None,
        progress=qualification.progress(member_id, at, ladder=ladder(programme)) if member_id else None,
        vouchers=list(Voucher.objects.filter(member=member_id, receipt=sold.number)) if member_id else [],
        missed=offers.told(pricing.missed(programme, sold.id) if member_id else [], programme),
    )


def _gain(point_type: PointType, part: Earned, programme: Programme, at: datetime) -> Gain:
    usable_on = clock.business_date(part.usable_at, programme) if part.usable_at > at else None
    # Expiry is the first moment at which they are gone, often the first of a day.
    last_on = part.expires_at and clock.business_date(part.expires_at - timedelta(microseconds=1), programme)
    return Gain(point_type, part, usable_on, last_on)


@dataclass(frozen=True, slots=True)
class AfterReturn:
    """What a return would do: the money to give back, points taken by type, and how the member would stand.

    `owed`: so many of the points were used already, and are owed from then on. None without member.
    """

    amount: Decimal
    taken: Sequence[tuple[PointType, int]]
    balance: Balance | None
    owed: int
    vouchers: Sequence[GivenBack]
    tier_before: Tier | None
    tier_after: Tier | None

    @property
    def digest(self) -> str:
        given = [(each.voucher.pk, each.points) for each in self.vouchers]
        return _digest(self.amount, [(t.pk, points) for t, points in self.taken], self.balance, self.tier_after, given)


@dataclass(frozen=True, slots=True)
class AfterGiving:
    """What a receipt would earn a member to whom it is given, by point type."""

    member: Found
    earned: Sequence[tuple[PointType, int]]

    @property
    def digest(self) -> str:
        return _digest(self.member.member_id, [(t.pk, points) for t, points in self.earned])


def after_return(returned: Returned, sold: Sold, *, programme: Programme, at: datetime) -> AfterReturn:
    """RETURNED, which was undone again, as a cashier reads it. Two queries with member, else none."""
    book = rules.rulebook(programme)
    taken = [(book.point_types[t], -booking.points) for t, booking in sorted(returned.bookings.items())]
    if sold.member_id is None:
        return AfterReturn(returned.amount, taken, None, 0, returned.vouchers, None, None)
    before = points.balance(sold.member_id, at)
    given = (each.booking for each in returned.vouchers if each.voucher.member_id == sold.member_id)
    booking = (returned.bookings.get(book.main.pk) if book.main else None) or next(filter(None, given), None)
    after = Balance(booking.pending, booking.available, booking.held, booking.debt) if booking else before
    tier = qualification.progress(sold.member_id, at, ladder=ladder(programme)).tier
    held = next((t for t in ladder(programme) if returned.held and t.pk == returned.held.tier_id), tier)
    return AfterReturn(returned.amount, taken, after, max(0, after.debt - before.debt), returned.vouchers, tier, held)


def after_giving(recorded: Recorded, member: Found, *, programme: Programme) -> AfterGiving:
    """RECORDED, which was undone again, as a cashier reads it. No query."""
    types = rules.rulebook(programme).point_types
    return AfterGiving(member, [(types[t], booking.points) for t, booking in sorted(recorded.bookings.items())])


def _digest(*told: object) -> str:
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]
