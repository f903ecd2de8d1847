"""What the office does about a card that was lost and a membership that must rest, and how the till hears of it."""

import pytest

from access.models import AuditEntry
from members.models import Card, Member
from points.models import Posting
from sales.models import Purchase
from tests import factories
from tests.factories import Shop
from tests.journeys.office import Desk
from tests.journeys.phone import Phone
from tests.journeys.street import Days, Wire, account_of, books, receipt

PHONE = "+447700900123"
REPLACED = (
    "This card was replaced by a new one and is no longer valid. "
    "Please ask for the new card, or look the member up by phone or e-mail."
)
RESTS = {
    "en": "This membership is on hold, so points can't be collected or used at the moment. "
    "The sale itself can go on. Please ask the member to contact us; we will be glad to help.",
    "zh-hans": "该会籍已暂停，暂时不能积分或使用积分，但可以正常结账。请会员与我们联系，我们很乐意帮忙。",
}


@pytest.mark.parametrize("reader", ["en"], indirect=True)
def test_a_lost_card_is_replaced_and_whoever_found_it_gets_nothing(
    shop: Shop, till: Wire, phone: Phone, desk: Desk, days: Days
) -> None:
    old = till.post("members", {"phone": "07700 900123", "name": "Ada Lovelace"}).body["number"]
    till.post("purchases", receipt("L-1", ("Mug", "30.00"), member=old))
    ada = Member.objects.get()

    days.go_to(2026, 1, 12, 10)
    new = is_replaced(desk, ada, old)

    # Somebody else shows the old card. The new one works, and so does the phone; all points are still there.
    is_refused(till, old)
    assert books(ada) == [("accrue", 30, 30)]
    days.go_to(2026, 1, 12, 11)
    first = till.post("purchases", receipt("L-3", ("Tea", "12.50"), member=new))
    second = till.post("purchases", receipt("L-4", ("Pot", "20.00")) | {"member": {"phone": "07700 900123"}})
    assert [(told.status, told.body["points"], told.body["member"]["number"]) for told in (first, second)] == [
        (201, 12, new),
        (201, 20, new),
    ]
    assert books(ada) == [("accrue", 30, 30), ("accrue", 12, 12), ("accrue", 20, 20)]
    assert account_of(ada) == (62, 0, 0, 0)
    phone.sign_in("07700 900123", stored=PHONE)
    phone.open("/card/")
    assert phone.page.locator(".show__number").inner_text() == f"{new[:4]} {new[4:8]} {new[8:]}"


def is_replaced(desk: Desk, ada: Member, old: str) -> str:
    """By staff, who must say why; answers the new number."""
    clerk = desk.sign_in("support")
    desk.look_up(ada)
    desk.choose("Replace a lost card")
    desk.press("Replace the card")
    desk.is_told("This field is required.")  # a reason, for the audit trail
    desk.page.get_by_label("Reason").fill("Lost on the train")
    desk.press("Replace the card")

    ada.refresh_from_db()
    new = str(ada.number)
    assert new != old
    desk.is_told(f"The new member number is {new}. The old one is refused from now on.")
    entry = AuditEntry.objects.get(action="member.card_replaced")
    assert (entry.actor, entry.reason, entry.changes) == (clerk, "Lost on the train", {"number": [old, new]})
    assert list(Card.objects.order_by("issued_at").values_list("number", "status")) == [
        (old, "replaced"),
        (new, "active"),
    ]
    return new


def is_refused(till: Wire, number: str) -> None:
    """In one clear sentence at every address, and nothing is written."""
    sale = receipt("L-2", ("Scarf", "500.00"), member=number)
    for told in (
        till.post("purchases", sale),
        till.get(f"members/{number}"),
        till.get("members/lookup", number=number),
    ):
        assert (told.status, told.code, told.body["detail"]) == (410, "card_replaced", REPLACED)
    assert not Purchase.objects.filter(number="L-2").exists()


def test_a_membership_that_rests_is_refused_politely_and_goes_on_later(
    shop: Shop, till: Wire, phone: Phone, desk: Desk, days: Days
) -> None:
    language = phone.reader.language
    ada = factories.member(name="Ada Lovelace", phone=PHONE, language=language)
    till.language = language
    till.post("purchases", receipt("S-1", ("Mug", "30.00"), member=ada.number))
    desk.sign_in("support")
    desk.look_up(ada)
    desk.choose("Suspend")
    desk.page.get_by_label("Reason").fill("Card shared by a whole street")
    desk.press("Suspend")
    desk.is_told("The membership is on hold: nothing is accrued or redeemed.")

    refused = till.post("purchases", receipt("S-2", ("Scarf", "40.00"), member=ada.number))
    assert (refused.status, refused.code, refused.body["detail"]) == (409, "member_suspended", RESTS[language])
    assert not Purchase.objects.filter(number="S-2").exists()
    assert books(ada) == [("accrue", 30, 30)]
    # The member sees why; the sale itself goes on without them, and can be given to them later.
    phone.sign_in("07700 900123", stored=PHONE)
    assert phone.page.locator(".notice--wrong").count() == 1
    sold = till.post("purchases", receipt("S-2", ("Scarf", "40.00"))).body
    assert (sold["points"], sold["member"]) == (0, None)
    address = f"purchases/{sold['purchase']}/member"
    claim = {"member": {"number": ada.number}, "claim_code": sold["claim_code"]}
    assert (till.post(address, claim).status, Posting.objects.count()) == (409, 1)

    days.go_to(2026, 1, 12, 9)
    desk.choose("Reactivate")
    desk.page.get_by_label("Reason").fill("It was a family after all")
    desk.press("Reactivate")
    desk.is_told("The membership is active again.")
    assert till.post(address, claim).body["points"] == 40
    assert books(ada) == [("accrue", 30, 30), ("accrue", 40, 40)]
    assert phone.open("/").locator(".notice--wrong").count() == 0
    said = AuditEntry.objects.order_by("pk").values_list("action", "reason")
    assert list(said) == [
        ("member.suspended", "Card shared by a whole street"),
        ("member.reactivated", "It was a family after all"),
    ]
