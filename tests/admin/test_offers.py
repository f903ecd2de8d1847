"""Offers at the desk: made and read back, tried, switched on, paused, copied, ended, and judged by what they gave."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client

from access.models import AuditEntry
from campaigns.models import Offer
from tests import factories
from tests.admin.desk import NOON, at_desk, text
from tests.campaigns.offering import offer
from tests.factories import Shop
from tests.pos.selling import bring_back, receipt, sell

ADD = "/admin/campaigns/offer/add/"
LIST = "/admin/campaigns/offer/"
VERSIONS = {
    "versions-TOTAL_FORMS": "0",
    "versions-INITIAL_FORMS": "0",
    "versions-MIN_NUM_FORMS": "0",
    "versions-MAX_NUM_FORMS": "0",
}


@pytest.fixture
def marketing(shop: Shop) -> Client:
    factories.category()
    return at_desk("marketing")


def filled(**changes: Any) -> dict[str, Any]:
    """The form of an offer: double points on cards at weekends in December."""
    values: dict[str, Any] = {
        "code": "cards",
        "title_en": "Double points on cards",
        "title_zh_hans": "贺卡双倍积分",
        "description_en": "",
        "description_zh_hans": "",
        "kind": "multiplier",
        "multiplier": "2",
        "points": "",
        "begins_on": "2026-12-01",
        "ends_on": "2026-12-24",
        "weekdays": ["5", "6"],
        "from_time": "",
        "until_time": "",
        "categories": ["cards"],
        "minimum": "10",
        "per_member": "",
        "budget": "",
    }
    return {**values, **VERSIONS, **changes}


def page(of: Offer, act: str = "change") -> str:
    return f"{LIST}{of.pk}/{act}/"


def test_an_offer_begins_paused_and_reads_back_in_both_languages(shop: Shop, marketing: Client) -> None:
    answer = marketing.post(ADD, filled(tiers=["silver"], per_member="1"))

    assert answer.status_code == 302, text(answer)
    made = Offer.objects.get()
    assert (made.state, made.weekdays, made.categories, made.versions.get().is_on) == (
        "paused",
        [5, 6],
        ["cards"],
        False,
    )
    told = text(marketing.get(page(made)))
    assert (
        "2 times the base points, on Greeting cards, for £10 or more, from 1 Dec 2026 to 24 Dec 2026, "
        "every Saturday, Sunday, for Silver members, once per member." in told
    )
    assert "基础积分的2倍，限Greeting cards，满£10，2026年12月1日至2026年12月24日，每逢" in told
    assert AuditEntry.objects.get().action == "offer.added"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"multiplier": ""}, "An offer of this kind needs it."),
        ({"multiplier": "1"}, "More than 1: with 1 it would give nothing."),
        ({"kind": "fixed"}, "An offer of this kind needs it."),
        ({"kind": "fixed", "points": "50", "budget": "49"}, "It is not enough for one purchase."),
        ({"ends_on": "2026-11-30"}, "Not before the first day."),
        ({"ends_on": "2026-12-03"}, "None of them lies between the first day and the last."),
        ({"from_time": "10:00"}, "Fill in both hours, or neither."),
        ({"from_time": "10:00", "until_time": "09:00"}, "Later than the hour at which it begins, please."),
        ({"minimum": "10.005"}, "Not so many places after the point."),
        ({"minimum": "99999999"}, "No purchase may come to more than £1,000,000.00."),
        ({"categories": ["none"]}, "Select a valid choice."),
        ({"title_en": "", "title_zh_hans": ""}, "Fill this in, in one language at least."),
    ],
)
def test_what_contradicts_itself_is_said_beside_the_field(
    shop: Shop, marketing: Client, changes: dict[str, Any], said: str
) -> None:
    answer = marketing.post(ADD, filled(**changes))

    assert said in text(answer)
    assert not Offer.objects.exists()


def test_switched_on_it_counts_from_that_moment_and_paused_no_more(shop: Shop, marketing: Client) -> None:
    made = offer(is_on=False, at=NOON - timedelta(days=1))
    ada = factories.member()

    with time_machine.travel(NOON, tick=False):
        assert "It is on." in text(marketing.post(page(made, "switch-on"), {"seen": ""}, follow=True))
    with time_machine.travel(NOON + timedelta(hours=2), tick=False):
        marketing.post(page(made, "pause"), {"seen": ""})
        again = marketing.get(page(made))
    sales = [
        sell(receipt(shop, str(hour), "10.00", member=ada, at=NOON + timedelta(hours=hour)))[0]
        for hour in (-1, 0, 1, 2)
    ]

    assert [sale.quote.points(shop.point_type.pk) for sale in sales] == [10, 60, 60, 10]
    assert "Switch on" in text(again)
    assert [entry.action for entry in AuditEntry.objects.order_by("pk")] == ["offer.on", "offer.paused"]


def test_what_is_changed_counts_from_now_and_the_versions_say_what_it_said_before(
    shop: Shop, marketing: Client
) -> None:
    made = offer("cards", at=NOON, multiplier=Decimal(2), begins_on=date(2026, 12, 1))

    answer = marketing.post(page(made), filled(multiplier="3"))

    assert answer.status_code == 302, text(answer)
    assert [version.terms["multiplier"] for version in made.versions.order_by("number")] == ["2", "2", "3"]
    told = text(marketing.get(page(made)))
    assert "2 times the base points" in told
    assert "3 times the base points" in told


def test_a_budget_can_be_raised_but_not_below_what_was_given_nor_taken_away(shop: Shop, marketing: Client) -> None:
    made = offer("cards", at=NOON - timedelta(days=1), budget=1000, points=100)
    assert made.slots.count() == 1
    sell(*[receipt(shop, str(n), "10.00", member=factories.member(), at=NOON) for n in range(3)])
    fixed = filled(kind="fixed", multiplier="", points="100")

    low = text(marketing.post(page(made), {**fixed, "budget": "299"}))
    none = text(marketing.post(page(made), fixed))
    marketing.post(page(made), {**fixed, "budget": "5000"})

    assert "It has given 300 points already: the budget can't be less." in low
    assert "Whether the offer has a budget can't change any more. Make a copy of it." in none
    assert sorted(slot.left for slot in made.slots.all()) == [940] * 5


def test_the_page_says_what_came_of_it(shop: Shop, marketing: Client) -> None:
    made = offer(budget=1000, minimum=Decimal(15), at=NOON - timedelta(days=1))
    ada, bob = factories.member(), factories.member()
    first, _second, _third = sell(
        receipt(shop, "1", "10.00", "10.00", member=ada, at=NOON),
        receipt(shop, "2", "20.00", member=ada, at=NOON),
        receipt(shop, "3", "20.00", member=bob, at=NOON),
    )
    bring_back(shop, first, "R1", (1, "1"), at=NOON)

    told = text(marketing.get(page(made)))

    for words in (
        "Members reached 2", "Purchases 3", "Points given 150", "Taken back by returns 50",
        "Cost £1.00 of 100 points", "Left of the budget 850",
    ):  # fmt: skip
        assert words in told


def test_it_is_tried_with_a_basket(shop: Shop, marketing: Client) -> None:
    made = offer(multiplier=Decimal(2), categories=["cards"], minimum=Decimal(10))

    wins = text(
        marketing.post(page(made, "try"), {"amount": "12.50", "category": "cards", "tier": "member", "seen": ""})
    )
    lacks = text(marketing.post(page(made, "try"), {"amount": "8", "category": "cards", "tier": "member", "seen": ""}))

    assert "this basket would get +12" in wins
    assert "this basket would get Nothing: Minimum £10, £2 short" in lacks


def test_a_copy_is_paused_and_the_ended_one_stays_as_it_was(shop: Shop, marketing: Client) -> None:
    made = offer("cards", at=NOON, budget=1000)

    marketing.post(page(made, "copy"), {"seen": ""})
    marketing.post(page(made, "end"), {"seen": ""})

    copy = Offer.objects.get(code="cards-2")
    assert (copy.state, copy.budget, sum(slot.left for slot in copy.slots.all())) == ("paused", 1000, 1000)
    assert marketing.post(page(made), filled()).status_code == 403
    assert "This offer has ended. Make a copy of it." in text(marketing.post(page(made, "switch-on"), {"seen": ""}))
    assert Offer.objects.get(code="cards").state == "ended"
