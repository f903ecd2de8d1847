"""The demo's stamp card and its challenge: on for some weeks, so that members are on the way by its latest receipts."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from campaigns import challenges
from campaigns.models import Challenge
from core import clock
from core.models import Programme
from rewards.models import Reward

Kind, Badge = Challenge.Kind, Challenge.Badge


def plan(programme: Programme, *, ends_on: date) -> None:
    """Plan them as if staff had done so in time, for the last weeks of the data, which ends on ENDS_ON."""
    begins_on = ends_on - timedelta(days=41)
    at = clock.start_of(begins_on - timedelta(days=2), programme)
    _plan(
        "garden-card",
        ("Garden card", "园艺集章卡"),
        ("A stamp for each piece for the garden; a full card has your next present wrapped.",
         "购买园艺用品，每件盖一个章，集满即送手工礼品包装一次。"),
        at=at,
        kind=Kind.STAMPS,
        goal=Decimal(12),
        categories=["garden"],
        most_times=2,
        reward=Reward.objects.get(code="gift-wrapping"),
        begins_on=begins_on,
    )  # fmt: skip
    _plan(
        "three-visits",
        ("Three times before the year ends", "年末三次到店挑战"),
        ("Come by on three days, from £5 each time.", "任选三天到店，每次满5英镑。"),
        at=at,
        kind=Kind.VISITS,
        goal=Decimal(3),
        minimum=Decimal(5),
        most_times=1,
        points=60,
        badge=Badge.STAR,
        badge_title_en="Good friend of the shop",
        badge_title_zh_hans="小店好友",
        begins_on=begins_on,
        ends_on=ends_on + timedelta(days=26),
    )


def _plan(code: str, titles: tuple[str, str], texts: tuple[str, str], *, at: datetime, **terms: Any) -> None:
    new = Challenge(
        code=code,
        title_en=titles[0],
        title_zh_hans=titles[1],
        description_en=texts[0],
        description_zh_hans=texts[1],
        **terms,
    )
    challenges.save(new)
    challenges.switch(new, Challenge.State.ON, actor=None, at=at)
