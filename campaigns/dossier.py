"""What campaigns says about a person, handed out to them: the days of their greetings, what they won, friends."""

from typing import Any

from django.db.models import F

from campaigns.models import Award, Completion, Occasion, Referral, ReferralCode
from members.models import Member


def export(member: Member) -> dict[str, Any]:
    """All occasions and what became of them, awards, completed challenges, the code to invite by and what it brought.

    What was written is among the messages; who the friends are is theirs to tell. Six queries.
    """
    found = Occasion.objects.filter(member=member).order_by("id")
    completed = Completion.objects.filter(member=member).order_by("id")
    won = Award.objects.filter(member=member).order_by("id")
    brought = Referral.objects.filter(referrer=member).order_by("id")
    joined = Referral.objects.filter(friend=member)
    return {
        "occasions": list(found.values("key", "channel", "on", "state", "reason", "points")),
        "awards": list(won.values("number", "points", "awarded_at", code=F("offer__code"))),
        "challenges": list(completed.values("round", "points", at=F("completed_at"), code=F("challenge__code"))),
        "invitation": ReferralCode.objects.filter(member=member).values("code").first() or {},
        "friends_invited": list(brought.values("joined_at", "state", "done_at", "referrer_given")),
        "invited_by_a_friend": list(joined.values("joined_at", "state", "done_at", "friend_given")),
    }
