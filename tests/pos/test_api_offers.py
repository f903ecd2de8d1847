"""What tills are told of offers: in a quote, after the sale, when they ask again, in both languages."""

from decimal import Decimal

import pytest
import time_machine

from tests import factories
from tests.campaigns.offering import offer
from tests.factories import Shop
from tests.pos.till import NOON, Till, sale

SHORT = {
    "offer": "big",
    "title": "Big basket",
    "code": "below_minimum",
    "detail": "Minimum £50, £27.92 short",
    "missing": "27.92",
}


@pytest.fixture(autouse=True)
def offers(shop: Shop) -> None:
    offer(per_member=1)
    offer("big", minimum=Decimal(50), title_en="Big basket", title_zh_hans="满额有礼")
    offer("silver", tiers=["silver", "gold"], title_en="For silver", title_zh_hans="银卡礼遇")


def basket(**changes: object) -> dict[str, object]:
    return {name: sale()[name] for name in ("currency", "lines")} | changes


def test_a_quote_and_the_sale_say_what_is_won_and_what_is_missing(shop: Shop, till: Till) -> None:
    ada = factories.member()
    with time_machine.travel(NOON, tick=False):
        quoted = till.post("quotes", basket(member={"number": ada.number}), key=None).body
        told = till.post("purchases", sale(ada)).body

    assert told["earned"] == quoted["earned"]
    assert [(reason["rule"], reason["points"], reason["words"]) for reason in told["earned"][0]["reasons"]] == [
        ("base", 22, "1 point per £1 · £22.08"),
        ("offer:spring", 50, "Spring greetings"),
    ]
    assert told["missed_offers"] == quoted["missed_offers"]
    assert told["missed_offers"] == [
        SHORT,
        {
            "offer": "silver",
            "title": "For silver",
            "code": "other_tier",
            "detail": "Only for Silver, Gold members",
            "missing": None,
        },
    ]


def test_in_chinese_as_well(shop: Shop) -> None:
    ada = factories.member()
    with time_machine.travel(NOON, tick=False):
        told = Till(shop.terminal, language="zh-hans").post("purchases", sale(ada)).body

    assert told["earned"][0]["reasons"][1]["words"] == "春日好礼"
    assert [(missed["title"], missed["detail"]) for missed in told["missed_offers"]] == [
        ("满额有礼", "最低消费£50，差£27.92"),
        ("银卡礼遇", "仅限银卡、金卡会员"),
    ]


def test_who_asks_again_is_told_the_same_and_so_is_who_reads_it(shop: Shop, till: Till) -> None:
    ada = factories.member()
    with time_machine.travel(NOON, tick=False):
        first = till.post("purchases", sale(ada)).body
        again = till.post("purchases", sale(ada)).body
        read = till.get(f"purchases/{first['purchase']}").body

    assert again["replayed"] is True
    assert again["missed_offers"] == read["missed_offers"] == first["missed_offers"]


def test_somebody_who_is_no_member_yet_is_quoted_what_they_would_win(shop: Shop, till: Till) -> None:
    with time_machine.travel(NOON, tick=False):
        quoted = till.post("quotes", basket(), key=None).body
        told = till.post("purchases", sale()).body

    assert (quoted["points"], told["points"], told["missed_offers"]) == (72, 0, [])
