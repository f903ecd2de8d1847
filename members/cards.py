"""Cards: a lost one is replaced under a new number, and the old number is refused for ever."""

from datetime import datetime

from django.db import IntegrityError, transaction

from access import audit
from access.models import User
from core import events
from members import identity, numbers
from members.models import Card, Member

# Two draws of eleven random digits meet once in a while when there are millions of cards.
ATTEMPTS = 5


def replace(member: Member, *, reason: str, at: datetime, actor: User | None) -> Card:
    """End the member's card and give them one with a new number; both in one step. ACTOR None: the member did it.

    Audited with its reason; tells "member.card_replaced". A repeat replaces the new card too. Raises MemberClosed.
    """
    with transaction.atomic():
        current = Member.objects.select_for_update().get(pk=member.pk)
        if current.status == Member.Status.CLOSED:
            raise identity.MemberClosed
        old = Card.objects.get(member=current, status=Card.Status.ACTIVE)
        old.status, old.replaced_at = Card.Status.REPLACED, at
        old.save(update_fields=["status", "replaced_at"])
        new = _issue(current, at=at)
        Member.objects.filter(pk=current.pk).update(number=new.number)
        audit.record(
            "member.card_replaced",
            subject=f"member:{current.pk}",
            actor=actor,
            reason=reason,
            changes={"number": [old.number, new.number]},
        )
        events.tell(
            "member.card_replaced",
            reference=f"card:{new.number}",
            occurred_at=at,
            member_id=current.pk,
            payload={"replaces": old.number},
        )
    member.number = new.number
    return new


def _issue(member: Member, *, at: datetime) -> Card:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic():
                return Card.objects.create(number=numbers.draw(), member=member, issued_at=at)
        except IntegrityError:
            if attempt == ATTEMPTS:
                raise
    raise AssertionError  # the last attempt answered or raised
