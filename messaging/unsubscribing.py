"""Saying no to marketing by one click (RFC 8058): the address that every marketing message names, and what it does."""

from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.errors import InvalidInput
from members import consent
from members.models import Consent, Member
from messaging import suppression
from messaging.models import Suppression

SALT = "messaging.unsubscribing"
SOURCE = "unsubscribe"


class UnknownLink(InvalidInput):
    """An address to unsubscribe by that we did not make."""

    code = "unknown_unsubscribe_link"
    status = 404
    sentence = _("This link is not complete. Please copy the whole of it from the message.")


class Subscription(NamedTuple):
    """Whom marketing reaches, and by which channel."""

    member: Member
    channel: str


def token(member_id: int, channel: str) -> str:
    """The secret part of the address by which this member ends marketing over CHANNEL. It is valid for ever."""
    return signing.dumps([member_id, channel], salt=SALT)


def address(member_id: int, channel: str) -> str:
    """The whole address, as it stands in messages."""
    return f"{settings.SITE_URL}{reverse('unsubscribe', args=[token(member_id, channel)])}"


def find(text: str) -> Subscription:
    """What a token is about. Raises UnknownLink."""
    try:
        member_id, channel = signing.loads(text, salt=SALT)
    except signing.BadSignature as error:
        raise UnknownLink from error
    member = Member.objects.filter(pk=member_id).first()
    if member is None:
        raise UnknownLink
    return Subscription(member, channel)


def unsubscribe(found: Subscription, *, at: datetime) -> None:
    """End marketing over this channel, for the member and for their address. A repeat changes nothing."""
    member, channel = found
    with transaction.atomic():
        consent.withdraw(member, channel, Consent.Purpose.MARKETING, source=SOURCE, at=at)
        if reached := _address_of(member, channel):
            suppression.suppress(channel, reached, Suppression.Reason.UNSUBSCRIBED, at=at)


def _address_of(member: Member, channel: str) -> str:
    return str((member.email if channel == Consent.Channel.EMAIL else member.phone) or "")
