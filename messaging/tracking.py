"""What a mail provider tells of messages after it took them, and what follows from it. Each report is noted once.

Nobody there: the address goes on the suppression list. Unsubscribed at the provider: as if by our own link. A
complaint: on the list and the consent withdrawn, for ever. What came back only this time (a full mailbox) is noted.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import structlog
from django.db import transaction

from core import db
from members import consent
from members.models import Consent, Member
from messaging import suppression
from messaging.models import Message, Report, Suppression

log = structlog.get_logger(__name__)

Kind = Report.Kind
EMAIL = Consent.Channel.EMAIL
NOTE = """
    insert into messaging_report (key, message_id, kind, at) values (%(key)s, %(message)s, %(kind)s, %(at)s)
    on conflict (key) do nothing
    returning id
"""
LISTED = {
    Kind.BOUNCED: Suppression.Reason.BOUNCED,
    Kind.COMPLAINED: Suppression.Reason.COMPLAINED,
    Kind.UNSUBSCRIBED: Suppression.Reason.UNSUBSCRIBED,
}
SOURCES = {Kind.COMPLAINED: "complaint", Kind.UNSUBSCRIBED: "unsubscribe"}


class Heard(NamedTuple):
    """A report as it came in. NAME is the same whenever the same thing is told again. MESSAGE_ID is our own, where the
    provider handed it back; PROVIDER_KEY is how the provider calls the message. Either may be strange to us."""

    name: str
    kind: Report.Kind
    address: str
    at: datetime
    message_id: int | None = None
    provider_key: str = ""


def note(heard: Iterable[Heard]) -> int:
    """Note what was told and do what follows, each report in one transaction; answer how many were new."""
    return sum(_note(each) for each in heard)


def _note(heard: Heard) -> bool:
    with transaction.atomic():
        message = _message(heard)
        key = hashlib.sha256(heard.name.encode()).hexdigest()
        params = {"key": key, "message": message.pk if message else None, "kind": heard.kind, "at": heard.at}
        if db.value(NOTE, params) is None:
            return False
        if reason := LISTED.get(heard.kind):
            suppression.suppress(EMAIL, heard.address, reason, at=heard.at)
        if heard.kind in SOURCES:
            _withdraw(heard, message)
    log.info("message_reported", message=message.pk if message else None, kind=str(heard.kind))
    return True


def _message(heard: Heard) -> Message | None:
    """Our message that a report is about, if it is one of ours and went to that address."""
    found = Message.objects.filter(channel=EMAIL, address__iexact=heard.address)
    if heard.provider_key and (known := found.filter(provider_key=heard.provider_key).first()):
        return known
    return found.filter(pk=heard.message_id).first() if heard.message_id else None


def _withdraw(heard: Heard, message: Message | None) -> None:
    """End the consent of those it reached: whoever has the address, and the member it was written to."""
    for member in _reached(heard, message):
        said = consent.current(member).get((EMAIL, Consent.Purpose.MARKETING))
        # Who said yes after they had unsubscribed there meant it. A complaint is never taken back.
        if heard.kind == Kind.COMPLAINED or (said and said.at <= heard.at):
            consent.withdraw(member, EMAIL, Consent.Purpose.MARKETING, source=SOURCES[heard.kind], at=heard.at)


def _reached(heard: Heard, message: Message | None) -> Sequence[Member]:
    found = {member.pk: member for member in Member.objects.filter(email=heard.address.lower())}
    if message and message.member:
        found[message.member.pk] = message.member
    return list(found.values())
