"""Writing messages: told once, in time, and only to those who want it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from members import consent
from messaging import outbox
from messaging.models import Message
from messaging.outbox import Draft
from messaging.queries import Contact, contacts
from tests import factories

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def code(reference: str = "sign_in_code:1") -> Draft:
    return Draft(
        kind="sign_in_code",
        reference=reference,
        channel="sms",
        address="+447700900123",
        language="en",
        words={"code": "482913"},
    )


def test_a_code_is_secret_and_of_use_for_ten_minutes() -> None:
    factories.programme()

    assert outbox.queue([code()], at=AT) == 1

    message = Message.objects.get()
    assert (message.state, message.is_secret, message.attempts) == ("queued", True, 0)
    assert (message.due_at, message.expires_at) == (AT, AT + timedelta(minutes=10))
    assert (message.address, message.subject) == ("+447700900123", "")
    assert message.body == "Gift Club: 482913 is your sign-in code, valid for 10 minutes. Don't give it to anybody."


def test_the_same_occasion_is_told_once() -> None:
    factories.programme()
    outbox.queue([code()], at=AT)

    assert outbox.queue([code(), code("sign_in_code:2")], at=AT + timedelta(minutes=1)) == 1

    assert list(Message.objects.order_by("id").values_list("reference", "due_at")) == [
        ("sign_in_code:1", AT),
        ("sign_in_code:2", AT + timedelta(minutes=1)),
    ]


def test_what_a_member_refused_is_recorded_and_not_written() -> None:
    factories.programme()
    ada = factories.member(email="ada@example.com", phone=None)
    draft = replace(
        outbox.to(contacts([ada.id], at=AT)[ada.id], "welcome", reference="event:1", words={}), refused=True
    )

    assert outbox.queue([draft], at=AT) == 0

    message = Message.objects.get()
    assert (message.reference, message.member_id) == ("event:1:email", ada.id)
    assert (message.state, message.error) == ("suppressed", "refused by the member")
    assert (message.subject, message.body) == ("", "")


def test_members_are_reached_by_email_then_sms_as_far_as_they_want_else_in_the_inbox() -> None:
    factories.programme()
    both = factories.member(name="Ada", email="ada@example.com", phone="+447700900001")
    no_email = factories.member(
        name="Bob", email="bob@example.com", phone="+447700900002", language="zh-hans", time_zone="Asia/Shanghai"
    )
    again = factories.member(name="Cy", email="cy@example.com", phone=None)
    consent.withdraw(no_email, "email", "service", source="portal", at=AT)
    consent.withdraw(again, "email", "service", source="portal", at=AT)
    consent.give(again, "email", "service", source="portal", at=AT)
    nowhere = factories.member(name="Di", phone=None, external_id="E-1")
    neither = factories.member(name="Ed", email="ed@example.com", phone=None)
    consent.withdraw(neither, "email", "service", source="portal", at=AT)
    suspended = factories.member(status="suspended")

    found = contacts([*range(both.id, suspended.id + 1)], at=AT)

    assert found == {
        both.id: Contact(both.id, both.number, "Ada", "en", "", "email", "ada@example.com"),
        no_email.id: Contact(no_email.id, no_email.number, "Bob", "zh-hans", "Asia/Shanghai", "sms", "+447700900002"),
        again.id: Contact(again.id, again.number, "Cy", "en", "", "email", "cy@example.com"),
        nowhere.id: Contact(nowhere.id, nowhere.number, "Di", "en", "", "inapp", nowhere.number),
        neither.id: Contact(neither.id, neither.number, "Ed", "en", "", "inapp", neither.number),
    }


@pytest.mark.parametrize("count", [1, 3])
def test_finding_contacts_takes_three_queries(django_assert_num_queries: object, count: int) -> None:
    factories.programme()
    ids = [factories.member().id for _ in range(count)]

    with django_assert_num_queries(3):  # type: ignore[operator]
        assert len(contacts(ids, at=AT)) == count


@pytest.mark.parametrize("count", [1, 3])
def test_queueing_takes_two_queries(django_assert_num_queries: object, count: int) -> None:
    factories.programme()

    with django_assert_num_queries(2):  # type: ignore[operator]
        assert outbox.queue([code(f"sign_in_code:{n}") for n in range(count)], at=AT) == count


def test_codes_are_wiped_when_they_have_served() -> None:
    factories.programme()
    ada = factories.member(email="ada@example.com")
    outbox.queue([code("sign_in_code:old")], at=AT - timedelta(minutes=15))
    outbox.queue([code("sign_in_code:new")], at=AT - timedelta(minutes=14))
    outbox.queue([outbox.to(contacts([ada.id], at=AT)[ada.id], "welcome", reference="event:1", words={})], at=AT)

    assert outbox.wipe_served(at=AT) == 1
    assert outbox.wipe_served(at=AT) == 0

    assert [bool(m.body) for m in Message.objects.order_by("id")] == [False, True, True]


@pytest.mark.parametrize(
    ("zone", "due_at"),
    [
        ("", datetime(2026, 3, 1, 9, tzinfo=UTC)),  # nine in London
        ("Asia/Shanghai", datetime(2026, 3, 1, 1, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 3, 1, 0, 5, tzinfo=UTC)),  # five past seven in the evening
    ],
)
def test_what_nobody_waits_for_waits_for_the_readers_day(zone: str, due_at: datetime) -> None:
    factories.programme()
    ada = factories.member(time_zone=zone)
    midnight = datetime(2026, 3, 1, 0, 5, tzinfo=UTC)
    contact = contacts([ada.id], at=midnight)[ada.id]

    outbox.queue([outbox.to(contact, "tier_lowered", reference="a", words={"tier": "Silver"})], at=midnight)
    outbox.queue([outbox.to(contact, "tier_raised", reference="b", words={"tier": "Gold"})], at=midnight)

    assert list(Message.objects.order_by("id").values_list("due_at", "expires_at")) == [
        (due_at, due_at + timedelta(days=3)),
        (midnight, midnight + timedelta(days=3)),
    ]
