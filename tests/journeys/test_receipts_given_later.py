"""Receipts of walk-ins who become members: given to them by the code on the paper, or by staff."""

from datetime import timedelta
from typing import Any

import pytest

from access.models import AuditEntry
from core import clock
from members.models import Member
from pos.models import Settlement
from sales.models import Purchase
from tests import factories
from tests.factories import Shop
from tests.journeys.office import Desk
from tests.journeys.phone import Phone
from tests.journeys.street import Days, Wire, account_of, books, goods_back, receipt
from tests.pos.till import Told

PHONE = "+447700900123"


@pytest.mark.parametrize("reader", ["en"], indirect=True)
def test_a_walk_in_brings_two_receipts_one_with_its_code_and_one_to_the_office(
    shop: Shop, till: Wire, phone: Phone, desk: Desk, days: Days
) -> None:
    # Saturday: two sales without member, and a part of the second one comes back.
    first = till.post("purchases", receipt("W-1", ("Mug", "25.40"))).body
    second = till.post("purchases", receipt("W-2", ("Vase", "40.00"), ("Frame", "20.00"))).body
    till.post(f"purchases/{second['purchase']}/returns", goods_back("R-1", 2))
    for sale in (first, second):
        assert (sale["points"], sale["member"], sale["earned"], len(sale["claim_code"])) == (0, None, [], 10)
    assert Settlement.objects.count() == 0

    # Sunday: points are doubled, which does not matter to Saturday's receipts; somebody joins.
    days.go_to(2026, 1, 11, 12)
    factories.rule(shop.point_type, begins_at=clock.now(), points=2)
    till.post("members", {"phone": "07700 900123", "name": "Ada Lovelace"})
    ada, other = Member.objects.get(), factories.member()
    is_given_by_its_code(till, first, ada, other, wrong=second["claim_code"])
    assert books(ada) == [("accrue", 25, 25)]

    # Monday: the second paper has lost its code; the office finds it by its number.
    days.go_to(2026, 1, 12, 10)
    is_given_by_the_office(desk, ada)
    assert books(ada) == [("accrue", 25, 25), ("accrue", 40, 40)]
    assert account_of(ada) == (65, 0, 0, 0)
    late = give(till, second, {"number": other.number}, second["claim_code"])
    assert (late.status, late.code) == (409, "receipt_already_given")

    # At home she reads both, on the day on which she bought them.
    phone.sign_in("07700 900123", stored=PHONE)
    assert [(entry.points, entry.about) for entry in phone.history()] == [
        ("+40", "10 Jan 2026, 11:00 · £60.00 · receipt W-2"),
        ("+25", "10 Jan 2026, 11:00 · £25.40 · receipt W-1"),
    ]


def give(till: Wire, sale: dict[str, Any], to: dict[str, str], code: str) -> Told:
    """Ask the till to give SALE to a member, by the code on the paper."""
    return till.post(f"purchases/{sale['purchase']}/member", {"member": to, "claim_code": code})


def is_given_by_its_code(till: Wire, sale: dict[str, Any], ada: Member, other: Member, *, wrong: str) -> None:
    """In whatever way the code is typed; once."""
    code = sale["claim_code"]
    mistaken = give(till, sale, {"number": ada.number}, wrong)
    given = give(till, sale, {"phone": "07700 900123"}, f"{code[:5]} {code[5:]}".lower())
    again = give(till, sale, {"number": ada.number}, code)
    to_another = give(till, sale, {"number": other.number}, code)

    assert (mistaken.status, mistaken.code) == (422, "wrong_claim_code")
    assert mistaken.body["detail"] == "The code does not belong to this receipt."
    assert (given.status, given.body["points"], given.body["replayed"]) == (200, 25, False)
    assert given.body["earned"][0]["reasons"][0]["words"] == "1 point per £1 · £25.40"
    assert (again.status, again.body["points"], again.body["replayed"]) == (200, 25, True)
    assert (to_another.status, to_another.code) == (409, "receipt_already_given")
    assert to_another.body["detail"] == "This receipt was already given to a member."


def is_given_by_the_office(desk: Desk, ada: Member) -> None:
    """After a look at whom; what came back meanwhile earns nothing; the trail has it."""
    clerk = desk.sign_in("support")
    desk.open_purchase("W-2")
    desk.choose("Give to a member")
    desk.page.get_by_label("Member", exact=False).fill("07700 900123")
    desk.press("Show what will happen")
    assert desk.preview == {"member": "Ada Lovelace", "member number": ada.number}
    assert not Purchase.objects.filter(number="W-2", member=ada).exists()
    desk.press("Give it")

    desk.is_told(f"The receipt was given to member {ada.number} and earned 40 points.")
    assert desk.page.get_by_role("link", name="Give to a member").count() == 0
    sold = Purchase.objects.get(number="W-2")
    assert (sold.member, sold.assigned_at, sold.recorded_at) == (ada, clock.now(), clock.now() - timedelta(hours=47))
    entry = AuditEntry.objects.get(action="purchase.assigned")
    assert (entry.actor, entry.subject, entry.changes) == (clerk, f"purchase:{sold.pk}", {"member": ada.pk})
