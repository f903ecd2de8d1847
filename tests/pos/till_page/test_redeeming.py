"""Stories of points used at the counter: who it is, what they would like, that it is them, and the voucher."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from members.models import Member
from points.models import Account
from pos.till import drafts
from rewards import proofs, redemption, supply
from rewards.models import Reward, SpendingCode, Voucher
from sales.models import Purchase
from tests import factories
from tests.factories import Shop
from tests.pos.conftest import Statements
from tests.pos.conftest import shown as listed
from tests.pos.till import NOON
from tests.pos.till_page.counter import Counter, hidden
from tests.rewards.claims import redeem, rich, sent_code

MINUTE = timedelta(minutes=1)
NOW = NOON + MINUTE  # where the tests' clock stands


@pytest.fixture
def ada(shop: Shop) -> Member:
    """A member with 500 points, who has a PIN."""
    ada = rich(500, at=NOON)
    proofs.set_pin(ada, "4711", at=NOON)
    return ada


@pytest.fixture
def five(shop: Shop) -> Reward:
    """£5 off for 100 points."""
    return factories.reward("five", kind=Reward.Kind.AMOUNT_OFF, amount=Decimal(5), name_en="£5 off")


def ask(counter: Counter, reward: str = "five", **given: Any) -> str:
    """Open the reward's page, and send its form."""
    counter.open(counter.at(f"rewards/{reward}/"))
    return send(counter, reward, **given)


def send(counter: Counter, reward: str = "five", **given: Any) -> str:
    """Send the form that is shown, not the one that has a code sent."""
    return counter.send(counter.at(f"rewards/{reward}/"), do="", **given)


def qr(member: Member) -> str:
    return proofs.issue_qr(member, at=NOW).text


def points(member: Member) -> int:
    return Account.objects.get(member=member).available


def test_a_member_shows_their_qr_code_and_pays_less_at_once(counter: Counter, ada: Member, five: Reward) -> None:
    counter.scan("LAN-1")
    counter.member(ada)
    assert "Use points" in counter.text
    counter.open(counter.at("rewards/"))
    assert "500 points to use" in counter.text
    counter.open(counter.at("rewards/five/"))
    assert "They have 500 It costs −100 They keep 400 points" in counter.text

    ask(counter, kind="qr", qr=qr(ada), use_now="on")

    assert "Redeemed, and in this sale." in counter.text
    assert "£5 off −£5.00" in counter.text
    voucher = Voucher.objects.get()
    assert (points(ada), voucher.state, voucher.issued_by) == (400, "issued", f"staff:{counter.user.pk}")
    counter.pay()
    assert (Purchase.objects.get().amount, points(ada)) == (Decimal(7), 407)
    voucher.refresh_from_db()
    assert (voucher.state, voucher.receipt) == ("used", counter.token)


def test_a_voucher_to_keep_is_shown_to_print(counter: Counter, ada: Member, five: Reward) -> None:
    counter.member(ada)

    ask(counter, kind="pin", pin="4711")

    voucher = Voucher.objects.get()
    assert "£5 off" in counter.text
    assert "-".join(voucher.code[start : start + 4] for start in (0, 4, 8, 12)) in counter.text
    assert "<svg" in counter.html
    assert "Use it on this sale" in counter.text
    assert drafts.load(counter.client.session, counter.token).coupons == []
    counter.scan(voucher.code)
    assert "£5 off −£0.00" in counter.text


def test_a_gift_is_handed_over_there_and_then(counter: Counter, ada: Member) -> None:
    factories.reward("mug", stock=1)
    counter.member(ada)

    ask(counter, "mug", kind="pin", pin="4711", use_now="on")
    assert "Mug hand it over" in counter.text
    counter.pay()

    assert (Voucher.objects.get().state, Purchase.objects.count(), points(ada)) == ("used", 0, 400)


