"""What messaging says about a person, handed out to them: what was written to them, and where it went."""

from typing import Any

from members.models import Member
from messaging.models import Message


def export(member: Member) -> dict[str, Any]:
    """All messages; of sign-in codes only that they were sent. One query."""
    return {
        "messages": [
            {
                "kind": message.kind,
                "channel": message.channel,
                "to": message.address,
                "state": message.state,
                "created_at": message.created_at,
                "sent_at": message.sent_at,
                "read_at": message.read_at,
                "subject": "" if message.is_secret else message.subject,
                "text": "" if message.is_secret else message.body,
            }
            for message in Message.objects.filter(member=member).order_by("id")
        ]
    }
