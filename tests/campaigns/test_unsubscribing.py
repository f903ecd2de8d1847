"""Saying no by one click, and the list of addresses that outlives whoever said it (RFC 8058)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from campaigns import planning, writing
from members import consent
from members.models import Consent
from messaging import delivery, suppression, unsubscribing
from messaging.carriers import NotAcceptedError
from messaging.models import Message, Suppression
from tests import factories
from tests.campaigns.wishes import answer, born, greet, greeting, occasions, willing
from tests.factories import Shop
from tests.messaging.post import Phones
from tests.portal.people import text

AT = datetime(2026, 6, 1, 8, 30, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("clock")


def path_of_the_letter() -> str:
    """The address that the mail program would use, without its host."""
    link: str = mail.outbox[-1].extra_headers["List-Unsubscribe"].strip("<>")
    return link.removeprefix("https://localhost")


@pytest.fixture
def sent(shop: Shop, settings: Any) -> Any:
    """Ada got a birthday letter."""
    settings.SITE_URL = "https://localhost"
    ada = willing(email="ada@example.com", phone=None, **born(6, 1))
    greeting()
    greet(AT)
    return ada


def test_a_mail_program_unsubscribes_by_a_post_without_cookies_or_a_detour(sent: Any) -> None:
    stranger = Client(enforce_csrf_checks=True)

    page = stranger.post(path_of_the_letter(), {"List-Unsubscribe": "One-Click"})

    assert (page.status_code, page["Cache-Control"]) == (200, "max-age=0, no-cache, no-store, must-revalidate, private")
    assert "You get no more news and greetings by e-mail." in text(page)
    assert not consent.allows(sent, "email", "marketing", at=AT)
    assert Consent.objects.latest("id").source == "unsubscribe"
    assert suppression.reason("email", "ADA@example.com ") == "unsubscribed"


def test_whoever_fetches_the_link_changes_nothing(sent: Any) -> None:
    for fetch in (Client().get, Client().head):
        assert fetch(path_of_the_letter()).status_code == 200

    assert consent.allows(sent, "email", "marketing", at=AT)
    assert Suppression.objects.count() == 0


def test_the_page_speaks_the_members_language(shop: Shop) -> None:
    lin = factories.member(language="zh-hans")
    token = unsubscribing.token(lin.pk, "sms")

    assert "不再接收资讯短信？" in text(Client().get(f"/unsubscribe/{token}/"))


@pytest.mark.parametrize("change", ["x", "", "x" * 300])
def test_a_link_that_is_not_whole_is_unknown(sent: Any, change: str) -> None:
    path = path_of_the_letter().rstrip("/")[:-1] + change + "/"

    assert Client().post(path).status_code == 404
    assert consent.allows(sent, "email", "marketing", at=AT)


def test_the_list_survives_a_new_import_and_a_yes_in_person_ends_it(sent: Any) -> None:
    unsubscribing.unsubscribe(unsubscribing.Subscription(sent, "email"), at=AT)
    sent.email = "ada@old.example"
    sent.save()
    again = factories.member(email="ada@example.com", **born(6, 2))
    answer(again, says=True, source="file", at=AT + timedelta(hours=1))

    planning.plan(at=AT + timedelta(days=1))
    assert occasions(member=again) == [("birthday:solar:2026", "inapp", "planned", "")]

    answer(again, says=False, source="portal", at=AT + timedelta(hours=2))
    answer(again, says=True, source="portal", at=AT + timedelta(hours=3))
    greeting("holiday", festivals=["childrens_day"], channel="email")
    planning.plan(at=AT)
    assert occasions(member=again)[-1] == ("holiday:childrens_day:2026", "email", "planned", "")


def test_complaints_are_not_ended_by_a_yes(shop: Shop) -> None:
    ada = willing(email="ada@example.com", **born(6, 1))
    suppression.suppress("email", "ada@example.com", Suppression.Reason.COMPLAINED, at=AT - timedelta(days=9))
    suppression.suppress("email", "ada@example.com", Suppression.Reason.UNSUBSCRIBED, at=AT - timedelta(days=8))
    answer(ada, says=True, at=AT - timedelta(days=1))
    greeting(channel="email")

    planning.plan(at=AT)

    assert suppression.reason("email", "ada@example.com") == "complained"
    assert occasions() == [("birthday:solar:2026", "email", "suppressed", "listed")]


def test_an_address_where_nobody_is_gets_onto_the_list(shop: Shop) -> None:
    ada = willing("sms", **born(6, 1))
    greeting(channel="sms")
    Phones.refusal = NotAcceptedError("no such number", is_lasting=True, is_bounce=True)

    greet(AT)

    assert Message.objects.get().state == "failed"
    assert suppression.reason("sms", ada.phone.as_e164) == "bounced"


def test_the_list_is_asked_again_at_the_moment_of_sending(shop: Shop) -> None:
    ada = willing("sms", **born(6, 1))
    greeting(channel="sms")
    planning.plan(at=AT)
    writing.write_due(at=AT, seconds=60)
    suppression.suppress("sms", ada.phone.as_e164, Suppression.Reason.COMPLAINED, at=AT)

    delivery.send_batch(at=AT)

    message = Message.objects.get()
    assert (message.state, message.error) == ("suppressed", "the address is on the list, or the membership rests")
    assert Phones.taken == []


def test_a_connection_that_breaks_half_way_is_for_a_person_to_settle(shop: Shop) -> None:
    willing("sms", **born(6, 1))
    greeting(channel="sms")
    Phones.refusal = NotAcceptedError("TimeoutError", is_unclear=True)
    greet(AT)
    Phones.refusal = None

    later = AT + timedelta(minutes=11)
    assert delivery.send_batch(at=later) == 0
    message = Message.objects.get()
    assert (message.state, message.error, message.attempts) == ("sending", "TimeoutError", 1)
    assert delivery.is_unclear(message, at=later)

    delivery.settle(message, has_arrived=True, reason="Ada says so", actor=factories.staff(), at=later)
    message.refresh_from_db()
    assert (message.state, message.sent_at) == ("sent", AT)
    with pytest.raises(delivery.NotUnclear):
        delivery.settle(message, has_arrived=False, reason="?", actor=factories.staff("lee"), at=later)
    assert Phones.taken == []


def test_a_provider_that_says_busy_is_tried_again_within_the_day(shop: Shop) -> None:
    willing("sms", **born(6, 1))
    greeting(channel="sms")
    Phones.refusal = NotAcceptedError("busy")
    greet(AT)
    Phones.refusal = None

    assert delivery.send_batch(at=AT + delivery.GAPS[0]) == 1
    assert Message.objects.get().state == "sent"
    assert len(Phones.taken) == 1
