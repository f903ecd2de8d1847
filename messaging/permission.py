"""Whether a marketing message may go, asked at the moment of sending: the member, their consent, the list, the hour.

The consent by which it goes is written into the message, so that it can be shown later. The inbox rings nowhere and
asks for no consent; who said no to every channel that they were asked about gets nothing there either.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from core import db
from members.models import Consent
from messaging import queries
from messaging.daytime import Hours, daytime
from messaging.models import Message

# Writes down the consent by which each goes, and answers those that may. The inbox names none.
PERMIT = """
    with asked as (
        select m.id, m.channel, m.address, who.id as member_id
        from messaging_message m
        join members_member who on who.id = m.member_id
        where m.id = any(%s) and who.status = 'active'
    ),
    permitted as (
        select a.id, c.id as consent_id
        from asked a
        cross join lateral (
            select id, granted, at, source from members_consent
            where member_id = a.member_id and channel = a.channel and purpose = 'marketing'
            order by id desc limit 1
        ) c
        where a.channel <> 'inapp' and c.granted and not messaging_is_suppressed(a.channel, a.address, c.at, c.source)
    ),
    noted as (
        update messaging_message m set consent_id = p.consent_id from permitted p where m.id = p.id returning m.id
    )
    select id from noted
    union all
    select id from asked where channel = 'inapp' and not members_refuses_marketing(member_id)
"""


class Answer(NamedTuple):
    """Whether a message may go now; if not, until when it waits, or in which state it ends and why."""

    is_given: bool
    waits_until: datetime | None = None
    state: str = ""
    reason: str = ""


def ask(messages: Sequence[Message], *, at: datetime) -> dict[int, Answer]:
    """Whether marketing messages may go AT this moment, by their ids. One statement, and one for the hours of channels
    that ring; another two for each that may not."""
    if not messages:
        return {}
    hours = queries.sending_hours()
    answers = {message.pk: later for message in messages if (later := _later(message, hours, at))}
    open_now = [message.pk for message in messages if message.pk not in answers]
    permitted = {row["id"] for row in db.rows(PERMIT, [open_now])} if open_now else set()
    for message in messages:
        if message.pk in permitted:
            answers[message.pk] = Answer(is_given=True)
        elif message.pk not in answers:
            answers[message.pk] = Answer(is_given=False, state=Message.State.SUPPRESSED, reason=_why(message))
    return answers


def _later(message: Message, hours: Mapping[str, Hours], at: datetime) -> Answer | None:
    """Until when a message waits, where its channel may not ring now. The inbox never rings."""
    if message.channel not in hours:
        return None
    opens_at = daytime(at, message.time_zone, hours[message.channel])
    if opens_at <= at:
        return None
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
