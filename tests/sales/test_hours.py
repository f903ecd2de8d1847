"""What receipts are recorded by stays after the first purchase, and a store's list reads its latest by one index."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from core.models import Programme
from pos import queries
from sales import hours
from sales.hours import BusinessDayFixed
from sales.models import Purchase, Store
from tests import factories
from tests.factories import Shop
from tests.pos.selling import receipt, sell

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
CHANGES = [{"time_zone": "Asia/Tokyo"}, {"day_ends_at": 4}, {"currency": "EUR"}]


@pytest.fixture
def shop(db: None) -> Shop:
    return factories.shop()


@pytest.mark.parametrize("change", CHANGES)
def test_before_the_first_purchase_everything_may_change(shop: Shop, change: dict[str, Any]) -> None:
    hours.require_no_purchases()

    assert Programme.objects.filter(**change).count() == 0
    Programme.objects.update(**change)
    assert Programme.objects.filter(**change).count() == 1


@pytest.mark.parametrize("change", CHANGES)
def test_after_it_nothing_by_which_receipts_are_recorded(shop: Shop, change: dict[str, Any]) -> None:
    sell(receipt(shop, "1", "10.00", at=AT))

    with pytest.raises(BusinessDayFixed):
        hours.require_no_purchases()
    with pytest.raises(DatabaseError, match="fixed after the first purchase"), transaction.atomic():
        Programme.objects.update(**change)

    programme = Programme.objects.get()
    programme.name = "Gift Circle"
    programme.save()
    assert Programme.objects.get().name == "Gift Circle"


def test_a_stores_time_zone_is_fixed_by_its_own_purchases(shop: Shop) -> None:
    sell(receipt(shop, "1", "10.00", at=AT))
    other = factories.store("LON-2")

    hours.require_no_purchases(other)
    Store.objects.filter(pk=other.pk).update(time_zone="Asia/Tokyo")

    with pytest.raises(BusinessDayFixed):
        hours.require_no_purchases(shop.store)
    with pytest.raises(DatabaseError, match="fixed after the first purchase"), transaction.atomic():
        Store.objects.filter(pk=shop.store.pk).update(time_zone="Asia/Tokyo")
    Store.objects.filter(pk=shop.store.pk).update(name="Soho")


def plan(ask: Callable[[], object]) -> str:
    """How the database would answer what ASK asks, where nothing is sorted that an index can give in order."""
    with CaptureQueriesContext(connection) as asked:
        ask()
    (statement,) = asked.captured_queries
    with transaction.atomic(), connection.cursor() as cursor:
        for way in ("seqscan", "bitmapscan", "sort", "incremental_sort"):
            cursor.execute(f"set local enable_{way} = off")
        cursor.execute(f"explain (costs off) {statement['sql']}".replace("%", "%%"), [])
        return "\n".join(row[0] for row in cursor.fetchall())


def test_the_latest_of_a_store_are_read_in_order(shop: Shop) -> None:
    staff = plan(lambda: list(Purchase.objects.filter(store=shop.store).order_by("-occurred_at", "-id")[:50]))
    till = plan(lambda: queries.purchases(shop.store.pk, limit=51))
    next_page = plan(lambda: queries.purchases(shop.store.pk, limit=51, before=(AT, 7)))

    for found in (staff, till, next_page):
        assert "sales_purchase_of_store" in found
        assert "Sort" not in found
    assert "Index Cond: ((store_id = " in next_page
    assert "ROW(occurred_at, id) <" in next_page
