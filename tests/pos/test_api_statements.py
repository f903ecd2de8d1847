"""How many SQL statements each address costs, with authentication: a change must be meant."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from sales.models import Purchase
from tests import factories
from tests.campaigns.offering import offer
from tests.factories import Shop
from tests.pos.conftest import Statements, shown
from tests.pos.till import Till, sale

Call = Callable[[Till, str, str], Any]


def goods(number: str, quantity: str = "1") -> dict[str, Any]:
    return {
        "number": number,
        "occurred_at": "2026-06-01T12:00:30Z",
        "lines": [{"line": 1, "quantity": quantity}],
    }


@pytest.fixture
def sold(shop: Shop, till: Till) -> tuple[str, str]:
    """A member's number and the purchase they made; everything that a process keeps is loaded."""
    member = factories.member()
    purchase = till.post("purchases", sale(member)).body["purchase"]
    till.post(f"purchases/{purchase}/returns", goods("R-0"))
    return member.number, purchase


READS: list[tuple[str, int, Call]] = [
    ("ping", 1, lambda till, number, purchase: till.get("ping")),
    ("lookup", 5, lambda till, number, purchase: till.get("members/lookup", number=number)),
    ("member", 5, lambda till, number, purchase: till.get(f"members/{number}")),
    ("balance", 5, lambda till, number, purchase: till.get(f"members/{number}/balance")),
    ("postings", 3, lambda till, number, purchase: till.get(f"members/{number}/postings")),
    ("purchases", 2, lambda till, number, purchase: till.get("purchases")),
    ("purchase", 4, lambda till, number, purchase: till.get(f"purchases/{purchase}")),
    ("returns", 3, lambda till, number, purchase: till.get(f"purchases/{purchase}/returns")),
]


@pytest.mark.parametrize(("most", "call"), [pytest.param(most, call, id=name) for name, most, call in READS])
def test_a_read_takes_so_many_statements(
    till: Till, sold: tuple[str, str], statements: Statements, most: int, call: Call
) -> None:
    with statements() as found:
        told = call(till, *sold)

    assert told.status == 200
    assert len(found) == most, shown(found)


def test_a_purchase_of_a_member_takes_five(till: Till, sold: tuple[str, str], statements: Statements) -> None:
    with statements() as found:
        told = till.post("purchases", sale(receipt="2") | {"member": {"number": sold[0]}})

    assert told.status == 201
    assert len(found) == 5, shown(found)


def test_a_purchase_that_wins_by_offers_takes_five_as_well(
    till: Till, sold: tuple[str, str], statements: Statements
) -> None:
    """How often, and what is left of the budget, comes with the opening; what was won goes with the posting."""
    offer(per_member=2, budget=1000)
    offer("far", minimum=Decimal(1000))
    till.post("purchases", sale(receipt="2") | {"member": {"number": sold[0]}})

    with statements() as found:
        told = till.post("purchases", sale(receipt="3") | {"member": {"number": sold[0]}})

    assert (told.status, told.body["points"]) == (201, 72)
    assert len(found) == 5, shown(found)


def test_a_quote_takes_one_statement_more_where_there_are_offers(
    till: Till, sold: tuple[str, str], statements: Statements
) -> None:
    basket = {name: sale()[name] for name in ("currency", "lines")} | {"member": {"number": sold[0]}}
    till.post("quotes", basket, key=None)
    with statements() as without:
        till.post("quotes", basket, key=None)
    offer(per_member=2, budget=1000)
    till.post("quotes", basket, key=None)

    with statements() as found:
        told = till.post("quotes", basket, key=None)

    assert told.body["points"] == 72
    assert len(found) == len(without) + 1, shown(found)


def test_a_purchase_without_member_takes_five_statements(
    till: Till, sold: tuple[str, str], statements: Statements
) -> None:
    with statements() as found:
        told = till.post("purchases", sale(receipt="2"))

    assert told.status == 201
    assert len(found) == 5, shown(found)


def test_a_replay_takes_two_statements(till: Till, sold: tuple[str, str], statements: Statements) -> None:
    till.post("purchases", sale(receipt="2"), key="k")

    with statements() as found:
        told = till.post("purchases", sale(receipt="2"), key="k")

    assert told.status == 201
    assert len(found) == 2, shown(found)


def test_a_return_takes_so_many_statements(till: Till, sold: tuple[str, str], statements: Statements) -> None:
    with statements() as found:
        told = till.post(f"purchases/{sold[1]}/returns", goods("R-1"))

    assert told.status == 201
    assert len(found) == 16, shown(found)


def test_giving_a_receipt_takes_so_many_statements(till: Till, sold: tuple[str, str], statements: Statements) -> None:
    told = till.post("purchases", sale(receipt="2"))
    body = {"member": {"number": sold[0]}, "claim_code": told.body["claim_code"]}

    with statements() as found:
        given = till.post(f"purchases/{told.body['purchase']}/member", body)

    assert given.status == 200
    assert Purchase.objects.get(number="2").member_id is not None
    assert len(found) == 10, shown(found)


def test_enrolling_takes_so_many_statements(till: Till, shop: Shop, statements: Statements) -> None:
    till.get("ping")

    with statements() as found:
        told = till.post("members", {"phone": "07700 900123", "name": "Ada Lovelace"})

    assert told.status == 201
    assert len(found) == 8, shown(found)
