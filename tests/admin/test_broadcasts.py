"""Broadcasts at the desk: made, previewed, tried, scheduled, paused, resumed, judged."""

from typing import Any

import pytest
from django.test import Client

from access.models import AuditEntry, User
from campaigns import planning, writing
from campaigns.models import Broadcast, Occasion, Segment
from messaging.models import Message
from tests import factories
from tests.admin.desk import NOON, at_desk, confirm, text
from tests.campaigns.test_broadcasts import broadcast, people
from tests.campaigns.wishes import segment
from tests.factories import Shop

LIST = "/admin/campaigns/broadcast/"
EVERYBODY = {"join": "all", "parts": [{"about": "status", "how": "is", "codes": ["active"]}]}
SURE = {"seen": ""}


@pytest.fixture
def marketing(shop: Shop) -> Client:
    return at_desk("marketing")


@pytest.fixture
def crowd(shop: Shop) -> Segment:
    people(3)
    return segment(EVERYBODY, "everybody", at=NOON)


def filled(crowd: Segment, **changes: Any) -> dict[str, Any]:
    """The form of a broadcast by inbox on the day of the sale."""
    values = {
        "name": "News",
        "segment": crowd.pk,
        "on": "2026-06-01",
        "send_at": "10:00",
        "channel": "inapp",
        "lasts_days": "1",
        "per_minute": "",
        "hold_out": "0",
        "subject_en": "News for {name|you}",
        "body_en": "There is news from {programme}.",
        **dict.fromkeys(("subject_zh_hans", "body_zh_hans", "sms_en", "sms_zh_hans", "bonus_points", "reward"), ""),
    }
    return {**values, **changes}


def page(of: Broadcast, act: str = "change") -> str:
    return f"{LIST}{of.pk}/{act}/"


def test_it_is_made_tried_scheduled_paused_and_goes_on(crowd: Segment, marketing: Client) -> None:
    answer = marketing.post(f"{LIST}add/", filled(crowd))
    assert answer.status_code == 302, text(answer)
    made = Broadcast.objects.get()
    assert (made.kind, made.is_active) == ("broadcast", False)
    assert "Would get it 3 inbox 3" in text(marketing.get(page(made)))
    ada = factories.member(name="Ada")
    confirm(marketing, page(made, "preview"), {"member": ada.number})
    assert Message.objects.get().address == User.objects.get(username="marketing").email

    assert "would get it 3" in text(marketing.get(page(made, "switch-on")))
    marketing.post(page(made, "switch-on"), SURE)
    assert planning.plan(at=NOON) == 4  # Ada came meanwhile
    assert writing.write_due(at=NOON, seconds=9) == 4
    marketing.post(page(made, "pause"), SURE)
    marketing.post(page(made, "switch-on"), SURE)
    assert (planning.plan(at=NOON), Occasion.objects.count()) == (0, 4)

    assert list(AuditEntry.objects.order_by("id").values_list("action", flat=True)) == [
        "broadcast.added", "broadcast.switched_on", "broadcast.paused", "broadcast.switched_on",
    ]  # fmt: skip
    assert "News everybody 1 Jun 2026 inbox · 10:00" in text(marketing.get(LIST))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"on": "2026-05-31"}, "This day has passed."),
        ({"body_en": "Dear {festival}"}, "There is no placeholder {festival} here."),
        ({"body_en": ""}, "This channel needs it, in one language at least."),
        ({"channel": "email", "send_at": "03:00"}, "Nothing rings at that hour"),
        ({"segment": ""}, "This field is required."),
        ({"segment": "999999"}, "Select a valid choice."),
        ({"hold_out": "51"}, "Ensure this value is less than or equal to 50."),
        ({"per_minute": "0"}, "Ensure this value is greater than or equal to 1."),
        ({"lasts_days": "8"}, "Ensure this value is less than or equal to 7."),
    ],
)
def test_what_could_not_be_sent_is_refused(
    crowd: Segment, marketing: Client, changes: dict[str, Any], said: str
) -> None:
    answer = marketing.post(f"{LIST}add/", filled(crowd, **changes))

    assert (answer.status_code, said in text(answer)) == (200, True)
    assert Broadcast.objects.count() == 0


def test_once_members_are_chosen_only_the_words_can_change(crowd: Segment, marketing: Client) -> None:
    sent = broadcast(segment=crowd, hold_out=10)
    planning.plan(at=NOON)
    marketing.post(page(sent), filled(crowd, hold_out="50", on="2026-06-09", body_en="Other news."))

    sent.refresh_from_db()
    assert (sent.hold_out, f"{sent.on}", sent.body_en) == (10, "2026-06-01", "Other news.")  # type: ignore[attr-defined]
    assert planning.plan(at=NOON) == 0


def test_a_day_that_passed_is_refused_and_what_uses_a_segment_is_told(crowd: Segment, marketing: Client) -> None:
    past = broadcast(segment=crowd, is_active=False, on="2026-05-30")

    assert "Its day has passed." in text(marketing.post(page(past, "switch-on"), SURE))
    assert marketing.get(f"/admin/campaigns/greeting/{past.pk}/change/")["Location"] == page(past)
    assert "News" not in text(marketing.get("/admin/campaigns/greeting/"))
    live = broadcast(segment=crowd, name="Live news")
    switched_off = marketing.post(f"/admin/campaigns/segment/{crowd.pk}/switch-off/", SURE)
    assert "It is in use and stays: “Live news”." in text(switched_off)
    assert "Used by Live news" in text(marketing.get(f"/admin/campaigns/segment/{crowd.pk}/change/"))
    Broadcast.objects.filter(pk=live.pk).update(is_active=False)
    assert marketing.post(f"/admin/campaigns/segment/{crowd.pk}/switch-off/", SURE).status_code == 302


def test_its_page_compares_with_those_who_were_kept_out_and_refuses_to_judge_a_few(
    crowd: Segment, marketing: Client
) -> None:
    sent = broadcast(segment=crowd, hold_out=50)
    planning.plan(at=NOON)

    said = text(marketing.get(page(sent)))

    assert "What it brought Within 7 days of each member's hour, so far" in said
    assert "Buying: too few to judge. Each group needs a hundred members, and ten must have done it." in said
