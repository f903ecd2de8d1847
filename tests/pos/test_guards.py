"""What was recorded can't be changed behind the verbs' back, not even by our own code: the database refuses it."""

import pytest
from django.db import DatabaseError, connection, transaction

from core import clock as core_clock
from points.models import Lot
from pos import assignment
from pos.models import ReturnSettlement, Settlement
from sales.models import Purchase, Return
from tests import factories
from tests.factories import Shop
from tests.pos.till import NOON, Till, sale

APPEND_ONLY = {
    "core_event": "kind = 'x'",
    "points_movement": "points = points + 1",
    "points_posting": "points = points + 1",
    "pos_returnsettlement": "posting_id = null",
    "pos_settlement": "context = '{}'",
    "sales_purchaseline": "amount = amount + 1",
    "sales_return": "amount = amount + 1",
    "sales_returnline": "quantity = quantity + 1",
}


@pytest.fixture
def recorded(shop: Shop, till: Till) -> Purchase:
    """A purchase of a member, of which something came back."""
    purchase = till.post("purchases", sale(factories.member())).body["purchase"]
    goods = {"number": "R-1", "occurred_at": NOON.isoformat(), "lines": [{"line": 1, "quantity": "1"}]}
    assert till.post(f"purchases/{purchase}/returns", goods).status == 201
    return Purchase.objects.get()


def refused(statement: str, match: str) -> None:
    with pytest.raises(DatabaseError, match=match), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(("table", "change"), APPEND_ONLY.items())
def test_facts_are_append_only(recorded: Purchase, table: str, change: str) -> None:
    refused(f"update {table} set {change}", "is append-only: update refused")
    refused(f"delete from {table}", "is append-only: delete refused")
    refused(f"set constraints all immediate; truncate {table} cascade", "is append-only: truncate refused")


def test_a_purchase_stays_as_it_was_reported(recorded: Purchase) -> None:
    recorded.amount += 1
    with pytest.raises(DatabaseError, match="may only be given"), transaction.atomic():
        recorded.save()

    refused("delete from sales_purchase", "may only be given")
    refused("set constraints all immediate; truncate sales_purchase cascade", "may only be given")
    assert Return.objects.count() == Settlement.objects.count() == ReturnSettlement.objects.count() == 1


def test_a_purchase_is_given_to_a_member_once(shop: Shop, till: Till) -> None:
    till.post("purchases", sale())
    purchase, ada, bob = Purchase.objects.get(), factories.member(), factories.member()
    with transaction.atomic():
        assignment.assign(purchase.pk, ada.pk, programme=shop.programme, at=core_clock.now(), actor="staff:1")

    with pytest.raises(DatabaseError, match="may only be given"), transaction.atomic():
        Purchase.objects.update(member=bob)

    purchase.refresh_from_db()
    assert (purchase.member, purchase.assigned_at) == (ada, core_clock.now())


def test_of_a_lot_only_what_remains_may_change(recorded: Purchase) -> None:
    refused("update points_lot set granted = granted + 1", "only what remains")
    refused("update points_lot set expires_at = null", "only what remains")
    refused("delete from points_lot", "only what remains")


def test_a_movement_belongs_to_a_posting_and_a_lot_of_its_own_account(recorded: Purchase) -> None:
    lot, posting, account = Lot.objects.values_list("id", "posting_id", "account_id").get()
    row = "insert into points_movement (posting_id, account_id, lot_id, from_bucket, to_bucket, points) values "

    for wrong in (
        f"({posting + 999}, {account}, {lot}, 'available', 'redeemed', 1)",
        f"({posting}, {account}, {lot + 999}, 'available', 'redeemed', 1)",
        f"({posting}, {account + 1}, {lot}, 'available', 'redeemed', 1)",
    ):
        refused(row + wrong, "a posting and a lot of its own account")
