"""The member's inbox: what was written to them, by whatever channel it went. Codes are never shown again."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from core import db
from messaging.models import Message

UNREAD = """
    select count(*) from messaging_message
    where member_id = %s and state = 'sent' and not is_secret and read_at is null
"""


def letters(member_id: int, *, before: int | None = None, limit: int = 20) -> Sequence[Message]:
    """The member's messages, the latest first, or those before one of them. One query."""
    found = _of(member_id)
    if before is not None:
        found = found.filter(id__lt=before)
    return list(found.order_by("-id")[:limit])


def unread(member_id: int) -> int:
    """How many of them the member has not opened. One query, on every page of the member's."""
    found: int = db.value(UNREAD, [member_id])
    return found


def open_letter(member_id: int, message_id: int, *, at: datetime) -> Message | None:
    """One message of this member, read from now on; None where the member has no such one."""
    letter = _of(member_id).filter(id=message_id).first()
    if letter and letter.read_at is None:
        _of(member_id).filter(id=message_id, read_at=None).update(read_at=at)
    return letter


def read_all(member_id: int, *, at: datetime) -> int:
    """Take all of the member's messages as read; answer how many were not."""
    return _of(member_id).filter(read_at=None).update(read_at=at)


def _of(member_id: int) -> QuerySet[Message]:
    return Message.objects.filter(member_id=member_id, state=Message.State.SENT, is_secret=False)
