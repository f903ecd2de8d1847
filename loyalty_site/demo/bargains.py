"""The demo's offers: two that have been on for some weeks, so that its latest receipts win by them."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from campaigns import offers
from campaigns.models import Offer
from core import clock
from core.models import Programme

TEXTS = {
    "card-double": (
        "Double points on cards and stationery",
        "文具贺卡双倍积分",
        "Cards, wrapping paper, notebooks: the points come twice.",
        "贺卡、包装纸、笔记本，积分翻倍。",
    ),
    "over-thirty": (
        "50 points on top from £30",
        "满£30加送50积分",
        "Fill the basket: from £30 there are 50 points more. Three times for everybody.",
        "一次消费满30英镑，再送50积分，每人可享3次。",
    ),
}


def plan(programme: Programme, *, ends_on: date) -> None:
    """Plan the offers as if staff had done so in time, for the last weeks of the data, which ends on ENDS_ON."""
    begins_on = ends_on - timedelta(days=41)
    at = clock.start_of(begins_on - timedelta(days=2), programme)
    _plan(
        "card-double",
        at=at,
        kind=Offer.Kind.MULTIPLIER,
        multiplier=Decimal(2),
        categories=["stationery"],
        begins_on=begins_on,
        ends_on=ends_on + timedelta(days=40),
    )
    _plan(
        "over-thirty",
        at=at,
        kind=Offer.Kind.FIXED,
        points=50,
        minimum=Decimal(30),
        per_member=3,
        budget=20_000,
        begins_on=begins_on,
        ends_on=ends_on + timedelta(days=26),
    )


def _plan(code: str, *, at: datetime, **terms: Any) -> None:
    title, title_zh, text, text_zh = TEXTS[code]
    new = Offer(
        code=code,
        title_en=title,
        title_zh_hans=title_zh,
        description_en=text,
        description_zh_hans=text_zh,
        **terms,
    )
    offers.save(new, at=at)
    offers.switch(new, Offer.State.ON, actor=None, at=at)
