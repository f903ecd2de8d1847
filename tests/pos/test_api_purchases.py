"""Purchases through the till's own door: what is recorded, and what the till is told."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from points import queries
from sales.models import Purchase, PurchaseLine
from tests import factories
from tests.factories import Shop
from tests.pos.till import NOON, Till, sale

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """A minute past noon on 1 June 2026."""
    with time_machine.travel(NOON + timedelta(minutes=1), tick=False) as traveller:
        yield traveller


@pytest.fixture
def shop() -> Shop:
    return factories.shop()


@pytest.fixture
def till(shop: Shop) -> Till:
    return Till(shop.terminal)


def test_a_purchase_is_answered_with_points_reasons_balance_and_tier(till: Till) -> None:
    member = factories.member()

    told = till.post("purchases", sale(member))

    assert told.status == 201
    purchase = Purchase.objects.get()
    assert told.body == {
        "purchase": str(purchase.uuid),
        "receipt": "536365",
        "claim_code": None,
        "business_on": "2026-06-01",
        "amount": "22.08",
        "currency": "GBP",
        "member": {"number": member.number},
        "points": 22,
        "earned": [
            {
                "point_type": "points",
                "points": 22,
                "usable_at": "2026-06-01T12:00:00+00:00",
                "expires_at": "2027-06-30T23:00:00+00:00",
                "reasons": [{"points": 22, "rule": "base", "version": 1, "words": "1 point per £1 · GBP 22.08"}],
            }
        ],
        "balance": {"available": 22, "pending": 0, "held": 0, "debt": 0},
        "tier": {"code": "member", "name": "Member", "valid_until": None},
        "next_tier": {"code": "silver", "name": "Silver", "missing": "477.92", "basis": "amount"},
        "replayed": False,
    }
    assert (purchase.member_id, purchase.amount, purchase.number) == (member.pk, Decimal("22.08"), "536365")
    assert list(PurchaseLine.objects.order_by("position").values_list("position", "sku", "quantity", "amount")) == [
        (1, "85123A", Decimal(6), Decimal("15.30")),
        (2, "71053", Decimal(2), Decimal("6.78")),
    ]
    assert queries.balance(member.pk, NOON + timedelta(minutes=1)).available == 22
