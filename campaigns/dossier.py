"""What campaigns says about a person, handed out to them: the days on which they were to be greeted."""

from typing import Any

from campaigns.models import Occasion
from members.models import Member


def export(member: Member) -> dict[str, Any]:
    """All occasions and what became of them; what was written stands among the messages. One query."""
    found = Occasion.objects.filter(member=member).order_by("id")
    return {"occasions": list(found.values("key", "channel", "on", "state", "reason", "points"))}
