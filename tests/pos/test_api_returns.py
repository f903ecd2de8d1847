"""Goods brought back at the till: what is taken back, and what the till is told."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from sales.models import Return
from tests import factories
from tests.pos.till import NOON, Till, sale
from tests.rewards.claims import redeem, rich


def goods(number: str, *lines: tuple[int, str], **changes: Any) -> dict[str, Any]:
    back = [{"line": line, "quantity": quantity} for line, quantity in lines]
    return {"number": number, "occurred_at": NOON.isoformat(), "lines": back, **changes}


@pytest.fixture
def purchase(till: Till) -> str:
    """A purchase over £22.08 of a member."""
    told = till.post("purchases", sale(factories.member(phone="+447700900123")))
    return str(told.body["purchase"])


def test_a_return_takes_back_what_the_goods_kept_would_not_have_earned(till: Till, purchase: str) -> None:
    told = till.post(f"purchases/{purchase}/returns", goods("R-1", (1, "2")))

    returned = Return.objects.get()
    number = told.body["member"]["number"]
    assert told.status == 201
    assert told.body == {
        "uuid": str(returned.uuid),
        "number": "R-1",
        "purchase": purchase,
        "amount": "5.10",
        "currency": "GBP",
        "member": {"number": number},
        "points": 6,
        "taken_back": [{"point_type": "points", "points": 6}],
        "given_back": [],
        "balance": {"available": 16, "pending": 0, "held": 0, "debt": 0},
        "tier": {"code": "member", "name": "Member", "valid_until": None},
        "next_tier": {"code": "silver", "name": "Silver", "missing": "483.02", "basis": "amount"},
        "replayed": False,
    }


def test_many_small_returns_take_back_as_much_as_one(till: Till, purchase: str) -> None:
    taken = [till.post(f"purchases/{purchase}/returns", goods(f"R-{n}", (1, "1"))).body["points"] for n in range(6)]
    last = till.post(f"purchases/{purchase}/returns", goods("R-6", (2, "2"))).body

    assert sum(taken) + last["points"] == 22
    assert last["balance"] == {"available": 0, "pending": 0, "held": 0, "debt": 0}


def test_the_same_return_under_another_key_is_found(till: Till, purchase: str) -> None:
    first = till.post(f"purchases/{purchase}/returns", goods("R-1", (1, "2")))

    again = till.post(f"purchases/{purchase}/returns", goods("R-1", (1, "2")))

    assert (again.status, again.headers["Idempotent-Replayed"]) == (200, "true")
    assert again.body == {**first.body, "replayed": True}
    assert Return.objects.count() == 1


def test_points_that_expired_before_the_goods_came_back_are_not_taken_again(
    till: Till, purchase: str, clock: time_machine.Traveller
) -> None:
    clock.move_to(NOON + timedelta(days=500))
    body = goods("R-1", (1, "6"), occurred_at=(NOON + timedelta(days=500)).isoformat())

    first = till.post(f"purchases/{purchase}/returns", body)
    again = till.post(f"purchases/{purchase}/returns", body)

    assert (first.status, first.body["points"]) == (201, 0)
    assert first.body["taken_back"] == [{"point_type": "points", "points": 0}]
    assert first.body["balance"] == {"available": 0, "pending": 0, "held": 0, "debt": 0}
    assert again.body == {**first.body, "replayed": True}
    assert till.get(f"purchases/{purchase}/returns").body["items"][0]["taken_back"] == first.body["taken_back"]


def test_the_same_number_with_other_goods_is_a_conflict(till: Till, purchase: str) -> None:
    till.post(f"purchases/{purchase}/returns", goods("R-1", (1, "2")))

    told = till.post(f"purchases/{purchase}/returns", goods("R-1", (1, "3")))

    assert (told.status, told.code) == (409, "return_conflict")


def test_what_came_back_already_is_said_to_have(till: Till, purchase: str) -> None:
    till.post(f"purchases/{purchase}/returns", goods("R-1", (1, "2")))

    some_left = till.post(f"purchases/{purchase}/returns", goods("R-2", (1, "5")))
    till.post(f"purchases/{purchase}/returns", goods("R-3", (1, "4")))
    none_left = till.post(f"purchases/{purchase}/returns", goods("R-4", (1, "1")))

    assert [(told.status, told.code) for told in (some_left, none_left)] == [(409, "more_than_bought")] * 2
    assert some_left.body["detail"] == "Of line 1 only 4 can be brought back."
    assert none_left.body["detail"] == "Line 1 has been brought back already."


@pytest.mark.parametrize(
    ("lines", "status", "code"),
    [([(1, "6.001")], 409, "more_than_bought"), ([(3, "1")], 422, "not_on_receipt")],
)
def test_what_was_not_bought_can_not_be_brought_back(
    till: Till, purchase: str, lines: list[tuple[int, str]], status: int, code: str
) -> None:
    told = till.post(f"purchases/{purchase}/returns", goods("R-1", *lines))

    assert (told.status, told.code) == (status, code)
    assert not Return.objects.exists()


def test_goods_of_a_sale_without_member_are_brought_back_too(till: Till) -> None:
    sold = till.post("purchases", sale()).body

    told = till.post(f"purchases/{sold['purchase']}/returns", goods("R-1", (2, "1")))

    assert (told.status, told.body["amount"], told.body["points"], told.body["taken_back"]) == (201, "3.39", 0, [])
    assert {told.body[name] for name in ("member", "balance", "tier", "next_tier")} == {None}


def test_returns_are_listed_with_their_goods_and_points(till: Till, purchase: str) -> None:
    first = till.post(f"purchases/{purchase}/returns", goods("R-1", (1, "2"))).body
    second = till.post(f"purchases/{purchase}/returns", goods("R-2", (1, "1"), (2, "2"))).body

    told = till.get(f"purchases/{purchase}/returns")

    assert told.body == {
        "items": [
            {
                "uuid": first["uuid"],
                "number": "R-1",
                "terminal": "T1",
                "occurred_at": "2026-06-01T12:00:00+00:00",
                "amount": "5.10",
                "lines": [{"line": 1, "quantity": "2", "amount": "5.10"}],
                "taken_back": [{"point_type": "points", "points": 6}],
                "given_back": [],
            },
            {
                "uuid": second["uuid"],
                "number": "R-2",
                "terminal": "T1",
                "occurred_at": "2026-06-01T12:00:00+00:00",
                "amount": "9.33",
                "lines": [
                    {"line": 1, "quantity": "1", "amount": "2.55"},
                    {"line": 2, "quantity": "2", "amount": "6.78"},
                ],
                "taken_back": [{"point_type": "points", "points": 9}],
                "given_back": [],
            },
        ]
    }
    whole = till.get(f"purchases/{purchase}").body
    assert [line["returned"] for line in whole["lines"]] == ["3", "2"]
    assert whole["points"] == 7
    assert whole["earned"][0]["points"] == 22


@pytest.mark.parametrize(
    ("occurred_at", "code"), [("2026-06-02T12:00:00Z", "in_the_future"), ("2026-01-01T12:00:00Z", "too_old")]
)
def test_a_return_comes_in_time(till: Till, purchase: str, occurred_at: str, code: str) -> None:
    told = till.post(f"purchases/{purchase}/returns", goods("R-1", (1, "1"), occurred_at=occurred_at))

    assert (told.status, [e["code"] for e in told.body["errors"]]) == (400, [code])
    assert not Return.objects.exists()


def test_nothing_comes_back_before_it_was_bought(till: Till, purchase: str) -> None:
    told = till.post(
        f"purchases/{purchase}/returns", goods("R-1", (1, "1"), occurred_at=(NOON - timedelta(minutes=3)).isoformat())
    )

    assert (told.status, told.code) == (400, "before_purchase")
    assert [(e["pointer"], e["code"]) for e in told.body["errors"]] == [("/occurred_at", "before_purchase")]
    assert not Return.objects.exists()


def test_a_till_whose_clock_is_a_little_slow_takes_goods_back(till: Till, purchase: str) -> None:
    body = goods("R-1", (1, "1"), occurred_at=(NOON - timedelta(minutes=2)).isoformat())

    first = till.post(f"purchases/{purchase}/returns", body)
    again = till.post(f"purchases/{purchase}/returns", body)

    assert (first.status, again.status) == (201, 200)


def test_when_all_is_back_the_voucher_used_with_it_is_too(till: Till) -> None:
    """As tills do it: the voucher is used with the receipt, the goods come back, and whoever asks is told."""
    ada = rich(100, at=NOON)
    factories.reward(kind="amount_off", amount=5, name_en="£5 off")
    code = redeem(ada, at=NOON).voucher.code
    till.post(f"vouchers/{code}/use", {"receipt": "536365"})
    sold = till.post("purchases", sale(ada)).body["purchase"]
    given = [{"reward": "mug", "name": "£5 off", "points": 0}]
    everything = goods("R-1", (1, "6"), (2, "2"))

    assert till.post(f"purchases/{sold}/returns", everything).body["given_back"] == given
    assert till.post(f"purchases/{sold}/returns", everything).body["given_back"] == given
    assert till.get(f"purchases/{sold}/returns").body["items"][0]["given_back"] == given
    assert till.get(f"vouchers/{code}").body["state"] == "issued"
