"""Challenges in tests: planned and switched on, in as few words as a story needs."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from campaigns import challenges, completing, progress
from campaigns.models import Challenge
from core import clock
from core.models import Programme
from members.models import Member

OPENED_AT = datetime(2026, 1, 1, tzinfo=UTC)
VISITS: dict[str, Any] = {"kind": Challenge.Kind.VISITS, "categories": []}
SPEND: dict[str, Any] = {"kind": Challenge.Kind.SPEND, "categories": []}
WEEKS: dict[str, Any] = {"kind": Challenge.Kind.STREAK, "categories": [], "period": "week"}


def challenge(code: str = "tea", *, at: datetime = OPENED_AT, is_on: bool = True, **changes: Any) -> Challenge:
    """Three pieces of category "gift" give 50 points, from New Year 2026 on, as often as they like; switched on."""
    values: dict[str, Any] = {
        "title_en": "Tea card",
        "title_zh_hans": "集茶章",
        "description_en": "",
        "description_zh_hans": "",
        "kind": Challenge.Kind.STAMPS,
        "goal": Decimal(3),
        "categories": ["gift"],
        "points": 50,
        "begins_on": date(2026, 1, 1),
    }
    new = Challenge(code=code, **values | changes)
    challenges.save(new)
    if is_on:
        challenges.switch(new, Challenge.State.ON, actor=None, at=at)
    return new


def complete(at: datetime) -> int:
    """What the clock does every minute."""
    return completing.complete_due(at=at, seconds=30)


def far(of: Challenge, member: Member, at: datetime) -> tuple[float, int]:
    """How far the member's round is, and how many are completed."""
    (found,) = progress.of([member.pk], [of], today=clock.business_date(at, Programme.objects.get()))
    return float(found.reached), found.rounds
