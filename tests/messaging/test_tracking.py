"""What mail providers report of messages: each in the words of the provider, noted once, with what follows from it."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured
from django.db import Error, transaction
from django.test import Client

from loyalty_site import relay
from members import consent
from members.models import Member
from messaging import relays, suppression
from messaging.models import Message, Report, Suppression
from tests import factories
from tests.campaigns.wishes import answer, willing

AT = datetime(2026, 6, 1, 9, tzinfo=UTC)
SECRET = "reports:long-and-random"
SIGNING_KEY = "key-1234"
BASIC = "Basic cmVwb3J0czpsb25nLWFuZC1yYW5kb20="  # the secret, as HTTP writes it
ADA = "ada@example.com"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon(settings: Any) -> Any:
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET, "MAILGUN_WEBHOOK_SIGNING_KEY": SIGNING_KEY}
    factories.programme()
    with time_machine.travel(AT + timedelta(hours=1), tick=False):
        yield


@pytest.fixture
def ada() -> Member:
    return willing(email=ADA)


@pytest.fixture
def letter(ada: Member) -> Message:
    """What Ada was written, as the provider knows it."""
    return Message.objects.create(
        reference="m:1", member=ada, kind="welcome", channel="email", address=ADA, language="en", body="Hi",
        state="sent", sent_at=AT, provider_key="883953f4-6105-42a2-a16a-77a8eac79483",
    )  # fmt: skip


def post(provider: str, told: Any, **headers: str) -> Any:
    client = Client(enforce_csrf_checks=True)
    return client.post(
        f"/reports/mail/{provider}/", told if isinstance(told, str) else json.dumps(told),
        content_type="application/json", headers={"Authorization": BASIC, **headers},
    )  # fmt: skip


def postmark(record: str, **changes: Any) -> dict[str, Any]:
    """What Postmark posts, as it documents its webhooks."""
    return {
        "RecordType": record,
        "MessageStream": "outbound",
        "ServerID": 23,
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Recipient": ADA,
        "Tag": "",
        "Metadata": {},
        **changes,
    }


def bounce(kind: str, **changes: Any) -> dict[str, Any]:
    return postmark(
        "Bounce", ID=4323372036854775807, Type=kind, TypeCode=1, Name=kind, Email=ADA, From="shop@example.com",
        Details="smtp;550 5.1.1 The email account does not exist", Description="…",
        BouncedAt="2026-06-01T09:15:00Z", Inactive=True, CanActivate=True, **changes,
    )  # fmt: skip


def mailgun(event: str, *, is_signed: bool = True, **changes: Any) -> dict[str, Any]:
    """What Mailgun posts, as it documents its webhooks, signed by its key. Each attempt has another token."""
    token, stamp = f"token-{Report.objects.count()}", "1780305300"
    signature = hmac.new(SIGNING_KEY.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {
        "signature": {"token": token, "timestamp": stamp, "signature": signature if is_signed else "0" * 64},
        "event-data": {
            "event": event,
            "id": "W3X4JOhFT-OZidZGKKr9iA",
            "timestamp": 1780305300.5,
            "recipient": ADA,
            "recipient-domain": "example.com",
            "message": {"headers": {"to": ADA, "message-id": "20260601.1@mg.example.com", "from": "a@b.example"}},
            "user-variables": {},
            "tags": [],
            "flags": {},
            **changes,
        },
    }


def reports() -> list[tuple[str, int | None]]:
    return list(Report.objects.order_by("id").values_list("kind", "message_id"))


def test_a_hard_bounce_puts_the_address_on_the_list_and_a_soft_one_does_not(letter: Message) -> None:
    assert post("postmark", bounce("SoftBounce")).status_code == 200
    assert (reports(), Suppression.objects.count()) == ([("returned", letter.pk)], 0)

    assert post("postmark", bounce("HardBounce")).content == b"1 new\n"

    assert reports()[1:] == [("bounced", letter.pk)]
    assert suppression.reason("email", ADA) == "bounced"
    found = Suppression.objects.get()
    assert (found.at, found.by) == (AT + timedelta(minutes=15), None)


def test_the_same_report_once_more_changes_nothing(letter: Message) -> None:
    for _again in range(3):
        assert post("postmark", bounce("HardBounce")).status_code == 200
        assert post("mailgun", mailgun("opened")).status_code == 200

    assert [kind for kind, _message in reports()] == ["bounced", "opened"]


def test_a_complaint_ends_the_consent_for_ever(ada: Member, letter: Message) -> None:
    told = bounce("SpamComplaint", Subject="Hi") | {"RecordType": "SpamComplaint"}

    post("postmark", told)

    assert suppression.reason("email", ADA) == "complained"
    assert not consent.allows(ada, "email", "marketing", at=AT)
    assert consent.current(ada)["email", "marketing"].source == "complaint"
    answer(ada, says=True, at=AT + timedelta(days=1))
    assert suppression.reason("email", ADA) == "complained"
    with pytest.raises(suppression.Complained, match="stays on the list for ever"):
        suppression.lift(Suppression.objects.get(), reason="please", actor=factories.staff())
    for forbidden in ("update messaging_suppression set reason = 'bounced'", "delete from messaging_suppression"):
        with pytest.raises(Error, match="refused"), transaction.atomic():
            Suppression.objects.raw(forbidden + " returning id")[0]


def test_a_complaint_is_worse_than_a_bounce_and_a_bounce_no_better_than_a_complaint(letter: Message) -> None:
    post("mailgun", mailgun("failed", severity="permanent", reason="bounce"))
    assert suppression.reason("email", ADA) == "bounced"
    post("mailgun", mailgun("complained"))
    post("postmark", bounce("HardBounce"))

    assert suppression.reason("email", ADA) == "complained"


def test_who_unsubscribed_at_the_provider_may_have_said_yes_since(ada: Member) -> None:
    answer(ada, says=False, at=AT - timedelta(days=2))
    answer(ada, says=True, at=AT + timedelta(minutes=30))

    post("mailgun", mailgun("unsubscribed"))
    assert suppression.reason("email", ADA) == "unsubscribed"
    assert consent.allows(ada, "email", "marketing", at=AT)

    post("mailgun", mailgun("unsubscribed", timestamp=1780306400.0))  # 9:33:20
    assert not consent.allows(ada, "email", "marketing", at=AT)


@pytest.mark.parametrize(
    ("provider", "told", "kind"),
    [
        ("mailgun", mailgun, ("failed", {"severity": "permanent", "reason": "suppress-bounce"}, "bounced")),
        ("mailgun", mailgun, ("failed", {"severity": "permanent", "reason": "generic"}, "returned")),
        ("mailgun", mailgun, ("failed", {"severity": "temporary", "reason": "generic"}, "returned")),
        ("mailgun", mailgun, ("delivered", {}, "delivered")),
        ("mailgun", mailgun, ("clicked", {"url": "https://example.com"}, None)),
        ("postmark", postmark, ("Delivery", {"DeliveredAt": "2026-06-01T09:01:00Z"}, "delivered")),
        ("postmark", postmark, ("Open", {"ReceivedAt": "2026-06-01T09:05:00Z", "FirstOpen": True}, "opened")),
        ("postmark", bounce, ("BadEmailAddress", {}, "bounced")),
        ("postmark", bounce, ("Blocked", {}, None)),
    ],
)  # fmt: skip
def test_what_providers_say_in_our_words(letter: Message, provider: str, told: Any, kind: Any) -> None:
    said, changes, expected = kind

    assert post(provider, told(said, **changes)).status_code == 200

    assert [kind for kind, _message in reports()] == ([expected] if expected else [])
    assert Suppression.objects.exists() == (expected == "bounced")


@pytest.mark.parametrize(
    ("event", "bounces"),
    [("hard_bounce", True), ("soft_bounce", False), ("delivered", False), ("unique_opened", False)],
)
def test_brevo(event: str, bounces: bool) -> None:
    told = {"event": event, "email": ADA, "id": 1, "ts_epoch": 1780305300000, "message-id": "<1@relay.example>"}

    post("brevo", told)

    assert Report.objects.count() == 1
    assert Suppression.objects.exists() == bounces


def test_mailjet_and_sparkpost_tell_their_bounces_apart() -> None:
    for number, is_hard in enumerate((False, True)):
        told = {"event": "bounce", "email": f"j{number}@example.com", "time": 1780305300, "MessageID": number,
                "hard_bounce": is_hard, "error": "user unknown"}  # fmt: skip
        assert post("mailjet", [told]).content == b"1 new\n"
        event = {"type": "bounce", "bounce_class": "10" if is_hard else "22", "timestamp": "1780305300",
                 "raw_rcpt_to": f"s{number}@example.com", "transmission_id": f"t{number}"}  # fmt: skip
        assert post("sparkpost", [{"msys": {"message_event": event}}]).content == b"1 new\n"

    listed = [suppression.reason("email", f"{name}@example.com") for name in ("j0", "s0", "j1", "s1")]
    assert listed == ["", "", "bounced", "bounced"]


def test_a_message_is_known_by_our_own_name_too_and_only_at_its_address(letter: Message) -> None:
    Message.objects.update(provider_key="")
    ours: Any = {"user-variables": {relays.METADATA: relays.own_name(letter.pk)}}
    others: Any = {"user-variables": {relays.METADATA: f"message-{letter.pk}@other.example"}}

    post("mailgun", mailgun("opened", **ours))
    post("mailgun", mailgun("opened", recipient="eve@example.com", **ours))
    post("mailgun", mailgun("opened", timestamp=1780305301.0, **others))

    assert reports() == [("opened", letter.pk), ("opened", None), ("opened", None)]


def test_a_message_that_is_not_ours_is_fine() -> None:
    assert post("postmark", bounce("HardBounce", MessageID="strange")).status_code == 200

    assert reports() == [("bounced", None)]
    assert suppression.reason("email", ADA) == "bounced"


@pytest.mark.parametrize(
    ("provider", "told", "headers", "status"),
    [
        ("postmark", bounce("HardBounce"), {"Authorization": ""}, 401),
        ("postmark", bounce("HardBounce"), {"Authorization": "Basic cmVwb3J0czp3cm9uZw=="}, 401),
        ("mailgun", mailgun, {}, 401),
        ("postmark", "no json", {}, 400),
        ("postmark", [1], {}, 400),
        ("postmark", "\xff", {}, 400),
        ("postmark", postmark("Inbound", FromFull={}), {}, 400),
        ("postmark", bounce("HardBounce", MessageID="a\x00b"), {}, 400),
        ("brevo", {"event": "delivered", "email": ADA, "ts_epoch": "soon"}, {}, 400),
        ("sparkpost", [{"msys": 3}], {}, 400),
        ("mandrill", {}, {}, 404),
        ("sendgrid", [], {}, 404),
    ],
)
def test_what_is_not_from_the_provider_changes_nothing(provider: str, told: Any, headers: Any, status: int) -> None:
    body = told("complained", is_signed=False) if callable(told) else told

    assert post(provider, body, **headers).status_code == status

    assert (Report.objects.count(), Suppression.objects.count()) == (0, 0)


def test_without_a_secret_nobody_is_listened_to(settings: Any) -> None:
    settings.ANYMAIL = {}

    assert post("postmark", bounce("HardBounce")).status_code == 404


def test_the_address_can_be_entered_at_the_provider_and_says_nothing_to_browsers() -> None:
    assert Client().head("/reports/mail/postmark/").status_code == 200
    assert Client().get("/reports/mail/postmark/").status_code == 405


def test_times_that_can_not_be_are_taken_for_now() -> None:
    for number, moment in enumerate(("1970-01-01T00:00:00Z", "2099-01-01T00:00:00Z", "2026-06-01T09:59:00")):
        post("postmark", postmark("Delivery", DeliveredAt=moment, MessageID=f"m{number}"))

    now = AT + timedelta(hours=1)
    assert list(Report.objects.order_by("id").values_list("at", flat=True)) == [now, now, now - timedelta(minutes=1)]


def test_reports_are_kept_as_they_came(letter: Message) -> None:
    post("mailgun", mailgun("opened"))

    for change in (lambda: Report.objects.update(kind="bounced"), lambda: Report.objects.all().delete()):
        with pytest.raises(Error, match=r"append-only|refused"), transaction.atomic():
            change()


@pytest.mark.parametrize(
    ("service", "given", "is_smtp_too", "says"),
    [
        ("sendgrid", {}, False, "EMAIL_SERVICE is none of brevo, mailgun"),
        ("postmark", {"POSTMARK_SERVER_TOKEN": "x"}, True, "not both"),
        ("mailgun", {"MAILGUN_API_KEY": "x"}, False, "needs MAILGUN_SENDER_DOMAIN."),
        ("postmark", {"POSTMARK_SERVER_TOKEN": "x"}, False, "needs EMAIL_REPORTS_SECRET"),
    ],
)
def test_half_a_service_is_refused_at_the_start(
    service: str, given: dict[str, str], is_smtp_too: bool, says: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match=says):
        relay.backend(service, given, is_smtp_too=is_smtp_too)
    whole = {"POSTMARK_SERVER_TOKEN": "x", "WEBHOOK_SECRET": SECRET}
    assert relay.backend("postmark", whole, is_smtp_too=False) == "anymail.backends.postmark.EmailBackend"
