"""What members hold, and how purchases, returns and gifts change it.

The rules, in business dates of the programme (docs/adr/0004-tier-standing.md has them with examples):

- Purchases count by their business date, in the scheme's basis. Whoever reaches a threshold within the window holds
  that tier at once, also where that skips a rung. Spending points changes nothing.
- A standing lapses on the first date whose window falls short of its threshold, and lasts to the end of the month
  after that; then it is one step down, and so on. Buying again moves these dates at once. They follow from the
  qualifying days, never from when somebody looked: a late review gives the same as one in time.
- A return subtracts on the day of the sale. A tier is taken back at once only where that very purchase had raised it
  and it is no longer earned; otherwise it lapses on the day of the return, never later than it would have.
- A tier that was given (brought along at the opening, or by staff) is held at least until its end.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import clock, db
from core.errors import LoyaltyError
from tiers.ladder import NoLadder
from tiers.models import Scheme, Standing, Tier, TierChange


class GivesNothing(LoyaltyError):
    """The lowest tier is held by everybody: it can't be given."""

    code = "gives_nothing"
    status = 400
    sentence = _("Everybody holds the lowest tier: it can't be given.")


class EndsBeforeItBegins(LoyaltyError):
    """A tier was to be given until a date before it begins."""

    code = "ends_before_it_begins"
    status = 400
    sentence = _("The tier would end on %(until)s, before it begins on %(on)s.")


class HoldsMore(LoyaltyError):
    """The member has been given a higher tier, which still runs."""

    code = "holds_more"
    sentence = _("This member has already been given a higher tier, until %(until)s.")


@dataclass(frozen=True, slots=True)
class Held:
    """The tier a member holds. `missing` is what the next tier (`next_code`) asks for beyond the window's total."""

    member_id: int
    tier_id: int
    code: str
    rank: int
    multiplier: Decimal
    since_on: date | None
    lapses_on: date | None
    valid_until: date | None
    next_code: str | None = None
    missing: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Qualifying:
    """What one purchase counts, or, negative, what one return takes away. `day` is the business date of the sale.

    `at` is when it is booked. `reference` names the purchase, also for a return: that of the sale it belongs to.
    """

    member_id: int
    day: date
    amount: Decimal
    points: int
    purchases: int
    at: datetime
    cause: str
    reference: str

    def as_row(self) -> dict[str, Any]:
        return {
            "member": self.member_id,
            "day": self.day,
            "amount": self.amount,
            "points": self.points,
            "purchases": self.purchases,
            "at": self.at,
            "cause": self.cause,
            "reference": self.reference,
        }


@dataclass(frozen=True, slots=True)
class Progress:
    """How a member stands: what is held, the total in the window, what the next tier asks for, what keeps this one.

    `total` and what is `missing` are in the scheme's `basis`. What is `missing_to_keep` must be bought by `keep_by`
    for the tier to last longer; both are empty at the lowest tier.
    """

    held: Held
    tier: Tier
    basis: str
    total: Decimal
    next_tier: Tier | None
    missing: Decimal
    keep_by: date | None
    missing_to_keep: Decimal


@dataclass(frozen=True, slots=True)
class Keep:
    """What it takes for a tier to last beyond UNTIL: so much more, in the scheme's basis, by the end of that date."""

    until: date
    missing: Decimal
    basis: str


def standings(member_ids: Sequence[int], ats: Sequence[datetime] = ()) -> dict[int, Held]:
    """What these members hold, by member id, in one statement. Members without a row hold the lowest tier.

    With ATS (one moment for each member), standings that have run out by then answer what they have come to, also
    where no review has written it down yet. Raises NoLadder.
    """
    rows = db.rows(
        "select * from tiers_standings(%s::bigint[], %s::timestamptz[])",
        [list(member_ids), list(ats) or [None] * len(member_ids)],
    )
    return _by_member(rows, member_ids)


def record(batch: Sequence[Qualifying]) -> dict[int, Held]:
    """Count purchases and returns of distinct members, and answer what each holds now. One call of one SQL function.

    Runs inside the caller's transaction. Not repeatable by itself: the caller records each purchase once.
    Raises NoLadder.
    """
    if not batch:
        return {}
    members = {one.member_id for one in batch}
    if len(members) != len(batch):
        raise ValueError("one item for each member, please")
    rows = db.rows("select * from tiers_record(%s::jsonb)", [db.as_json([one.as_row() for one in batch])])
    return _by_member(rows, members)


