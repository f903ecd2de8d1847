"""What tiers says about a person, handed out to them: the tier held, and how it came to that."""

from typing import Any

from members.models import Member
from tiers.models import Standing, TierChange


def export(member: Member) -> dict[str, Any]:
    """The standing, unless it is the lowest, and every change. Two queries."""
    standing = Standing.objects.filter(member=member).select_related("tier").first()
    changes = TierChange.objects.filter(member=member).select_related("from_tier", "to_tier").order_by("id")
    return {
        "tier": None
        if standing is None
        else {"code": standing.tier.code, "since": standing.since_on, "valid_until": standing.valid_until},
        "tier_changes": [
            {
                "from": change.from_tier.code if change.from_tier else "",
                "to": change.to_tier.code,
                "on": change.on,
                "cause": change.cause,
            }
            for change in changes
        ],
    }
