"""Offers in tests: planned and switched on, in as few words as a story needs."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from campaigns import offers
from campaigns.models import Offer
from pos import quotes
from pos.quotes import Quoted
from pos.receipts import Line
from tests.factories import Shop

OPENED_AT = datetime(2026, 1, 1, tzinfo=UTC)
DOUBLE: dict[str, Any] = {"kind": Offer.Kind.MULTIPLIER, "multiplier": Decimal(2)}


def offer(code: str = "spring", *, at: datetime = OPENED_AT, is_on: bool = True, **changes: Any) -> Offer:
    """Fifty points on top, from New Year 2026 on, for everybody; switched on at that moment."""
    values: dict[str, Any] = {
        "title_en": "Spring greetings",
        "title_zh_hans": "春日好礼",
        "description_en": "50 points on top.",
        "description_zh_hans": "多送50积分。",
        "kind": Offer.Kind.FIXED,
        "points": 50,
        "begins_on": date(2026, 1, 1),
    }
    if "multiplier" in changes:
        values |= {"kind": Offer.Kind.MULTIPLIER, "points": None}
    new = Offer(code=code, **values | changes)
    offers.save(new, at=at)
    if is_on:
        offers.switch(new, Offer.State.ON, actor=None, at=at)
    return new


def quoted(shop: Shop, *amounts: str, member_id: int | None = None, at: datetime, category: str = "gift") -> Quoted:
    """What a basket of the shop's till would earn."""
    shop.programme.refresh_from_db()
    lines = [
        Line(f"SKU-{place}", Decimal(1), Decimal(amount), category=category) for place, amount in enumerate(amounts)
    ]
    return quotes.quote(
        lines, member_id, programme=shop.programme, at=at, visit=quotes.here(shop.store.code, shop.programme, at)
    )
