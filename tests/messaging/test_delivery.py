"""Sending: codes first, each message once, failures again later, and never too late."""

import logging
import smtplib
import socket
import threading
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, ClassVar

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend

from messaging import delivery, outbox
from messaging.carriers import NotAcceptedError
from messaging.models import Message
from messaging.outbox import Draft
from messaging.sms import Sms
from tests import factories
from tests.messaging.post import Phones
from tests.racing import run_in_threads

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)


class GrumpyServer(BaseEmailBackend):
    """A mail server that answers every mail with the error it is told."""

    answer: ClassVar[Exception] = OSError()

    def send_messages(self, email_messages: Any) -> int:
        raise GrumpyServer.answer


@pytest.fixture(autouse=True)
def phones(settings: Any) -> type[Phones]:
    settings.SMS_PROVIDER = "tests.messaging.post.Phones"
    Phones.taken, Phones.refusal = [], None
    return Phones


def write(kind: str, reference: str, channel: str = "sms", at: datetime = AT, **changes: Any) -> Message:
    words = {"code": "482913", "number": "8600123456789"}
    address = "+447700900123" if channel == "sms" else "ada@example.com"
    draft = Draft(kind=kind, reference=reference, channel=channel, address=address, language="en", words=words)
    outbox.queue([draft], at=at)
    if changes:
        Message.objects.filter(reference=reference).update(**changes)
    return Message.objects.get(reference=reference)


@pytest.mark.django_db
def test_an_email_is_sent_from_the_programme_under_a_lasting_id() -> None:
    factories.programme()
    message = write("welcome", "event:1", "email")

    with time_machine.travel(AT + timedelta(seconds=2), tick=False):
        assert delivery.send_batch(at=AT) == 1

    (sent,) = mail.outbox
    assert (sent.subject, sent.to, sent.from_email) == (
        "Welcome to Gift Club",
        ["ada@example.com"],
        "Gift Club <loyalty@localhost>",
    )
    assert sent.body == message.body
    assert sent.extra_headers == {
        "Message-ID": f"<message-{message.id}@localhost>",
        "Auto-Submitted": "auto-generated",
    }
    message.refresh_from_db()
    assert (message.state, message.attempts, message.sent_at, message.error) == (
        "sent",
        1,
        AT + timedelta(seconds=2),
        "",
    )
    assert delivery.send_batch(at=AT) == 0
    assert len(mail.outbox) == 1


@pytest.mark.django_db
def test_a_chinese_programme_signs_its_mail() -> None:
    factories.chinese_programme()
    write("welcome", "event:1", "email")

    delivery.send_batch(at=AT)

    assert mail.outbox[0].message()["From"] == "=?utf-8?b?5bi45a6i5Lya?= <loyalty@localhost>"


@pytest.mark.django_db
def test_an_sms_carries_the_key_that_shows_a_repeat() -> None:
    factories.programme()
    message = write("sign_in_code", "sign_in_code:1")

    delivery.send_batch(at=AT)

    assert Phones.taken == [Sms(f"message-{message.id}", "Gift Club", "+447700900123", message.body)]


@pytest.mark.django_db
def test_codes_go_before_all_that_is_queued() -> None:
    factories.programme()
    for number in range(delivery.BATCH + 1):
        write("welcome", f"event:{number}", at=AT - timedelta(hours=1))
    code = write("sign_in_code", "sign_in_code:1")

    assert delivery.send_batch(at=AT) == delivery.BATCH

    assert Phones.taken[0].key == f"message-{code.id}"
    assert Message.objects.filter(state="queued").count() == 2


@pytest.mark.django_db
def test_what_is_not_due_waits() -> None:
    factories.programme()
    write("welcome", "event:1", due_at=AT + timedelta(seconds=1))

    assert delivery.send_batch(at=AT) == 0
    assert delivery.send_batch(at=AT + timedelta(seconds=1)) == 1


@pytest.mark.django_db
def test_a_code_that_came_too_late_is_never_sent() -> None:
    factories.programme()
    late = write("sign_in_code", "sign_in_code:1", at=AT - timedelta(minutes=10))

    assert delivery.send_batch(at=AT) == 1

    late.refresh_from_db()
    assert (late.state, late.sent_at) == ("expired", None)
    assert Phones.taken == []


@pytest.mark.django_db
def test_a_failed_attempt_is_repeated_with_growing_gaps_until_it_is_given_up() -> None:
    factories.programme()
    message = write("welcome", "event:1", expires_at=AT + timedelta(days=2))
    Phones.refusal = NotAcceptedError("busy")
    attempts = []

    with time_machine.travel(AT, tick=False) as clock:
        while message.state == "queued":
            clock.move_to(message.due_at)
            attempts.append(message.due_at)
            assert delivery.send_batch(at=message.due_at - timedelta(seconds=1)) == 0
            assert delivery.send_batch(at=message.due_at) == 1
            message.refresh_from_db()

    gaps = [later - earlier for earlier, later in pairwise(attempts)]
    assert gaps == list(delivery.GAPS)
    assert (message.state, message.attempts, message.error) == ("failed", 7, "busy")


@pytest.mark.django_db
def test_what_will_never_be_taken_is_not_tried_again() -> None:
    factories.programme()
    message = write("welcome", "event:1")
    Phones.refusal = NotAcceptedError("no such number", is_lasting=True)

    delivery.send_batch(at=AT)

    message.refresh_from_db()
    assert (message.state, message.attempts, message.error) == ("failed", 1, "no such number")


