"""Stamp cards, challenges and badges as members see them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members.models import Member
from tests import factories
from tests.campaigns.collecting import VISITS, challenge, complete
from tests.factories import Shop
from tests.portal.people import signed_in, text
from tests.pos.selling import bring_back, receipt, sell

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
HOME_MOST = 12


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


def test_the_page_draws_the_card_and_says_what_is_missing_what_it_gives_and_until_when(shop: Shop, ada: Member) -> None:
    factories.category("gift", "Gifts")
    factories.product("MUG-1", name="Mug of china")
    challenge(skus=["MUG-1"], ends_on=date(2026, 4, 1), description_en="A cup for you.")
    challenge("visits", **VISITS | {"goal": Decimal(4)}, minimum=Decimal(5), title_en="Four days")
    challenge("gold", tiers=["gold"], title_en="Only for gold")
    sell(receipt(shop, "1", "6", "6", member=ada, at=NOW))

    answer = signed_in(ada).get("/stamps/")

    told = text(answer)
    assert (
        "Tea card A cup for you. Buy 3 pieces of Gifts, Mug of china · until 1 Apr 2026 3 2 of 3 stamps 50 points"
        in told
    )
    assert "Four days Buy on 4 days, for £5 or more 25 % 1 of 4 days 50 points" in told
    assert "Only for gold" not in told
    assert answer.content.decode().count("stamp--on") == 2


def test_a_completed_card_gives_its_badge_and_what_comes_back_is_missing_first(shop: Shop, ada: Member) -> None:
    challenge(badge="leaf", badge_title_en="Tea lover")
    challenge("once", most_times=1, title_en="Just once")
    (sold,) = sell(receipt(shop, "1", "6", "6", "6", "6", member=ada, at=NOW))
    complete(NOW)
    bring_back(shop, sold, "R", (1, "1"), (2, "1"), at=NOW)
    client = signed_in(ada)

    told = text(client.get("/stamps/"))

    assert "Goods of a completed round came back. What they counted for comes first now." in told
    assert "Completed 1 time" in told
    assert "Just once Buy 3 pieces of gift Completed" in told
    assert "Your badges Tea lover 10 Mar 2026" in told
    assert [card.title for card in client.get("/").context["cards"]] == ["Tea card"]


def test_home_shows_the_nearest_ones_within_its_statements(shop: Shop, ada: Member) -> None:
    client = signed_in(ada)
    assert "You are collecting" not in text(client.get("/"))
    challenge(skus=["MUG-1"])
    challenge("visits", **VISITS | {"goal": Decimal(2)}, title_en="Two days")
    challenge("far", goal=Decimal(100), title_en="A hundred")
    sell(receipt(shop, "1", "6", "6", member=ada, at=NOW))
    client.get("/")

    with CaptureQueriesContext(connection) as asked:
        answer = client.get("/")

    assert [card.title for card in answer.context["cards"]] == ["Tea card", "Two days"]
    assert "You are collecting" in text(answer)
    assert len(asked) <= HOME_MOST


def test_without_any_the_page_says_so(shop: Shop, ada: Member) -> None:
    assert "Nothing to collect at the moment" in text(signed_in(ada).get("/stamps/"))