def _by_member(rows: Iterable[Mapping[str, Any]], members: Iterable[int]) -> dict[int, Held]:
    held = {row["member_id"]: Held(**row) for row in rows}
    if not held.keys() >= set(members):
        raise NoLadder
    return held


def grant(
    member_id: int,
    tier: Tier,
    *,
    on: date,
    until: date | None = None,
    cause: str,
    reference: str,
    at: datetime,
) -> Held:
    """Give TIER from ON until UNTIL (not given: as long as if its threshold had been reached on ON).

    What is held already is never shortened by it, nor a higher tier taken away; when that runs out, the member lands
    here. It takes the place of what was given before. A repeat changes nothing. Raises GivesNothing,
    EndsBeforeItBegins, HoldsMore.
    """
    if tier.rank == 0:
        raise GivesNothing
    until = until or _as_if_reached(on)
    if until < on:
        raise EndsBeforeItBegins(on=on, until=until)
    with transaction.atomic():
        db.value(
            "select tiers_hold(array[%s]::bigint[], array[%s]::date[], array[%s]::timestamptz[])", [member_id, on, at]
        )
        standing = Standing.objects.select_related("tier", "given_tier").get(pk=member_id)
        _give(standing, tier, on, until)
        if standing.tier.rank < tier.rank:
            _raise(standing, tier, on=on, cause=cause, reference=reference, at=at)
        standing.save()
    return standings([member_id])[member_id]


def _as_if_reached(on: date) -> date:
    until: date | None = db.value(
        'select tiers_valid_until(tiers_leaves_on(%s::date, c."window", c.months)) from tiers_scheme c', [on]
    )
    if until is None:
        raise NoLadder
    return until


def _give(standing: Standing, tier: Tier, on: date, until: date) -> None:
    before = standing.given_tier
    if before and standing.given_until and before.rank > tier.rank and standing.given_until >= on:
        raise HoldsMore(until=standing.given_until)
    standing.given_tier, standing.given_until = tier, until
    if standing.tier.rank <= tier.rank:
        earned = standing.lapses_on and clock.end_of_month(clock.months_after(standing.lapses_on, 1))
        standing.valid_until = max(until, earned) if earned and standing.tier_id == tier.pk else until


def _raise(standing: Standing, tier: Tier, *, on: date, cause: str, reference: str, at: datetime) -> None:
    change = TierChange.objects.create(
        member_id=standing.member_id,
        from_tier=standing.tier,
        from_since_on=standing.since_on,
        from_lapses_on=standing.lapses_on,
        to_tier=tier,
        on=on,
        at=at,
        cause=cause,
        reference=reference,
    )
    standing.tier, standing.since_on, standing.lapses_on, standing.floor_on = tier, on, None, None
    db.value("select core_tell(tiers_facts(array[c])) from tiers_tierchange c where c.id = %s", [change.pk])


def keeping(member_ids: Sequence[int], at: datetime) -> dict[int, Keep]:
    """What these members still need to keep the tier they hold AT a moment. The lowest lasts: who holds it is absent.
    One query."""
    rows = db.rows(
        """
        select p.member_id, p.valid_until as until, greatest(t.threshold - p.left_over, 0) as missing, p.basis
        from unnest(%s::bigint[]) as m(id)
        cross join lateral tiers_progress(m.id, %s) p
        join tiers_tier t on t.id = p.tier_id
        where p.valid_until is not null
        """,
        [list(member_ids), at],
    )
    return {row["member_id"]: Keep(row["until"], row["missing"], row["basis"]) for row in rows}


def progress(member_id: int, at: datetime, *, ladder: Sequence[Tier] | None = None) -> Progress:
    """How the member stands at that moment. Two queries; one for who knows the LADDER. Raises NoLadder."""
    rows = db.rows("select * from tiers_progress(%s, %s)", [member_id, at])
    tiers = {tier.pk: tier for tier in (Tier.objects.all() if ladder is None else ladder)}
    if not rows:
        raise NoLadder
    row = rows[0]
    basis, total, left_over = row.pop("basis"), row.pop("total"), row.pop("left_over")
    held = Held(**row)
    tier = tiers[held.tier_id]
    above = next((t for t in tiers.values() if t.rank > tier.rank), None)
    return Progress(
        held=held,
        tier=tier,
        basis=Scheme.Basis(basis),
        total=total,
        next_tier=above,
        missing=max(above.threshold - total, Decimal(0)) if above else Decimal(0),
        keep_by=held.valid_until,
        missing_to_keep=max(tier.threshold - left_over, Decimal(0)) if held.valid_until else Decimal(0),
    )
