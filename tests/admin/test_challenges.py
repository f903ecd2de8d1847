"""Challenges at the desk: made and read back, switched on, paused, copied, ended, and judged by what came of them."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client

from access.models import AuditEntry
from campaigns.models import Challenge
from tests import factories
from tests.admin.desk import NOON, at_desk, text
from tests.campaigns.collecting import challenge, complete
from tests.factories import Shop
from tests.pos.selling import receipt, sell

LIST = "/admin/campaigns/challenge/"
ADD = f"{LIST}add/"


@pytest.fixture
def marketing(shop: Shop) -> Client:
    factories.category()
    factories.product("TEA-1", name="Green tea")
    return at_desk("marketing")


def filled(**changes: Any) -> dict[str, Any]:
    """The form of a challenge: ten pieces of cards, or green tea, for 50 points."""
    values: dict[str, Any] = {
        "code": "cards",
        "title_en": "Card card",
        "title_zh_hans": "贺卡集章",
        "description_en": "",
        "description_zh_hans": "",
        "kind": "stamps",
        "goal": "10",
        "period": "",
        "minimum": "0",
        "categories": ["cards"],
        "skus": "TEA-1",
        "begins_on": "2026-12-01",
        "ends_on": "2026-12-24",
        "most_times": "",
        "points": "50",
        "reward": "",
        "badge": "",
        "badge_title_en": "",
        "badge_title_zh_hans": "",
    }
    return values | changes


def page(of: Challenge, act: str = "change") -> str:
    return f"{LIST}{of.pk}/{act}/"


def test_a_challenge_begins_paused_and_reads_back_in_both_languages(shop: Shop, marketing: Client) -> None:
    mug = factories.reward(name_en="A mug", name_zh_hans="马克杯")

    answer = marketing.post(
        ADD, filled(reward=mug.pk, badge="leaf", badge_title_en="Writer", tiers=["silver"], most_times="2")
    )

    assert answer.status_code == 302, text(answer)
    made = Challenge.objects.get()
    assert (made.state, made.started_at, made.categories, made.skus) == ("paused", None, ["cards"], ["TEA-1"])
    told = text(marketing.get(page(made)))
    assert (
        "Buy 10 pieces of Greeting cards, Green tea, from 1 Dec 2026 to 24 Dec 2026, for Silver members, "
        "2 times per member: 50 points, a voucher for A mug, the badge “Writer”." in told
    )
    assert "购买10件" in told
    assert AuditEntry.objects.get().action == "challenge.added"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"goal": "2.5"}, "A whole number, please."),
        ({"goal": "0"}, "greater than or equal to 1"),
        ({"kind": "spend", "goal": "10.005"}, "Not so many places after the point."),
        ({"kind": "streak"}, "Weeks or months? A challenge of this kind needs it."),
        ({"kind": "visits", "minimum": "99999999"}, "No purchase may come to more than £1,000,000.00."),
        ({"skus": "TEA-1, TEE-1"}, "No product has this SKU: TEE-1"),
        ({"ends_on": "2026-11-30"}, "Not before the first day."),
        ({"points": ""}, "Points, a voucher or a badge: it must give something."),
        ({"badge_title_en": "Writer"}, "Choose a drawing for it, or leave the title empty."),
        ({"title_en": "", "title_zh_hans": ""}, "Fill this in, in one language at least."),
    ],
)
def test_what_contradicts_itself_is_said_beside_the_field(
    shop: Shop, marketing: Client, changes: dict[str, Any], said: str
) -> None:
    answer = marketing.post(ADD, filled(**changes))

    assert said in text(answer)
    assert not Challenge.objects.exists()


def test_once_on_what_counts_stays_whatever_is_posted_and_the_end_only_moves_away(
    shop: Shop, marketing: Client
) -> None:
    made = challenge("cards", categories=["cards"], ends_on=date(2026, 12, 24), is_on=False)
    with time_machine.travel(NOON, tick=False):
        assert "It is on." in text(marketing.post(page(made, "switch-on"), {"seen": ""}, follow=True))
        same = {"points": "50", "goal": "3", "skus": "", "begins_on": "2026-01-01"}
        early = text(marketing.post(page(made), filled(**same, ends_on="2026-12-23")))
        answer = marketing.post(page(made), filled(**same | {"goal": "2", "points": "1"}, title_en="All cards"))

    assert "Members were told a later day." in early
    assert answer.status_code == 302, text(answer)
    made.refresh_from_db()
    assert (int(made.goal), made.points, made.title, made.state) == (3, 50, "All cards", "on")


def test_it_is_paused_copied_and_ended(shop: Shop, marketing: Client) -> None:
    made = challenge("cards")
    with time_machine.travel(NOON, tick=False):
        assert "It is paused." in text(marketing.post(page(made, "pause"), {"seen": ""}, follow=True))
        marketing.post(page(made, "copy"), {"seen": ""})
        marketing.post(page(made, "end"), {"seen": ""})

    states = Challenge.objects.order_by("pk").values_list("code", "state", "ended_on")
    assert list(states) == [("cards", "ended", NOON.date()), ("cards-2", "paused", None)]
    assert marketing.post(page(made), filled()).status_code == 403
    assert "This challenge has ended. Make a copy of it." in text(marketing.post(page(made, "switch-on"), {"seen": ""}))


def test_the_page_says_what_came_of_it(shop: Shop, marketing: Client) -> None:
    mug = factories.reward(worth=Decimal("2.50"))
    made = challenge(reward=mug)
    ada, bob = factories.member(), factories.member()
    sell(receipt(shop, "1", *["5"] * 6, member=ada, at=NOON), receipt(shop, "2", "5", member=bob, at=NOON))
    complete(NOON)

    told = text(marketing.get(page(made)))

    for words in (
        "Completed 2 by 1 member", "Points given 100", "Vouchers given 2 0 used", "Cost £6.00",
    ):  # fmt: skip
        assert words in told
