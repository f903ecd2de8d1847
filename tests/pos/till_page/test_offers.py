"""Offers at the till page: what a sale wins is said while goods are put in, and so is what is missing."""

from decimal import Decimal

from tests import factories
from tests.campaigns.offering import offer
from tests.pos.till_page.counter import Counter


def test_the_cashier_can_say_what_a_little_more_would_win(counter: Counter) -> None:
    offer("lights", multiplier=Decimal(2), categories=["lights"], title_en="Double on lights")
    offer("big", minimum=Decimal(20), title_en="Big basket")
    ada = factories.member(phone="+447700900123")

    counter.scan("LAN-1")
    counter.member("07700 900123")
    assert "+24 points with this sale" in counter.text
    assert "+12 Double on lights" in counter.text
    assert "Big basket · Minimum £20, £8 short" in counter.text
    counter.pay()

    assert "+24 points +12 1 point per £1 · £12.00 +12 Double on lights" in counter.text
    assert "Big basket · Minimum £20, £8 short" in counter.text
    counter.next_sale()
    counter.scan("LAN-1")
    counter.scan("LAN-1")
    counter.member(ada)
    assert "+98 points with this sale" in counter.text
    assert "short" not in counter.text
