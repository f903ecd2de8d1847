"""Earning rules: publishing versions, and the rulebook that prices purchases, compiled once per revision."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from core import money
from core import programme as programmes
from core.errors import LoyaltyError
from core.models import Programme
from core.revisions import PerRevision
from points.models import EarningRule, EarningRuleVersion, PointType

# What one reason of one purchase may give. Far above what any shop gives, far below what the ledger can hold.
MOST_POINTS = 1_000_000_000


class BeginsInThePast(LoyaltyError):
    """A version of a rule would begin before now, and so change what past purchases earned."""

    code = "rule_begins_in_the_past"
    sentence = _("A version can't begin in the past: purchases were already priced without it.")


class RateTooHigh(LoyaltyError):
    """A version of a rule would give more points for the largest purchase than one purchase may earn."""

    code = "rate_too_high"
    status = 400
    lasting = False
    sentence = _("For %(largest)s, the largest purchase, this gives %(points)s points; at most %(most)s are allowed.")


@dataclass(frozen=True, slots=True)
class Rule:
    """One version of an earning rule, as the quote uses it."""

    code: str
    version: int
    point_type_id: int
    points: int
    per_amount: Decimal
    rounding: str
    only: frozenset[str]
    excluded: frozenset[str]
    tier_multiplies: bool
    names: Mapping[str, str]
    begins_at: datetime
    is_active: bool

    def covers(self, category: str) -> bool:
        """Whether goods of CATEGORY ("" when they have none) earn by this rule."""
        return (not self.only or category in self.only) and category not in self.excluded


class Rulebook:
    """All versions of all rules, and the point types. Immutable; asked for the rules of any moment."""

    def __init__(self, revision: int, versions: Sequence[Rule], point_types: Sequence[PointType]) -> None:
        self.revision = revision
        self.point_types = {point_type.pk: point_type for point_type in point_types}
        self.main = next((t for t in point_types if t.is_default), None)
        self._by_rule: dict[str, list[Rule]] = {}
        for version in sorted(versions, key=lambda v: (v.code, v.begins_at)):
            self._by_rule.setdefault(version.code, []).append(version)
        self._by_version = {(v.code, v.version): v for v in versions}
        self._changes = sorted({v.begins_at for v in versions})
        self._valid = [self._valid_from(moment) for moment in self._changes]

    def valid(self, at: datetime) -> tuple[Rule, ...]:
        """The rules valid at the moment AT: of each the latest version that has begun, unless it ended the rule."""
        index = bisect_right(self._changes, at)
        return self._valid[index - 1] if index else ()

    def _valid_from(self, at: datetime) -> tuple[Rule, ...]:
        found = []
        for versions in self._by_rule.values():
            index = bisect_right(versions, at, key=lambda v: v.begins_at)
            if index and versions[index - 1].is_active:
                found.append(versions[index - 1])
        return tuple(found)

    def version(self, code: str, number: int) -> Rule:
        """One version by its rule's code and its number, valid or not: what a past purchase was priced by."""
        return self._by_version[code, number]


def _compile(programme: Programme) -> Rulebook:
    return Rulebook(programme.revision, _versions(), list(PointType.objects.order_by("pk")))


rulebook = PerRevision(_compile)


def _versions() -> list[Rule]:
    return [
        Rule(
            code=version.rule.code,
            version=version.number,
            point_type_id=version.rule.point_type_id,
            points=version.points,
            per_amount=version.per_amount,
            rounding=version.rounding,
            only=frozenset(version.only_categories),
            excluded=frozenset(version.except_categories),
            tier_multiplies=version.tier_multiplies,
            names=_names(version),
            begins_at=version.begins_at,
            is_active=version.is_active,
        )
        for version in EarningRuleVersion.objects.select_related("rule")
    ]


def _names(version: EarningRuleVersion) -> dict[str, str]:
    english, chinese = version.name_en, version.name_zh_hans  # type: ignore[attr-defined]
    return {"en": english or chinese, "zh-hans": chinese or english}


def require_rate(points: int, per_amount: Decimal) -> None:
    """Raise RateTooHigh for so many POINTS PER_AMOUNT that the largest purchase would earn more than one may."""
    if programme := programmes.current_or_none():
        given = int(programme.most_of_a_purchase * points / per_amount)
        if given > MOST_POINTS:
            largest = money.shown(programme.most_of_a_purchase, programme.currency)
            raise RateTooHigh(largest=largest, points=f"{given:,}", most=f"{MOST_POINTS:,}", pointer="/points")


def publish(
    rule: EarningRule,
    *,
    name_en: str,
    name_zh_hans: str,
    points: int,
    per_amount: Decimal,
    begins_at: datetime,
    at: datetime,
    rounding: str = EarningRuleVersion.Rounding.DOWN,
    only_categories: Sequence[str] = (),
    except_categories: Sequence[str] = (),
    tier_multiplies: bool = True,
    is_active: bool = True,
) -> EarningRuleVersion:
    """Publish a new version of RULE that begins at BEGINS_AT (not before AT, but for the rule's first version).

    What the rule said before stays valid for purchases before that moment. Raises BeginsInThePast, RateTooHigh.
    """
    require_rate(points, per_amount)
    with transaction.atomic():
        EarningRule.objects.select_for_update().get(pk=rule.pk)
        latest = rule.versions.aggregate(number=Max("number"))["number"] or 0
        if latest and begins_at < at:
            raise BeginsInThePast
        return EarningRuleVersion.objects.create(
            rule=rule,
            number=latest + 1,
            name_en=name_en,
            name_zh_hans=name_zh_hans,
            points=points,
            per_amount=per_amount,
            rounding=rounding,
            only_categories=sorted(only_categories),
            except_categories=sorted(except_categories),
            tier_multiplies=tier_multiplies,
            is_active=is_active,
            begins_at=begins_at,
        )