def test_a_code_is_sent_once_for_a_double_click(counter: Counter, ada: Member, five: Reward) -> None:
    counter.member(ada)
    counter.open(counter.at("rewards/five/"))
    form = hidden(counter.html)

    for _click in range(2):
        counter.page = counter.client.post(counter.at("rewards/five/"), {**form, "kind": "code"}, follow=True)
        assert f"A code is on its way to ***{str(ada.phone)[-4:]}." in counter.text

    assert SpendingCode.objects.count() == 1
    ask(counter, kind="code", code=sent_code())
    assert points(ada) == 400


def test_the_same_form_twice_takes_points_once(counter: Counter, ada: Member, five: Reward) -> None:
    counter.member(ada)
    counter.open(counter.at("rewards/five/"))
    form = {**hidden(counter.html), "kind": "pin", "pin": "4711", "do": ""}

    for _click in range(2):
        counter.page = counter.client.post(counter.at("rewards/five/"), form, follow=True)
        assert Voucher.objects.get().code[-4:] in counter.text

    assert points(ada) == 400


def test_the_same_form_after_its_voucher_was_used_brings_it_into_no_other_sale(counter: Counter, ada: Member) -> None:
    factories.reward("mug")
    counter.member(ada)
    counter.open(counter.at("rewards/mug/"))
    form = {**hidden(counter.html), "kind": "pin", "pin": "4711", "use_now": "on", "do": ""}
    counter.client.post(counter.at("rewards/mug/"), form)
    counter.pay()
    counter.member(ada)

    counter.page = counter.client.post(counter.at("rewards/mug/"), form, follow=True)

    assert drafts.load(counter.client.session, counter.token).coupons == []
    assert (Voucher.objects.get().state, points(ada)) == ("used", 400)


def test_a_wrong_proof_counts_once_for_a_double_click_and_takes_nothing(
    counter: Counter, ada: Member, five: Reward
) -> None:
    counter.member(ada)
    counter.open(counter.at("rewards/five/"))
    form = {**hidden(counter.html), "kind": "pin", "pin": "9999", "do": ""}
    for _click in range(2):
        counter.page = counter.client.post(counter.at("rewards/five/"), form, follow=True)
        assert "This PIN is wrong. Tries left: 4." in counter.text
    assert "9999" not in counter.html

    assert "This PIN is wrong. Tries left: 3." in send(counter, kind="pin", pin="1234")
    send(counter, kind="pin", pin="4711")

    assert (Voucher.objects.count(), points(ada)) == (1, 400)


def test_somebody_elses_or_an_old_qr_code_is_not_taken(counter: Counter, ada: Member, five: Reward) -> None:
    bob = rich(500, at=NOON, name="Bob", phone="+447700900777", email=None)
    counter.member(ada)

    assert "This QR code is no longer valid." in ask(counter, kind="qr", qr=qr(bob))
    old = qr(ada)
    with time_machine.travel(NOW + MINUTE, tick=False):
        assert "This QR code is no longer valid." in ask(counter, kind="qr", qr=old)

    assert Voucher.objects.count() == 0


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("qr", "Scan the QR code on the member’s phone."),
        ("code", "Type the code that the member reads out, or have one sent."),
        ("pin", "Let the member type their PIN."),
    ],
)
def test_knowing_who_it_is_is_not_enough(counter: Counter, ada: Member, five: Reward, kind: str, sentence: str) -> None:
    counter.member(ada)

    assert sentence in ask(counter, kind=kind)

    assert (Voucher.objects.count(), points(ada)) == (0, 500)


def test_what_can_not_be_had_says_why_and_has_no_button(counter: Counter, shop: Shop, ada: Member) -> None:
    factories.reward("dear", name_en="Dear", price=501)
    factories.reward("gone", name_en="Gone", stock=0)
    factories.reward("golden", name_en="Golden", minimum_tier=shop.tiers[-1])
    counter.member(ada)

    said = counter.open(counter.at("rewards/"))

    assert "Dear 501 points 1 point to go" in said
    assert f"Golden 100 points From tier {shop.tiers[-1].name} on" in said
    assert "Gone 100 points Sold out" in said
    counter.open(counter.at("rewards/gone/"))
    assert "Sold out" in counter.text
    assert "How do they show that it is them?" not in counter.text


