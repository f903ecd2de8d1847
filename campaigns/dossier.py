"""What campaigns says about a person, handed out to them: the days of their greetings, what they won by offers."""

from typing import Any

from django.db.models import F

from campaigns.models import Award, Occasion
from members.models import Member


def export(member: Member) -> dict[str, Any]:
    """All occasions and what became of them, and all awards; what was written is among the messages. Two queries."""
    found = Occasion.objects.filter(member=member).order_by("id")
    won = Award.objects.filter(member=member).order_by("id")
    return {
        "occasions": list(found.values("key", "channel", "on", "state", "reason", "points")),
        "awards": list(won.values("number", "points", "awarded_at", code=F("offer__code"))),
    }
