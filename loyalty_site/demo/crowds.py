"""The demo's segments: regulars, those who stay away, and those who may hear from us."""

from datetime import datetime
from typing import Any

from campaigns import audiences
from campaigns.models import Segment

YES = {"about": "consent", "how": "yes", "codes": ["email", "sms"]}
CROWDS: list[tuple[str, str, dict[str, Any]]] = [
    (
        "regulars",
        "Regulars 常来的会员",
        {
            "join": "all",
            "parts": [{"about": "purchases", "how": "at_least", "number": 3, "period": "last", "days": 90}],
        },
    ),
    (
        "away",
        "We miss them 久未光临",
        {
            "join": "all",
            "parts": [{"about": "last_purchase", "how": "before", "days": 60}, YES],
        },
    ),
    (
        "rich-in-points",
        "Many points, or points that expire 积分多或即将过期",
        {
            "join": "all",
            "parts": [
                {"about": "segment", "how": "is", "codes": ["away"], "is_not": True},
                {
                    "join": "any",
                    "parts": [
                        {"about": "points", "how": "at_least", "number": 500},
                        {"about": "points_expire", "how": "at_least", "number": 100, "days": 60},
                    ],
                },
            ],
        },
    ),
]


def gather(*, at: datetime) -> None:
    """Build the segments, with their members in them. Made before: nothing."""
    if Segment.objects.exists():
        return
    for code, name, conditions in CROWDS:
        audiences.save(Segment(code=code, name=name, conditions=conditions), at=at)
