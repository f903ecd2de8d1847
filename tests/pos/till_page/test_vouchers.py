"""Stories of vouchers at the till page: redeemed elsewhere, used once, here."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from members.models import Member
from points.models import Account
from pos.till import drafts
from rewards import redemption, vouchers
from rewards.codes import written
from rewards.models import Reward, Voucher
from sales.models import Purchase, PurchaseLine
from tests import factories
from tests.factories import Shop
from tests.pos.till import NOON
from tests.pos.till_page.counter import Counter, receipt_of
from tests.rewards.claims import redeem, rich


@pytest.fixture
def ada(shop: Shop) -> Member:
    """A member with 500 points."""
    return rich(500, at=NOON)


def voucher(member: Member, **changes: Any) -> Voucher:
    """A voucher of the member's: £5 off, unless it is another."""
    values = {"kind": Reward.Kind.AMOUNT_OFF, "amount": Decimal(5), "name_en": "£5 off", **changes}
    code = f"reward-{Reward.objects.count()}"
    factories.reward(code, **values)
    return redeem(member, code, token=code, at=NOON).voucher


def test_a_voucher_takes_its_amount_off_and_is_used_with_the_receipt(counter: Counter, ada: Member) -> None:
    five = voucher(ada)
    counter.scan("MUG-1")
    counter.scan("LAN-1")

    counter.scan(written(five.code).lower())
    assert "£5 off −£5.00" in counter.text
    assert "Ada Lovelace" in counter.text
    assert "+11 points with this sale" in counter.text
    assert Voucher.objects.get().state == "issued"
    counter.pay()

    assert "Used: £5 off" in counter.text
    assert "Voucher used: £5 off" in counter.text
    sold, used = Purchase.objects.get(), Voucher.objects.get()
    assert (sold.amount, sold.member) == (Decimal("11.50"), ada)
    assert list(PurchaseLine.objects.order_by("position").values_list("amount", flat=True)) == [
        Decimal("3.14"),
        Decimal("8.36"),
    ]
    assert (used.state, used.receipt, used.terminal, used.used_by) == (
        "used",
        counter.token,
        sold.terminal,
        f"staff:{counter.user.pk}",
    )
    assert Account.objects.get().available == 500 - 100 + 11


def test_percent_and_amount_together(counter: Counter, ada: Member) -> None:
    tenth = voucher(ada, kind=Reward.Kind.PERCENT_OFF, amount=None, percent=10, name_en="10 % off")
    five = voucher(ada)
    counter.scan("LAN-1")

    counter.scan(five.code)
    counter.scan(tenth.code)
    counter.scan(tenth.code)

    assert "£5 off −£5.00" in counter.text
    assert "10 % off −£1.20" in counter.text
    assert "Pay £5.80" in counter.text


def test_a_voucher_that_is_worth_more_than_the_goods_says_what_is_lost(counter: Counter, ada: Member) -> None:
    counter.scan("MUG-1")

    counter.scan(voucher(ada).code)

    assert "£5 off −£4.50 worth £5.00: the rest of it is lost" in counter.text
    counter.pay()
    assert Purchase.objects.get().amount == 0


def test_a_gift_is_handed_over_without_a_sale_once(counter: Counter, ada: Member) -> None:
    mug = voucher(ada, kind=Reward.Kind.GIFT, amount=None, name_en="A mug")

    counter.scan(mug.code)
    assert "A mug hand it over" in counter.text
    counter.pay()

    assert "Used: A mug" in counter.text
    assert (Voucher.objects.get().state, Purchase.objects.count()) == ("used", 0)
    counter.scan(mug.code)
    assert "This voucher has been used already." in counter.text


def test_a_voucher_left_out_stays_good(counter: Counter, ada: Member) -> None:
    five = voucher(ada)
    counter.scan("LAN-1")
    counter.scan(five.code)

    counter.press("voucher", code=five.code)
    assert "Pay £12.00" in counter.text
    counter.pay()

    assert (Voucher.objects.get().state, Purchase.objects.get().amount) == ("issued", Decimal(12))


def test_a_voucher_used_elsewhere_in_the_meantime_leaves_the_sale_as_it_was(counter: Counter, ada: Member) -> None:
    five = voucher(ada)
    counter.scan("LAN-1")
    counter.scan(five.code)
    counter.open()
    seen = counter.seen()
    vouchers.use(five.code, store_id=factories.store().pk, terminal_id=None, at=NOON, actor="till", receipt="R-1")

    counter.pay(seen)
    assert "This voucher has been used already." in counter.text
    assert "Pay £12.00" in counter.text
    assert (Purchase.objects.count(), Account.objects.get().available) == (0, 400)
    counter.pay()

    assert Purchase.objects.get().amount == Decimal(12)


def test_vouchers_that_can_not_be_used(counter: Counter, ada: Member) -> None:
    late, cancelled, resting = voucher(ada), voucher(ada), voucher(rich(500, at=NOON))
    redemption.cancel(cancelled, at=NOON, actor="portal")
    Member.objects.filter(pk=resting.member_id).update(status=Member.Status.SUSPENDED)
    mistyped = "0" * 15 + "A"

    counter.scan(cancelled.code)
    assert "This voucher was cancelled, and its points were given back." in counter.text
    counter.scan(resting.code)
    assert "This membership is on hold" in counter.text
    counter.scan(mistyped)
    assert "This is not a voucher's code. Please check the characters." in counter.text
    counter.scan("0" * 16)
    assert "There is no such voucher." in counter.text
    with time_machine.travel(late.expires_at + timedelta(seconds=1), tick=False):
        counter.scan(late.code)
        assert "This voucher was not used in time and is no longer valid." in counter.text
    assert drafts.opened(counter.client.session) == []


def test_when_all_goods_come_back_the_voucher_does_too(counter: Counter, ada: Member) -> None:
    five, late = voucher(ada), voucher(ada, voucher_days=1, name_en="Soon over")
    sales = []
    for code in (five.code, late.code):
        counter.scan(code)
        sales.append(counter.sell("LAN-1"))
    support = Counter(sales[0].terminal, "support")
    with time_machine.travel(NOON + timedelta(days=3), tick=False):
        for sold, foreseen, told in (
            (sales[0], "Voucher given back £5 off", "Voucher given back: £5 off"),
            (sales[1], "Voucher given back Soon over expired, so as 100 points", "given back as 100 points: Soon over"),
        ):
            address = f"{receipt_of(sold.uuid)}return/"
            assert foreseen in support.fill_in(address, all="1")
            assert told in support.send(address)

    assert list(Voucher.objects.order_by("id").values_list("state", flat=True)) == ["issued", "cancelled"]