@pytest.mark.django_db
def test_one_that_can_not_be_sent_does_not_hold_up_the_others(settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    factories.programme()
    broken = write("welcome", "event:1", "email", at=AT - timedelta(hours=1))
    write("welcome", "event:2")
    settings.EMAIL_BACKEND = f"{__name__}.GrumpyServer"
    GrumpyServer.answer = ValueError("ada@example.com makes no sense")

    with time_machine.travel(AT, tick=False), caplog.at_level(logging.INFO):
        assert delivery.send_batch(at=AT) == 2

    broken.refresh_from_db()
    assert (broken.state, broken.error, broken.due_at) == ("queued", "ValueError", AT + timedelta(seconds=5))
    assert len(Phones.taken) == 1
    assert "ValueError" in caplog.text
    assert "ada@example.com" not in caplog.text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answer", "state", "error"),
    [
        (smtplib.SMTPRecipientsRefused({"ada@example.com": (550, b"no ada")}), "failed", "SMTPRecipientsRefused 550"),
        (smtplib.SMTPRecipientsRefused({"ada@example.com": (451, b"later")}), "queued", "SMTPRecipientsRefused 451"),
        (smtplib.SMTPDataError(554, b"spam for ada"), "failed", "SMTPDataError 554"),
        (smtplib.SMTPAuthenticationError(535, b"wrong password"), "queued", "SMTPAuthenticationError"),
        (smtplib.SMTPServerDisconnected("ada"), "queued", "SMTPServerDisconnected"),
        (socket.gaierror(-2, "no host"), "queued", "gaierror"),
    ],
)
def test_only_what_the_server_says_of_this_mail_is_final(
    settings: Any, answer: Exception, state: str, error: str
) -> None:
    factories.programme()
    message = write("welcome", "event:1", "email")
    settings.EMAIL_BACKEND = f"{__name__}.GrumpyServer"
    GrumpyServer.answer = answer

    delivery.send_batch(at=AT)

    message.refresh_from_db()
    assert (message.state, message.error) == (state, error)


@pytest.mark.django_db
def test_outside_development_nothing_counts_as_sent_that_has_nowhere_to_go(settings: Any) -> None:
    factories.programme()
    by_sms, by_email = write("welcome", "event:1"), write("welcome", "event:2", "email")
    settings.SMS_PROVIDER = "messaging.sms.LogProvider"
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

    delivery.send_batch(at=AT)

    for message, error in (
        (by_sms, "no SMS provider is set up (SMS_PROVIDER)"),
        (by_email, "no mail server is set up (EMAIL_URL)"),
    ):
        message.refresh_from_db()
        assert (message.state, message.error) == ("failed", error)


@pytest.mark.django_db
def test_in_development_all_counts_as_sent_and_no_address_is_logged(
    settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    factories.programme()
    by_sms, by_email = write("sign_in_code", "sign_in_code:1"), write("welcome", "event:2", "email")
    settings.DEBUG = True
    settings.SMS_PROVIDER = "messaging.sms.LogProvider"
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

    with caplog.at_level(logging.DEBUG):
        delivery.send_batch(at=AT)

    assert list(Message.objects.values_list("state", flat=True)) == ["sent", "sent"]
    assert f"message-{by_sms.id}" in caplog.text
    for secret in (by_sms.address, "482913", by_email.address):
        assert secret not in caplog.text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "claimed_before", "is_taken_up"),
    [
        ("welcome", timedelta(minutes=10), True),
        ("welcome", timedelta(minutes=9, seconds=59), False),
        ("sign_in_code", timedelta(minutes=1), True),
        ("sign_in_code", timedelta(seconds=59), False),
    ],
)
def test_what_a_killed_sender_left_unclear_is_sent_again(
    kind: str, claimed_before: timedelta, is_taken_up: bool
) -> None:
    factories.programme()
    message = write(kind, "event:1", state="sending", claimed_at=AT - claimed_before, attempts=1)

    assert delivery.send_batch(at=AT) == int(is_taken_up)

    message.refresh_from_db()
    assert (message.state, message.attempts) == (("sent", 2) if is_taken_up else ("sending", 1))
    assert [sms.key for sms in Phones.taken] == ([f"message-{message.id}"] if is_taken_up else [])


@pytest.mark.django_db
def test_a_message_on_which_senders_keep_dying_is_given_up() -> None:
    factories.programme()
    message = write("welcome", "event:1", state="sending", claimed_at=AT - timedelta(hours=1), attempts=7)

    assert delivery.send_batch(at=AT) == 0

    message.refresh_from_db()
    assert (message.state, message.error) == ("failed", "never settled by the senders that claimed it")


@pytest.mark.django_db
def test_a_sender_that_took_too_long_does_not_settle_the_next_attempt() -> None:
    factories.programme()
    message = write("welcome", "event:1")
    (slow,) = delivery.claim(at=AT)
    later = AT + timedelta(minutes=10)
    delivery.take_up_unclear(at=later)
    (quick,) = delivery.claim(at=later)

    delivery._settle(slow, state="failed", error="too slow")
    message.refresh_from_db()
    assert (message.state, message.error, message.attempts) == ("sending", "", 2)

    delivery._settle(quick, state="sent")
    message.refresh_from_db()
    assert message.state == "sent"


def test_many_senders_at_once_send_each_message_once(committed_db: None) -> None:
    factories.programme()
    for number in range(100):
        write("welcome", f"event:{number}")
    lock = threading.Lock()
    counted = []

    def send(number: int) -> None:
        while done := delivery.send_batch(at=AT):
            with lock:
                counted.append(done)

    run_in_threads(6, send)

    assert sum(counted) == 100
    keys = [sms.key for sms in Phones.taken]
    assert len(keys) == 100
    assert len(set(keys)) == 100
    assert set(Message.objects.values_list("state", "attempts")) == {("sent", 1)}
