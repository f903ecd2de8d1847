"""Leaving the programme, through all apps: one call, one transaction."""

from datetime import datetime

from django.db import transaction

from access import sessions
from members import closing as membership
from members.models import Member
from messaging import closing as letters
from rewards import proofs


def close(member: Member, *, source: str, at: datetime) -> Member:
    """End a membership at the member's wish: closed, consents withdrawn, nothing sent, the PIN taken away, signed out
    everywhere.

    Points stay in the books until they expire by their dates; nobody can use them. A repeat changes nothing.
    """
    with transaction.atomic():
        closed = membership.close(member, source=source, at=at)
        letters.close(closed.pk)
        proofs.remove_pin(closed, at=at)
        if closed.user is not None:
            sessions.end_all(closed.user)
    return closed
