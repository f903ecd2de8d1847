"""The development mailbox."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from messaging import outbox
from messaging.models import Message
from messaging.outbox import Draft
from messaging.texts import Text
from tests import factories

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def development(settings: Any) -> None:
    settings.DEBUG = True


def write(reference: str, address: str, code: str = "482913", at: datetime = AT, **changes: Any) -> None:
    channel = "email" if "@" in address else "sms"
    draft = Draft(
        kind="sign_in_code",
        reference=reference,
        channel=channel,
        address=address,
        language="en",
        words={"code": code, "name": "Tom & Jerry"},
    )
    outbox.queue([draft], at=at)
    Message.objects.filter(reference=reference).update(**changes)


def page(client: Client, query: str = "") -> str:
    response = client.get(f"/dev/mail/{query}")
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    return response.content.decode()


def test_all_that_was_written_is_shown_newest_first(client: Client) -> None:
    factories.programme()
    write("code:1", "ada@example.com", "111111", at=AT - timedelta(minutes=1))
    write("code:2", "+447700900123", "222222")

    text = page(client)

    assert text.index("222222 is your sign-in code") < text.index("111111 is your sign-in code")
    assert escape("Hello Tom & Jerry,\n\nYour sign-in code is 111111. It is valid for 10 minutes.\n") in text
    assert "ada@example.com" in text
    assert "+447700900123" in text


def test_what_goes_to_inboxes_does_not_hide_the_code(client: Client) -> None:
    factories.programme()
    write("code:1", "ada@example.com", "111111")
    ada = factories.member()
    inbox = [
        Draft(
            kind="welcome",
            reference=f"news:{number}",
            channel="inapp",
            address=ada.number,
            language="en",
            member_id=ada.pk,
            text=Text("News", "There is news."),
        )
        for number in range(101)
    ]
    outbox.queue(inbox, at=AT + timedelta(minutes=1))

    text = page(client)

    assert "111111 is your sign-in code" in text
    assert "There is news." not in text


def test_only_messages_to_one_address(client: Client) -> None:
    factories.programme()
    write("code:1", "ada@example.com", "111111")
    write("code:2", "+447700900123", "222222")

    text = page(client, "?to=%2B447700900123")

    assert "222222" in text
    assert "111111" not in text
    assert 'value="+447700900123"' in text


def test_what_became_of_a_message_is_said(client: Client) -> None:
    factories.programme()
    write("code:1", "ada@example.com", state="failed", error="SMTPDataError 554")
    write("code:2", "bob@example.com", subject="", body="")

    text = page(client)

    assert "failed: SMTPDataError 554" in text
    assert "The code has served, its text is wiped." in text


def test_it_renews_itself_and_says_when_there_is_nothing(client: Client) -> None:
    text = page(client)

    assert '<meta http-equiv="refresh" content="5">' in text
    assert "Nothing yet." in text
    assert "Nothing to this address yet." in page(client, "?to=eve")


def test_it_is_not_there_in_production(client: Client, settings: Any) -> None:
    settings.DEBUG = False

    assert client.get("/dev/mail/").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_it_takes_as_many_queries_for_many_messages(client: Client, django_assert_num_queries: Any, count: int) -> None:
    factories.programme()
    for number in range(count):
        write(f"code:{number}", "ada@example.com")

    page(client)

    with django_assert_num_queries(2):
        page(client)
