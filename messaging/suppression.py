"""The list of addresses that get no marketing: who unsubscribed, who complained, where nobody is, whom staff put there.

It keeps digests, made by the SQL function messaging_digest, and outlives members. Who unsubscribed and says yes again
later, in person (in the portal, at a till, to staff), is written to again; a yes out of a file does not count. Staff
take off what staff put there, and addresses that work again. A complaint stays for ever.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import audit
from access.models import User
from core import db
from core.errors import InvalidInput, LoyaltyError
from members import contacts
from members.models import Consent
from messaging.models import Suppression

Reason = Suppression.Reason
# From the mildest on: a worse reason takes the place of a milder one, never the other way round.
SUPPRESS = """
    insert into messaging_suppression as s (channel, digest, reason, at, by_id)
    values (%(channel)s, messaging_digest(%(address)s), %(reason)s, %(at)s, %(by)s)
    on conflict (channel, digest) do update set reason = excluded.reason, at = excluded.at, by_id = excluded.by_id
    where array_position(array['unsubscribed', 'added', 'bounced', 'complained'], s.reason::text)
            < array_position(array['unsubscribed', 'added', 'bounced', 'complained'], excluded.reason::text)
       or s.reason = 'unsubscribed' and excluded.reason = 'unsubscribed' and excluded.at > s.at
    returning id
"""
REMOVABLE = (Reason.ADDED, Reason.BOUNCED)


class StaysOnTheList(LoyaltyError):
    """An address that staff may not take off the list."""

    code = "suppression_stays"


class Complained(StaysOnTheList):
    """Whoever complained is never written to again."""

    code = "suppressed_by_complaint"
    sentence = _(
        "This person complained about our messages, so the address stays on the list for ever: the mail provider "
        "counts each complaint against all our mail."
    )


class Unsubscribed(StaysOnTheList):
    """Only the person can say yes again."""

    code = "suppressed_by_choice"
    sentence = _(
        "This person unsubscribed. It is for them to say yes again, in the portal, at a till or to you; then note that "
        "consent on the member's page, and they are written to again."
    )


class OnTheListAlready(LoyaltyError):
    """The address is on the list already."""

    code = "suppressed_already"
    lasting = False
    sentence = _("This address is on the list already.")


def suppress(channel: str, address: str, reason: Suppression.Reason, *, at: datetime) -> None:
    """Write no marketing to ADDRESS any more. What is worse than REASON stays as it is; a repeat changes nothing."""
    _put(channel, address, reason, None, at)


def add(channel: str, typed: str, country: str, *, reason: str, actor: User, at: datetime) -> None:
    """Put an address on the list, as staff: TYPED is read as an e-mail address, or as a phone of COUNTRY. REASON is
    for the audit trail, which is written. Raises InvalidPhone, InvalidEmail, OnTheListAlready."""
    address = written(channel, typed, country)
    with transaction.atomic():
        row = _put(channel, address, Reason.ADDED, actor, at)
        if row is None:
            raise OnTheListAlready(pointer="/address")
        audit.record("suppression.added", subject=f"suppression:{row}", actor=actor, reason=reason,
                     changes={"channel": channel})  # fmt: skip


def lift(found: Suppression, *, reason: str, actor: User) -> None:
    """Take an address off the list; audited with REASON. What is gone already stays so.

    Raises Complained and Unsubscribed: these are not for staff to end.
    """
    with transaction.atomic():
        current = Suppression.objects.select_for_update().filter(pk=found.pk).first()
        if current is None:
            return
        if current.reason == Reason.COMPLAINED:
            raise Complained
        if current.reason not in REMOVABLE:
            raise Unsubscribed
        current.delete()
        audit.record("suppression.lifted", subject=f"suppression:{found.pk}", actor=actor, reason=reason,
                     changes={"channel": found.channel, "reason": str(found.reason)})  # fmt: skip


def written(channel: str, typed: str, country: str) -> str:
    """An address as members' are kept. Raises InvalidPhone, InvalidEmail, which name the field "address"."""
    try:
        return contacts.email(typed) if channel == Consent.Channel.EMAIL else contacts.phone(typed, country)
    except InvalidInput as refusal:
        refusal.details["pointer"] = "/address"
        raise


def digest(address: str) -> str:
    """What the list keeps of an address."""
    return str(db.value("select messaging_digest(%s)", [address]))


def reason(channel: str, address: str) -> str:
    """Why an address stands on the list; "" when it does not."""
    found = db.value(
        "select reason from messaging_suppression where channel = %s and digest = messaging_digest(%s)",
        [channel, address],
    )
    return found or ""


def _put(channel: str, address: str, reason: Suppression.Reason, by: User | None, at: datetime) -> int | None:
    params = {"channel": channel, "address": address, "reason": reason, "at": at, "by": by.pk if by else None}
    row: int | None = db.value(SUPPRESS, params)
    return row
