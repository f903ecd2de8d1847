"""Text messages: the provider is a class named by SMS_PROVIDER, with one method."""

from dataclasses import dataclass
from typing import Protocol

import structlog
from django.conf import settings
from django.utils.module_loading import import_string

from messaging.carriers import NotAcceptedError

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Sms:
    """A text message. KEY is the same at every attempt, so that the provider can tell a repeat."""

    key: str
    sender: str
    to: str
    text: str


class Provider(Protocol):
    """Takes a text message, or raises NotAcceptedError."""

    def send(self, sms: Sms) -> None: ...


class LogProvider:
    """For development: nothing leaves, the log says that it would have. The text can be read at /dev/mail/."""

    def send(self, sms: Sms) -> None:
        if not settings.DEBUG:
            raise NotAcceptedError("no SMS provider is set up (SMS_PROVIDER)", is_lasting=True)
        log.info("sms_not_sent_in_development", key=sms.key)


def provider() -> Provider:
    """The provider that the settings name."""
    chosen: Provider = import_string(settings.SMS_PROVIDER)()
    return chosen
