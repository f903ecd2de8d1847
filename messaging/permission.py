"""Whether a marketing message may go, asked at the moment of sending: the member, their consent, the list, the hour.

The consent by which it goes is written into the message, so that it can be shown later. The inbox rings nowhere and
asks for no consent; who said no to every channel that they were asked about gets nothing there either.
"""

from datetime import datetime
from typing import NamedTuple

from core import db
from members.models import Consent
from messaging import queries
from messaging.daytime import daytime
from messaging.models import Message

# Writes down the consent by which it goes; no row, and it may not.
PERMIT = """
    update messaging_message m set consent_id = c.id
    from members_member who
    cross join lateral (
        select id, granted, at, source from members_consent
        where member_id = who.id and channel = %(channel)s and purpose = 'marketing'
        order by id desc limit 1
    ) c
    where m.id = %(message)s and who.id = m.member_id and who.status = 'active' and c.granted
      and not messaging_is_suppressed(%(channel)s, m.address, c.at, c.source)
    returning m.id
"""
IN_APP = """
    select m.id
    from messaging_message m
    join members_member who on who.id = m.member_id
    where m.id = %(message)s and who.status = 'active' and not members_refuses_marketing(who.id)
"""


class Answer(NamedTuple):
    """Whether a message may go now; if not, until when it waits, or in which state it ends and why."""

    is_given: bool
    waits_until: datetime | None = None
    state: str = ""
    reason: str = ""


def ask(message: Message, *, at: datetime) -> Answer:
    """Whether a marketing message may go AT this moment. One statement, and one for the hours of channels that ring."""
    is_quiet = message.channel == Message.Channel.IN_APP
    if not is_quiet and (hours := queries.sending_hours().get(message.channel)):
        opens_at = daytime(at, message.time_zone, hours)
        if opens_at > at:
            return _later(message, opens_at)
    found = db.value(IN_APP if is_quiet else PERMIT, {"message": message.pk, "channel": message.channel})
    if found:
        return Answer(is_given=True)
    return Answer(is_given=False, state=Message.State.SUPPRESSED, reason=_why(message))


def _later(message: Message, opens_at: datetime) -> Answer:
    if message.expires_at and opens_at >= message.expires_at:
        return Answer(is_given=False, state=Message.State.EXPIRED, reason="outside of the sending hours")
    return Answer(is_given=False, waits_until=opens_at)


def _why(message: Message) -> str:
    said = Consent.objects.filter(
        member=message.member, channel=message.channel, purpose=Consent.Purpose.MARKETING
    ).order_by("-id")
    last = said.first()
    if message.channel != Message.Channel.IN_APP and last and last.granted:
        return "the address is on the list, or the membership rests"
    return "no consent"
