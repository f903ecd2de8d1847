"""The mail providers whose reports we read: by anymail's views, of which we take the events and leave the signals.

A provider is listened to when its kinds of bounces can be told apart: "nobody there" ends an address for good, and a
full mailbox must not.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from anymail.exceptions import AnymailError, AnymailWebhookValidationFailure
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from anymail.webhooks import brevo, mailgun, mailjet, postmark, sparkpost
from anymail.webhooks.base import AnymailBaseWebhookView
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest

from messaging import relays
from messaging.models import Report
from messaging.tracking import Heard

Kind = Report.Kind
# A provider tries again for some days; what claims to be older, or to come, happened now.
OLDEST = timedelta(days=30)
KINDS = {
    EventType.DELIVERED: Kind.DELIVERED,
    EventType.OPENED: Kind.OPENED,
    EventType.COMPLAINED: Kind.COMPLAINED,
    EventType.UNSUBSCRIBED: Kind.UNSUBSCRIBED,
    EventType.DEFERRED: Kind.RETURNED,
}
# Why a provider did not even try, where it kept a list of its own.
REFUSED = {
    RejectReason.INVALID: Kind.BOUNCED,
    RejectReason.BOUNCED: Kind.BOUNCED,
    RejectReason.SPAM: Kind.COMPLAINED,
    RejectReason.UNSUBSCRIBED: Kind.UNSUBSCRIBED,
}
# What is wrong with a body that is not what the provider sends.
UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, OverflowError, AnymailError, ImproperlyConfigured)


class NotSetUp(Exception):
    """We do not listen to this provider: it is none of those known, or its secret is not in the settings."""


class NotFromProvider(Exception):
    """Neither the secret nor the signature is that of the provider."""


class Unreadable(Exception):
    """This is not what the provider sends."""


class Provider(NamedTuple):
    """How a provider's reports are read. IS_NOBODY: whether a bounce says that there is no such mailbox, by the
    provider's own words for it."""

    view: type[AnymailBaseWebhookView]
    is_nobody: Callable[[Mapping[str, Any]], bool]


PROVIDERS = {
    "brevo": Provider(
        brevo.BrevoTrackingWebhookView, lambda told: told.get("event") in {"hard_bounce", "invalid_email"}
    ),
    "mailgun": Provider(
        mailgun.MailgunTrackingWebhookView,
        lambda told: told["event-data"].get("reason") in {"bounce", "suppress-bounce"},
    ),
    "mailjet": Provider(mailjet.MailjetTrackingWebhookView, lambda told: bool(told.get("hard_bounce"))),
    "postmark": Provider(
        postmark.PostmarkTrackingWebhookView,
        lambda told: "HardBounce" in (told.get("Type"), told.get("SuppressionReason")),
    ),
    # Classes 10 and 30: invalid recipient, no such recipient.
    "sparkpost": Provider(
        sparkpost.SparkPostTrackingWebhookView,
        lambda told: str(_innermost(told).get("bounce_class")) in {"10", "30"},
    ),
}


def read(name: str, request: HttpRequest, *, at: datetime) -> list[Heard]:
    """What the provider NAME tells by this request, AT which it came. What says nothing of use to us is left out.

    Raises NotSetUp, NotFromProvider, Unreadable.
    """
    provider = PROVIDERS.get(name)
    if provider is None or not settings.ANYMAIL.get("WEBHOOK_SECRET"):
        raise NotSetUp
    try:
        view = provider.view()
    except ImproperlyConfigured as error:
        raise NotSetUp from error
    try:
        view.run_validators(request)
    except AnymailWebhookValidationFailure as error:
        raise NotFromProvider from error
    except UNREADABLE as error:
        raise Unreadable from error
    try:
        return list(_heard(name, provider, view.parse_events(request), at))
    except UNREADABLE as error:
        raise Unreadable from error


def _heard(name: str, provider: Provider, told: Iterable[AnymailTrackingEvent], at: datetime) -> Iterator[Heard]:
    for event in told:
        kind = _kind(provider, event)
        address = str(event.recipient or "").strip()
        if kind is None or not address:
            continue
        key = str(event.message_id or "")
        when = event.timestamp and (event.timestamp if event.timestamp.tzinfo else event.timestamp.replace(tzinfo=UTC))
        # Not by the provider's own id of the event alone: some make another one when they try again.
        moment = when.isoformat() if when else str(event.event_id or "")
        if "\x00" in f"{key}{address}":
            raise ValueError("a zero character")
        yield Heard(
            name=f"{name}|{key}|{kind}|{address.lower()}|{moment}",
            kind=kind,
            address=address,
            at=when if when and at - OLDEST < when <= at else at,
            message_id=relays.own_id(key) or relays.own_id(str((event.metadata or {}).get(relays.METADATA, ""))),
            provider_key=key[: relays.KEY_LENGTH],
        )


def _kind(provider: Provider, event: AnymailTrackingEvent) -> Report.Kind | None:
    if event.event_type == EventType.BOUNCED:
        return Kind.BOUNCED if provider.is_nobody(event.esp_event) else Kind.RETURNED
    if event.event_type == EventType.REJECTED:
        return REFUSED.get(event.reject_reason)
    return KINDS.get(event.event_type)


def _innermost(told: Mapping[str, Any]) -> Mapping[str, Any]:
    """SparkPost wraps each event in "msys" and its class."""
    while len(told) == 1 and isinstance(inner := next(iter(told.values())), dict):
        told = inner
    return told
