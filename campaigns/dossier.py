"""What campaigns says about a person, handed out to them: the days of their greetings, what they won."""

from typing import Any

from django.db.models import F

from campaigns.models import Award, Completion, Occasion
from members.models import Member


def export(member: Member) -> dict[str, Any]:
    """All occasions and what became of them, awards and completed challenges; what was written is among the messages.

    Three queries.
    """
    found = Occasion.objects.filter(member=member).order_by("id")
    completed = Completion.objects.filter(member=member).order_by("id")
    won = Award.objects.filter(member=member).order_by("id")
    return {
        "occasions": list(found.values("key", "channel", "on", "state", "reason", "points")),
        "awards": list(won.values("number", "points", "awarded_at", code=F("offer__code"))),
        "challenges": list(completed.values("round", "points", at=F("completed_at"), code=F("challenge__code"))),
    }
