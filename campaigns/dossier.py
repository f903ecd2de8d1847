"""What campaigns says about a person, handed out to them: the days of their greetings, awards of offers, friends."""

from typing import Any

from django.db.models import F

from campaigns.models import Award, Occasion, Referral, ReferralCode
from members.models import Member


def export(member: Member) -> dict[str, Any]:
    """All occasions and what became of them (what was written is among the messages), all awards, the code to invite
    friends by, and what became of those; who they are is theirs to tell. Five queries."""
    found = Occasion.objects.filter(member=member).order_by("id")
    won = Award.objects.filter(member=member).order_by("id")
    brought = Referral.objects.filter(referrer=member).order_by("id")
    joined = Referral.objects.filter(friend=member)
    return {
        "occasions": list(found.values("key", "channel", "on", "state", "reason", "points")),
        "awards": list(won.values("number", "points", "awarded_at", code=F("offer__code"))),
        "invitation": ReferralCode.objects.filter(member=member).values("code").first() or {},
        "friends_invited": list(brought.values("joined_at", "state", "done_at", "referrer_given")),
        "invited_by_a_friend": list(joined.values("joined_at", "state", "done_at", "friend_given")),
    }
