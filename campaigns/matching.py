"""Pure: which offers a basket wins, and which it does not, why, and what is missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from campaigns.offerbook import Terms
from points.earning import Bonus, Goods
from points.rules import Rule


class Why(TextChoices):
    """Why an offer of the day does not apply to a basket."""

    TIER = "other_tier", _("for another tier")
    NO_GOODS = "no_such_goods", _("no such goods")
    MINIMUM = "below_minimum", _("below the minimum")
    TOO_LITTLE = "too_little", _("too little for a point")
    TIMES = "used_up_by_member", _("had as often as a member may")
    BUDGET = "budget_used_up", _("budget used up")


@dataclass(frozen=True, slots=True)
class Missed:
    """An offer that does not apply. `missing`: the money to its minimum, 0 where money does not help."""

    terms: Terms
    why: Why
    missing: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Won:
    """An offer that applies, what it gives, and the how many-th time it is the member's."""

    terms: Terms
    bonus: Bonus
    points: int
    number: int


@dataclass(frozen=True, slots=True)
class Standing:
    """By offer: how often a member has won by it, and what is left of its budget, where it has one."""

    had: Mapping[int, int] = field(default_factory=dict)
    left: Mapping[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class Matched:
    """What a basket wins and what it misses."""

    won: list[Won] = field(default_factory=list)
    missed: list[Missed] = field(default_factory=list)

    @property
    def bonuses(self) -> list[Bonus]:
        return [each.bonus for each in self.won]


def match(
    goods: Sequence[Goods],
    offers: Sequence[Terms],
    *,
    rules: Sequence[Rule],
    point_type_id: int,
    tier: str,
    standing: Standing,
) -> Matched:
    """Hold GOODS against OFFERS of the day, for a member who holds TIER. All that apply add up."""
    found = Matched()
    for terms in offers:
        bonus = terms.bonus(point_type_id)
        points = bonus.gives(goods, rules)
        had = standing.had.get(terms.offer_id, 0)
        if missed := _missed(terms, bonus, points, goods, tier, had, standing):
            found.missed.append(missed)
        else:
            found.won.append(Won(terms, bonus, points, had + 1))
    return found


def _missed(
    terms: Terms, bonus: Bonus, points: int, goods: Sequence[Goods], tier: str, had: int, standing: Standing
) -> Missed | None:
    """Why the offer does not apply; None where it does. What the member can't help comes first."""
    if terms.tiers and tier not in terms.tiers:
        return Missed(terms, Why.TIER)
    if terms.per_member is not None and had >= terms.per_member:
        return Missed(terms, Why.TIMES)
    left = standing.left.get(terms.offer_id)
    if left is not None and left < max(1, points):
        return Missed(terms, Why.BUDGET)
    covered = bonus.covered(goods)
    if terms.categories and not covered:
        return Missed(terms, Why.NO_GOODS)
    if (missing := terms.minimum - sum((line.amount for line in covered), Decimal(0))) > 0:
        return Missed(terms, Why.MINIMUM, missing)
    return None if points else Missed(terms, Why.TOO_LITTLE)
