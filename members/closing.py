"""Leaving the programme: the membership ends, nothing is written any more; what was bought and booked stays booked."""

from datetime import datetime

from django.db import transaction

from core import events
from members import consent, traits
from members.models import Consent, Member


def close(member: Member, *, source: str, at: datetime) -> Member:
    """End a membership at the member's wish: closed, every consent withdrawn, every trait
    ended. Tells "member.closed".

    SOURCE says where they asked for it. A repeat changes nothing. Points stay in the books and expire by their dates;
    nobody can use them.
    """
    with transaction.atomic():
        current = Member.objects.select_for_update().get(pk=member.pk)
        if current.status == Member.Status.CLOSED:
            return current
        for channel in Consent.Channel.values:
            for purpose in Consent.Purpose.values:
                consent.withdraw(current, channel, purpose, source=source, at=at)
        traits.end_all(current, at=at)
        current.status = Member.Status.CLOSED
        current.save(update_fields=["status"])
        events.tell("member.closed", reference=f"member:{current.uuid}", occurred_at=at, member_id=current.pk)
        return current
