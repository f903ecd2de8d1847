"""Offers on a member's home page: what is still to be won these days, until when, and for what."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine

from members.models import Member
from tests import factories
from tests.campaigns.offering import offer
from tests.factories import Shop
from tests.portal.people import signed_in, text
from tests.pos.selling import receipt, sell

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def shop(db: None) -> Shop:
    return factories.shop()


@pytest.fixture
def ada(shop: Shop) -> Member:
    return factories.member(name="Ada Lovelace")


def test_home_shows_what_is_on_for_this_member_and_still_to_be_won(shop: Shop, ada: Member) -> None:
    factories.category()
    offer(
        "cards",
        multiplier=Decimal(2),
        categories=["cards"],
        minimum=Decimal(20),
        ends_on=date(2026, 3, 24),
        title_en="Double points on cards",
        description_en="Write to somebody.",
    )
    offer("gold", tiers=["gold"], title_en="Only for gold")
    offer("over", ends_on=date(2026, 3, 9), title_en="Long over")
    offer("paused", is_on=False, title_en="Not yet")
    offer("once", per_member=1, title_en="A welcome")
    client = signed_in(ada)

    told = text(client.get("/"))

    cards = "Double points on cards Write to somebody. On Greeting cards, for £20 or more · until 24 Mar 2026"
    assert f"Offers now {cards} A welcome 50 points on top. Once per member" in told
    for other in ("Only for gold", "Long over", "Not yet"):
        assert other not in told
    sell(receipt(shop, "1", "30.00", member=ada, at=NOW))
    assert [each.title for each in client.get("/").context["offered"]] == ["Double points on cards"]


def test_without_offers_nothing_is_said_of_them(shop: Shop, ada: Member) -> None:
    assert "Offers now" not in text(signed_in(ada).get("/"))