def test_a_reward_that_changes_meanwhile(counter: Counter, ada: Member, five: Reward) -> None:
    """Another price is not taken unseen; the last piece may go to somebody else; each time the proof stays good."""
    mug = factories.reward("mug", stock=1)
    counter.member(ada)
    shown = qr(ada)
    counter.open(counter.at("rewards/five/"))
    five.price = 120
    five.save()
    assert "The price of this reward has changed: it is 120 points now." in send(counter, kind="qr", qr=shown)
    assert "It costs −120" in counter.text
    counter.open(counter.at("rewards/mug/"))
    redeem(rich(500, at=NOON, name="Bob", phone="+447700900777", email=None), mug.code, at=NOON)
    assert "This reward is sold out. No points were taken." in send(counter, "mug", kind="qr", qr=shown)

    ask(counter, kind="qr", qr=shown)

    assert (Voucher.objects.filter(member=ada).count(), points(ada)) == (1, 380)


def test_a_membership_that_came_to_rest_meanwhile(counter: Counter, ada: Member, five: Reward) -> None:
    counter.scan("LAN-1")
    counter.member(ada)
    counter.open(counter.at("rewards/five/"))
    Member.objects.update(status=Member.Status.SUSPENDED)

    send(counter, kind="pin", pin="4711")

    assert "This membership is on hold" in counter.text
    assert Voucher.objects.count() == 0


def test_without_member_there_is_nothing_to_redeem(counter: Counter, ada: Member, five: Reward) -> None:
    counter.scan("LAN-1")

    for part in ("rewards/", "rewards/five/", f"redeemed/{drafts.new_token()}/"):
        counter.open(counter.at(part))
        assert "Pay £12.00" in counter.text
    counter.member(ada)
    counter.open(counter.at("rewards/nothing/"))
    assert "There is no such reward." in counter.text
    counter.open(counter.at(f"redeemed/{drafts.new_token()}/"))
    assert "What would they like?" in counter.text


def test_a_code_of_a_supplier_is_printed_not_used(counter: Counter, ada: Member, shop: Shop) -> None:
    cinema = factories.reward("cinema", name_en="Cinema", supply=Reward.Supply.CODES)
    supply.add_codes(cinema, "June", ["FILM-1"], at=NOON, actor=None)
    counter.member(ada)
    counter.open(counter.at("rewards/cinema/"))
    assert "Use it on this sale at once" not in counter.text

    send(counter, "cinema", kind="pin", pin="4711")

    assert "Code for our partner FILM-1" in counter.text
    assert "Use it on this sale" not in counter.text


def test_what_a_cashier_reads_is_in_their_language(counter: Counter, ada: Member, five: Reward) -> None:
    counter.client.post("/language/", {"language": "zh-hans"})
    counter.member(ada)

    said = ask(counter, kind="pin", pin="9999")

    assert "积分密码" in said
    assert "9999" not in counter.html


def test_a_voucher_of_a_redemption_elsewhere_is_not_shown(counter: Counter, ada: Member, five: Reward) -> None:
    """What the portal or another terminal redeemed has another name, whatever the address says."""
    token = drafts.new_token()
    redemption.redeem(ada.pk, "five", token=f"till:0:{token}", at=NOON, actor="staff:0")
    counter.member(ada)

    counter.open(counter.at(f"redeemed/{token}/"))

    assert "What would they like?" in counter.text


def test_statements(counter: Counter, ada: Member, five: Reward, statements: Statements) -> None:
    counter.member(ada)
    counts = {}
    for part in ("rewards/", "rewards/five/"):
        counter.client.get(counter.at(part))
        with statements() as found:
            counter.client.get(counter.at(part))
        counts[part] = len(found)

    assert counts == {"rewards/": 8, "rewards/five/": 9}, listed(found)
