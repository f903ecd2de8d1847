"""What other tests may rely on when they ask for a shop."""

from decimal import Decimal

import pytest

from members import numbers
from points.models import EarningRuleVersion
from tests import factories

pytestmark = pytest.mark.django_db


def test_the_british_shop() -> None:
    shop = factories.shop()

    assert (shop.programme.name, shop.programme.currency, shop.programme.time_zone, shop.programme.day_ends_at) == (
        "Gift Club",
        "GBP",
        "Europe/London",
        0,
    )
    assert (shop.store.code, shop.terminal.code, shop.terminal.store) == ("LON-1", "T1", shop.store)
    assert (shop.point_type.is_default, shop.point_type.expiry_months, shop.point_type.pending_days) == (True, 12, 0)
    assert (shop.rule.points, shop.rule.per_amount, shop.rule.number) == (1, Decimal(1), 1)
    assert [(tier.code, tier.threshold, tier.multiplier) for tier in shop.tiers] == [
        ("member", Decimal(0), Decimal("1.00")),
        ("silver", Decimal(500), Decimal("1.25")),
        ("gold", Decimal(2000), Decimal("1.50")),
    ]


def test_the_shop_in_shanghai() -> None:
    shop = factories.chinese_shop(age_of_consent=14)

    assert (shop.programme.currency, shop.programme.language, shop.programme.country) == ("CNY", "zh-hans", "CN")
    assert (shop.programme.day_ends_at, shop.programme.age_of_consent) == (4, 14)
    assert (shop.store.code, shop.rule.per_amount) == ("SHA-1", Decimal(10))


def test_single_rows() -> None:
    first, second = factories.member(), factories.member(name="王小明", phone=None, email="xm@example.com")
    shop = factories.shop()
    later = factories.rule(shop.point_type, points=2, begins_at=factories.OPENED_AT.replace(year=2026))

    assert first.phone != second.phone
    assert numbers.is_valid(first.number)
    assert [card.number for card in first.cards.all()] == [first.number]
    assert factories.terminal(code="T2").store == shop.store
    assert factories.product(category=factories.category()).category == factories.category()
    assert list(EarningRuleVersion.objects.order_by("number").values_list("number", "points")) == [(1, 1), (2, 2)]
    assert later.rule == shop.rule.rule
    assert factories.staff("kim").check_password("correct horse battery")
