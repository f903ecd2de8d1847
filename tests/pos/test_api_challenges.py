"""What a till prints of stamp cards and challenges after a sale, and what the till page's receipt says."""

from decimal import Decimal

import time_machine

from tests import factories
from tests.campaigns.collecting import SPEND, challenge, complete
from tests.factories import Shop
from tests.pos.till import NOON, Till, sale


def test_the_receipt_tells_how_far_the_card_is_and_when_it_is_full(shop: Shop, till: Till) -> None:
    ada = factories.member()
    challenge(goal=Decimal(20), categories=[], points=None, reward=factories.reward(name_en="A coffee"))
    challenge("spend", **SPEND | {"goal": Decimal(100)}, title_en="Spring", title_zh_hans="春天")
    with time_machine.travel(NOON, tick=False):
        first, second, third = (till.post("purchases", sale(ada, receipt=str(n))).body for n in (1, 2, 3))
        complete(NOON)
        again = till.post("purchases", sale(ada, receipt="3")).body
        other = Till(shop.terminal, language="zh-hans").post("purchases", sale(ada, receipt="4")).body

    assert first["challenges"] == [
        {
            "challenge": "tea",
            "title": "Tea card",
            "kind": "stamps",
            "reached": "8",
            "goal": "20",
            "is_full": False,
            "rounds": 0,
            "words": "8 of 20 stamps",
        },
        {
            "challenge": "spend",
            "title": "Spring",
            "kind": "spend",
            "reached": "22.08",
            "goal": "100",
            "is_full": False,
            "rounds": 0,
            "words": "£22.08 of £100",
        },
    ]
    assert second["challenges"][0]["words"] == "16 of 20 stamps"
    assert third["challenges"][0] == {
        **first["challenges"][0],
        "reached": "20",
        "is_full": True,
        "words": "Card full: you get a voucher for A coffee",
    }
    assert (again["replayed"], again["challenges"][0]["rounds"], again["challenges"][0]["words"]) == (
        True,
        1,
        "4 of 20 stamps",
    )
    assert [each["words"] for each in other["challenges"]] == ["已集12/20个章", "£88.32 / £100"]


def test_without_member_or_without_challenge_nothing_is_said(shop: Shop, till: Till) -> None:
    ada = factories.member()
    with time_machine.travel(NOON, tick=False):
        without = till.post("purchases", sale(ada, receipt="1")).body
        challenge(categories=[], most_times=1)
        nobody = till.post("purchases", sale(receipt="2")).body
        till.post("purchases", sale(ada, receipt="3"))
        complete(NOON)
        done = till.post("purchases", sale(ada, receipt="4")).body

    assert [told["challenges"] for told in (without, nobody, done)] == [[], [], []]
