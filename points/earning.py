"""What a basket earns, and why. Pure: the same basket in the same context always earns the same.

Order: each base rule on the goods it covers, rounded by the rule; all base rules add up; then the tier's share of the
base points whose rule says so, rounded down; then the bonuses that campaigns offer. Every part is a grant of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_UP, Decimal

from django.utils.translation import gettext_lazy as _

from core import money
from core.errors import LoyaltyError
from points.ledger import Grant
from points.rules import MOST_POINTS, Rule

ROUNDINGS = {"down": ROUND_DOWN, "half_up": ROUND_HALF_UP, "up": ROUND_CEILING}
TIER_WORDS = {"en": "{tier} member bonus ×{multiplier}", "zh-hans": "{tier}会员加成 ×{multiplier}"}


class TooManyPoints(LoyaltyError):
    """A rule would give more points for one purchase than anybody means to. `rule`: its code."""

    code = "too_many_points"
    lasting = False
    sentence = _("The rule “%(rule)s” would give %(points)s points for this. Ask the back office to look at it.")


@dataclass(frozen=True, slots=True)
class Goods:
    """A line as the rules see it: its category ("" for none) and what was paid for it."""

    category: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Bonus:
    """What a campaign offers on top, once the goods it covers come to something, and to its minimum.

    Fixed POINTS; or, with MULTIPLIER, the base points of those goods once more for each whole above one. ONLY these
    categories; none: all goods.
    """

    code: str
    version: int
    point_type_id: int
    points: int
    words: Mapping[str, str]
    minimum: Decimal = Decimal(0)
    multiplier: Decimal | None = None
    only: frozenset[str] = frozenset()

    def covered(self, goods: Sequence[Goods]) -> list[Goods]:
        """Those of GOODS that count."""
        return [line for line in goods if line.category in self.only] if self.only else list(goods)

    def gives(self, goods: Sequence[Goods], rules: Sequence[Rule]) -> int:
        """The points that GOODS win; 0 where they come to too little."""
        covered = self.covered(goods)
        total = sum((line.amount for line in covered), Decimal(0))
        if total <= 0 or total < self.minimum:
            return 0
        if self.multiplier is None:
            return self.points
        base = sum(_base(rule, covered) for rule in rules if rule.point_type_id == self.point_type_id)
        return int(base * (self.multiplier - 1))


@dataclass(frozen=True, slots=True)
class Context:
    """All that a price depends on besides the goods. `dates` gives each point type's usable-from and expiry."""

    rules: Sequence[Rule]
    multiplier: Decimal
    tier_names: Mapping[str, str]
    currency: str
    dates: Mapping[int, tuple[datetime, datetime | None]]
    bonuses: Sequence[Bonus] = ()


@dataclass(slots=True)
class Quote:
    """Grants by point type, and what counts towards tiers: the amount that any rule covers, the base points."""

    grants: dict[int, list[Grant]] = field(default_factory=dict)
    qualifying_amount: Decimal = Decimal(0)
    qualifying_points: int = 0

    def points(self, point_type_id: int) -> int:
        return sum(grant.points for grant in self.grants.get(point_type_id, ()))


def quote(goods: Sequence[Goods], context: Context, *, main: int) -> Quote:
    """What GOODS earn in CONTEXT. Raises TooManyPoints.

    MAIN is the point type whose base points count towards tiers.
    """
    result = Quote(
        qualifying_amount=sum(
            (line.amount for line in goods if any(rule.covers(line.category) for rule in context.rules)),
            Decimal(0),
        )
    )
    multiplied: dict[int, int] = {}
    for rule in context.rules:
        if points := _base(rule, goods):
            amount = _amount(rule, goods)
            words = {
                language: f"{name} · {money.shown(amount, context.currency)}" for language, name in rule.names.items()
            }
            _grant(result, context, rule.point_type_id, points, rule.code, rule.version, words)
            if rule.tier_multiplies:
                multiplied[rule.point_type_id] = multiplied.get(rule.point_type_id, 0) + points
            if rule.point_type_id == main:
                result.qualifying_points += points
    for point_type_id, points in multiplied.items():
        if share := int(points * (context.multiplier - 1)):
            words = {
                language: words.format(
                    tier=context.tier_names.get(language, ""), multiplier=_factor(context.multiplier)
                )
                for language, words in TIER_WORDS.items()
            }
            _grant(result, context, point_type_id, share, "tier", 0, words)
    for bonus in context.bonuses:
        if points := bonus.gives(goods, context.rules):
            _grant(result, context, bonus.point_type_id, points, bonus.code, bonus.version, bonus.words)
    return result


def _amount(rule: Rule, goods: Sequence[Goods]) -> Decimal:
    return sum((line.amount for line in goods if rule.covers(line.category)), Decimal(0))


def _base(rule: Rule, goods: Sequence[Goods]) -> int:
    """The base points of GOODS by one rule."""
    exact = _amount(rule, goods) * rule.points / rule.per_amount
    return int(exact.to_integral_value(ROUNDINGS[rule.rounding]))


def _grant(
    result: Quote,
    context: Context,
    point_type_id: int,
    points: int,
    code: str,
    version: int,
    words: Mapping[str, str],
) -> None:
    if points > MOST_POINTS:
        raise TooManyPoints(rule=code, points=f"{points:,}")
    available_at, expires_at = context.dates[point_type_id]
    grant = Grant(points, code, version, words, available_at, expires_at)
    result.grants.setdefault(point_type_id, []).append(grant)


def _factor(number: Decimal) -> str:
    return f"{number.normalize():f}"
