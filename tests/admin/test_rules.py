"""Earning rules: published in versions, read back in both languages, never edited."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.test import Client

from access.models import AuditEntry
from core import clock as clocks
from points.models import EarningRule, EarningRuleVersion
from tests import factories
from tests.admin.desk import at_desk, confirm, shown_again, text
from tests.factories import Shop


@pytest.fixture
def marketing(shop: Shop) -> Client:
    factories.category("cards", "Greeting cards")
    factories.category("fees", "Services")
    return at_desk("marketing")


def form(**changes: Any) -> dict[str, Any]:
    """Three points for two pounds, but not for services."""
    return {
        "name_en": "Summer points",
        "name_zh_hans": "夏日积分",
        "points": "3",
        "per_amount": "2.00",
        "rounding": "half_up",
        "except_categories": ["fees"],
        "tier_multiplies": "on",
        "is_active": "on",
        "begins_on": "",
    } | changes


def address(shop: Shop) -> str:
    return f"/admin/points/earningrule/{shop.rule.rule_id}/new-version/"


def test_a_version_is_read_back_before_it_is_published(shop: Shop, marketing: Client) -> None:
    preview = marketing.post(address(shop), form())
    page = text(preview)

    assert (
        "English 3 points for every £2.00 spent. Half a point and more is rounded up. "
        "The tier multiplies them. Not for: Services." in page
    )
    assert "begins At once" in page
    assert EarningRuleVersion.objects.count() == 1

    done = marketing.post(address(shop), form() | shown_again(preview))

    assert done.status_code == 302
    version = EarningRuleVersion.objects.latest("number")
    assert (version.number, version.points, version.per_amount, version.rounding) == (2, 3, Decimal(2), "half_up")
    assert (version.only_categories, version.except_categories) == ([], ["fees"])
    assert version.begins_at == clocks.now()
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.changes["version"]) == ("earningrule.published", 2)


def test_a_version_can_begin_on_a_business_day_to_come(shop: Shop, marketing: Client) -> None:
    shop.programme.day_ends_at = 4
    shop.programme.save()

    confirm(marketing, address(shop), form(begins_on="2026-07-01"))

    assert EarningRuleVersion.objects.latest("number").begins_at == datetime(2026, 7, 1, 3, 0, tzinfo=UTC)
    assert "1 Jul 2026, 04:00" in text(marketing.get("/admin/points/earningrule/"))


def test_a_version_can_not_begin_in_the_past(shop: Shop, marketing: Client) -> None:
    page = confirm(marketing, address(shop), form(begins_on="2026-05-31"))

    assert "A version can't begin in the past" in text(page)
    assert EarningRuleVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"points": "0"}, "Ensure this value is greater than or equal to 1."),
        ({"per_amount": "0"}, "Ensure this value is greater than or equal to 0.001."),
        ({"name_zh_hans": ""}, "This field is required."),
        ({"only_categories": ["fees"]}, "A category can't be both included and excluded."),
        ({"only_categories": ["nothing"]}, "Select a valid choice."),
    ],
)
def test_contradictions_are_refused(shop: Shop, marketing: Client, changes: dict[str, Any], refusal: str) -> None:
    page = confirm(marketing, address(shop), form(**changes))

    assert refusal in text(page)
    assert EarningRuleVersion.objects.count() == 1


def test_a_rule_ends_by_a_version_that_gives_nothing(shop: Shop, marketing: Client) -> None:
    switched_off = {name: value for name, value in form().items() if name != "is_active"}

    confirm(marketing, address(shop), switched_off)

    assert EarningRuleVersion.objects.latest("number").is_active is False
    assert "The rule gives no points." in text(marketing.get("/admin/points/earningrule/"))


def test_the_form_begins_with_what_the_latest_version_says(shop: Shop, marketing: Client) -> None:
    page = marketing.get(address(shop)).content.decode()

    assert 'value="1 point per £1"' in page
    assert 'value="每消费1英镑得1积分"' in page


def test_a_name_that_says_what_the_rule_gave_is_not_kept_unseen(
    shop: Shop, marketing: Client, clock: time_machine.Traveller
) -> None:
    confirm(marketing, address(shop), form(name_en="Double coffee", name_zh_hans="咖啡双倍积分", points="2"))
    clock.shift(timedelta(minutes=1))
    tripled = form(name_en="Double coffee", name_zh_hans="咖啡三倍积分", points="3")

    refused = confirm(marketing, address(shop), tripled)

    assert text(refused).count("The rule will give something else. Is this still true?") == 1
    assert EarningRuleVersion.objects.latest("number").number == 2

    preview = marketing.post(address(shop), tripled | {"name_en": "Triple coffee"})
    assert "members read Triple coffee members read 咖啡三倍积分" in text(preview)
    confirm(marketing, address(shop), tripled | {"name_en": "Triple coffee"})

    assert EarningRuleVersion.objects.latest("number").name_en == "Triple coffee"  # type: ignore[attr-defined]


def test_a_name_that_is_still_true_is_kept_when_staff_say_so(
    shop: Shop, marketing: Client, clock: time_machine.Traveller
) -> None:
    confirm(marketing, address(shop), form())
    clock.shift(timedelta(minutes=1))

    confirm(marketing, address(shop), form(points="4", name_stays="on"))
    clock.shift(timedelta(minutes=1))
    confirm(marketing, address(shop), form(points="4", rounding="down"))  # what it gives is as it was

    assert list(EarningRuleVersion.objects.order_by("number").values_list("number", "points"))[1:] == [
        (2, 3), (3, 4), (4, 4),
    ]  # fmt: skip


def test_a_rate_at_which_the_largest_purchase_earns_absurdly_much_is_refused(shop: Shop, marketing: Client) -> None:
    page = confirm(marketing, address(shop), form(points="2001"))

    assert (
        "For £1,000,000.00, the largest purchase, this gives 1,000,500,000 points; at most 1,000,000,000 are allowed."
        in text(page)
    )
    assert EarningRuleVersion.objects.count() == 1


def test_a_published_version_is_never_edited(shop: Shop) -> None:
    client = at_desk("superuser")

    answer = client.post(f"/admin/points/earningrule/{shop.rule.rule_id}/change/", {"code": "other"})

    assert answer.status_code == 403
    assert EarningRule.objects.get().code == "base"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        EarningRuleVersion.objects.update(points=99)


def test_a_new_rule_has_nothing_to_say_yet(shop: Shop, marketing: Client) -> None:
    marketing.post("/admin/points/earningrule/add/", {"code": "twice", "point_type": shop.point_type.pk})

    assert EarningRule.objects.filter(code="twice").count() == 1
    assert "twice points Nothing yet." in text(marketing.get("/admin/points/earningrule/"))
    assert AuditEntry.objects.get().action == "earningrule.added"
