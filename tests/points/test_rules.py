"""Publishing versions of earning rules: what was priced stays priced."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from core import programme
from points import rules
from points.models import EarningRule, EarningRuleVersion
from points.rules import BeginsInThePast
from tests import factories

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def rule(db: None) -> EarningRule:
    factories.programme()
    return EarningRule.objects.create(code="base", point_type=factories.point_type())


def publish(rule: EarningRule, points: int, begins_at: datetime, *, is_active: bool = True) -> EarningRuleVersion:
    return rules.publish(
        rule,
        name_en="Points",
        name_zh_hans="积分",
        points=points,
        per_amount=Decimal(1),
        begins_at=begins_at,
        at=NOW,
        is_active=is_active,
    )


def valid(at: datetime) -> list[tuple[int, int]]:
    """(version, points) of the rules that count at that moment."""
    return [(rule.version, rule.points) for rule in rules.rulebook(programme.current()).valid(at)]


def test_a_new_version_counts_from_its_moment_and_the_old_one_before(rule: EarningRule) -> None:
    publish(rule, 1, NOW)
    publish(rule, 2, NOW + timedelta(hours=1))

    assert valid(NOW + timedelta(hours=1, microseconds=-1)) == [(1, 1)]
    assert valid(NOW + timedelta(hours=1)) == [(2, 2)]


def test_only_the_first_version_may_begin_in_the_past(rule: EarningRule) -> None:
    publish(rule, 1, NOW - timedelta(days=30))

    with pytest.raises(BeginsInThePast):
        publish(rule, 2, NOW - timedelta(microseconds=1))

    publish(rule, 3, NOW)
    assert valid(NOW - timedelta(days=1)) == [(1, 1)]
    assert valid(NOW) == [(2, 3)]


def test_a_version_may_end_the_rule(rule: EarningRule) -> None:
    publish(rule, 1, NOW)
    publish(rule, 1, NOW + timedelta(days=1), is_active=False)

    assert valid(NOW + timedelta(days=1)) == []
