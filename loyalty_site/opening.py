"""What members bring along when a shop moves in: points with their expiry, and a tier.

Columns of the file, beside those of `members.roster`:

| column | what it holds |
|---|---|
| points | usable points of the main point type; empty or 0: none |
| points_expire_on | the last day on which they can be used; empty: as if accrued today |
| tier | the code of the tier held; empty: none brought along |
| tier_until | the last day of the tier; empty: as if reached today |

Each member's balance is opened once, under one reference. A repeat changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock, events, programme
from core.errors import LoyaltyError
from core.models import Programme
from members import roster
from members.models import Member
from members.roster import InvalidCell, Row
from points import ledger, terms
from points.ledger import Accrual, Grant
from points.models import PointType, Posting
from tiers import qualification
from tiers.models import Standing, Tier, TierChange

COLUMNS = ("points", "points_expire_on", "tier", "tier_until")
# More than any shop gives; beyond it, the cell is a phone number in the wrong column.
MOST_POINTS = 100_000_000

ACTOR = "import_members"
WORDS = {"en": "Brought along when we moved in", "zh-hans": "迁入时带来的积分"}


class OpenedOtherwise(LoyaltyError):
    """The member was opened before, with other points or another tier."""

    code = "opened_otherwise"
    sentence = gettext_lazy("This member was opened with %(opened)s before; the file says %(wanted)s.")


class NoPointType(LoyaltyError):
    """The programme has no main point type yet."""

    code = "no_point_type"
    sentence = gettext_lazy("This programme has no main point type yet.")


@dataclass(frozen=True, slots=True)
class Opened:
    """What a line brought along. Nothing, when it had done so before."""

    points: int
    has_tier: bool


def take(row: Row, member: Member, *, at: datetime) -> Opened:
    """Open the member's balance and tier with what a row brings along. A repeat changes nothing.

    Runs in the caller's transaction. Tells "points.opened". Raises InvalidCell, OpenedOtherwise, NoPointType, and
    the refusals of tiers.qualification.
    """
    settings = programme.current()
    cells = row.cells
    points, expire_on = _points(cells), roster.day(cells, "points_expire_on")
    tier, until = _tier(cells), roster.day(cells, "tier_until")
    return Opened(
        points=_open_points(member, points, expire_on, settings, at=at) if points else 0,
        has_tier=_open_tier(member, tier, until, clock.business_date(at, settings), at=at) if tier else False,
    )


def _open_points(member: Member, points: int, expire_on: date | None, settings: Programme, *, at: datetime) -> int:
    """How many points were booked now: none when they were before."""
    point_type = PointType.objects.filter(is_default=True).first()
    if point_type is None:
        raise NoPointType
    reference = _reference(member)
    account = ledger.open_accounts([(member.pk, point_type.pk, at)])[member.pk, point_type.pk]
    opened = Posting.objects.filter(account_id=account.account_id, kind=Posting.Kind.ACCRUE, reference=reference)
    if before := opened.first():
        if before.points != points:
            raise OpenedOtherwise(pointer="/points", opened=before.points, wanted=points)
        return 0
    expires_at = terms.expires_at(point_type, at, at, settings)
    if expire_on:
        expires_at = clock.start_of(expire_on + timedelta(days=1), settings)
        if expires_at <= at:
            raise InvalidCell(pointer="/points_expire_on", expected=_("a day that has not passed"))
    grant = Grant(points, "opening", 0, WORDS, at, expires_at)
    booking = ledger.accrue([Accrual(account.account_id, reference, [grant], at, at, ACTOR)])[0]
    events.tell(
        "points.opened",
        reference=reference,
        occurred_at=at,
        member_id=member.pk,
        payload={"posting": booking.posting_id, "points": points, "point_type": point_type.code},
    )
    return points


def _points(cells: Mapping[str, str]) -> int:
    text = cells.get("points") or "0"
    if not text.isascii() or not text.isdigit() or int(text) > MOST_POINTS:
        raise InvalidCell(pointer="/points", expected=_("a whole number, not below 0"))
    return int(text)


def _open_tier(member: Member, tier: Tier, until: date | None, today: date, *, at: datetime) -> bool:
    """Whether the tier was given now. Once is enough: a repeat would make it last longer."""
    if tier.rank == 0:
        return False
    reference = _reference(member)
    opened = TierChange.objects.filter(member=member, cause=TierChange.Cause.OPENING, reference=reference)
    if before := opened.select_related("to_tier").first():
        if before.to_tier != tier:
            raise OpenedOtherwise(pointer="/tier", opened=before.to_tier.code, wanted=tier.code)
        return False
    if Standing.objects.filter(member=member, given_tier=tier).exists():
        return False
    if until and until < today:
        raise InvalidCell(pointer="/tier_until", expected=_("a day that has not passed"))
    qualification.grant(
        member.pk, tier, on=today, until=until, cause=TierChange.Cause.OPENING, reference=reference, at=at
    )
    return True


def _tier(cells: Mapping[str, str]) -> Tier | None:
    code = cells.get("tier")
    if not code:
        return None
    tiers = {tier.code: tier for tier in Tier.objects.all()}
    if code not in tiers:
        raise InvalidCell(pointer="/tier", expected=", ".join(tiers))
    return tiers[code]


def _reference(member: Member) -> str:
    """The one reference under which a member's points and tier are opened, whatever the file calls the member."""
    return f"opening:{member.uuid}"
