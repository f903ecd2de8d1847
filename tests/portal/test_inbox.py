"""What was written to a member can be read in the portal, by them alone."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from members.models import Member
from messaging import delivery, outbox
from messaging.models import Message
from messaging.outbox import Draft
from tests import factories
from tests.portal.people import signed_in, text

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def ada() -> Member:
    factories.shop()
    return factories.member(name="Ada")


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def write(member: Member, about: str = "Welcome", **changes: Any) -> Message:
    """A message that was sent to MEMBER."""
    values: dict[str, Any] = {
        "reference": f"test:{Message.objects.count()}:{member.pk}",
        "kind": "welcome",
        "channel": "email",
        "address": "ada@example.com",
        "language": "en",
        "subject": about,
        "body": "First line.\n\nSecond <b>line</b>.",
        "state": "sent",
        "sent_at": NOW,
    }
    return Message.objects.create(member=member, **values | changes)


def test_a_message_only_for_the_inbox_is_there_as_soon_as_it_is_sent(ada: Member) -> None:
    draft = Draft(
        kind="welcome", reference="event:1:inapp", channel="inapp", address=ada.number, language="en",
        words={"number": ada.number}, member_id=ada.pk,
    )  # fmt: skip
    outbox.queue([draft], at=NOW)
    client = signed_in(ada)
    assert "No letters yet" in text(client.get("/inbox/"))

    assert delivery.send_batch(at=NOW) == 1

    message = Message.objects.get()
    assert (message.state, message.attempts, message.error) == ("sent", 1, "")
    assert message.subject in text(client.get("/inbox/"))


def test_unread_messages_are_counted_until_they_are_opened(ada: Member) -> None:
    first, _second = write(ada, "One"), write(ada, "", channel="sms")
    client = signed_in(ada)
    assert "2 unread messages" in text(client.get("/"))

    page = client.get(f"/inbox/{first.pk}/")

    assert "Second &lt;b&gt;line&lt;/b&gt;." in page.content.decode()
    assert "e-mail to ada@example.com" in text(page)
    assert "1 unread message" in text(client.get("/"))
    first.refresh_from_db()
    assert first.read_at == NOW

    client.post("/inbox/read/")
    assert "unread" not in text(client.get("/"))
    assert Message.objects.filter(read_at=None).count() == 0


def test_codes_and_what_was_not_sent_are_not_shown(ada: Member) -> None:
    code = write(ada, "Your code", kind="sign_in_code", is_secret=True)
    queued = write(ada, "Later", state="queued", sent_at=None)
    client = signed_in(ada)

    assert "No letters yet" in text(client.get("/inbox/"))
    for hidden in (code, queued):
        assert client.get(f"/inbox/{hidden.pk}/").status_code == HTTPStatus.NOT_FOUND


def test_nobody_reads_somebody_elses_message(ada: Member) -> None:
    eve = factories.member(name="Eve")
    message = write(ada, "For Ada")
    client = signed_in(eve)

    assert client.get(f"/inbox/{message.pk}/").status_code == HTTPStatus.NOT_FOUND
    client.post("/inbox/read/")

    message.refresh_from_db()
    assert message.read_at is None


@pytest.mark.parametrize("count", [0, 1, 500])
def test_the_inbox_asks_four_queries_however_full_it_is(
    ada: Member, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for nth in range(count):
        write(ada, f"Letter {nth}", sent_at=NOW - timedelta(hours=count - nth))
    client = signed_in(ada)
    client.get("/inbox/")

    # programme, user with member; messages, how many are unread
    with django_assert_num_queries(4):
        page = client.get("/inbox/")

    assert len(page.context["letters"]) == min(20, count)
    assert bool(page.context["older"]) == (count > 20)


def test_the_inbox_goes_back_page_by_page(ada: Member) -> None:
    for nth in range(45):
        write(ada, f"Letter {nth}")
    client = signed_in(ada)

    address, read = "/inbox/", []
    while address:
        page = client.get(address)
        read += [letter.subject for letter in page.context["letters"]]
        address = page.context["older"]

    assert read == [f"Letter {nth}" for nth in range(44, -1, -1)]


def test_an_address_in_a_letter_can_be_followed_and_nothing_else_is_more_than_text(ada: Member) -> None:
    link = "https://club.example/unsubscribe/" + "a" * 40
    letter = write(ada, body=f"Hello <b>Ada</b>,\n\n退订：{link}")

    page = signed_in(ada).get(f"/inbox/{letter.pk}/").content.decode()

    assert "<p>Hello &lt;b&gt;Ada&lt;/b&gt;,</p>" in page
    assert f'<p>退订：<a href="{link}">club.example/unsubscribe/aaaaaa…</a></p>' in page
