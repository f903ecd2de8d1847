"""Ladders and members to put through a story, and what they hold in the model's words."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

from tests import factories
from tests.tiers.standing_model import Scheme
from tiers import models, qualification
from tiers.models import Tier, TierChange
from tiers.qualification import Held, Qualifying

YEAR = Scheme((100, 500, 2000), "rolling", 12)
JAN_10 = date(2026, 1, 10)
NAMES = ["Leaf", "Star", "Moon", "Sun"]


def ladder(scheme: Scheme, basis: str = "amount") -> list[Tier]:
    """A programme in UTC with that scheme, and its tiers from the lowest up."""
    factories.programme(time_zone="UTC")
    models.Scheme.objects.update_or_create(
        id=1, defaults={"basis": basis, "window": scheme.kind, "months": scheme.months}
    )
    return [
        Tier.objects.create(code=name.lower(), rank=rank * 10, name_en=name, name_zh_hans=name, threshold=threshold)
        for rank, (name, threshold) in enumerate(zip(NAMES, (0, *scheme.thresholds), strict=False))
    ]


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def bought(member_id: int, day: date, amount: int, *, today: date | None = None, reference: str = "") -> Held:
    """Record a purchase of DAY, on that day or later."""
    return recorded(member_id, day, amount, "purchase", today or day, reference or f"purchase:{day}")


def returned(member_id: int, day: date, amount: int, *, today: date, reference: str = "") -> Held:
    """Record a return of goods bought on DAY."""
    return recorded(member_id, day, -amount, "return", today, reference or f"purchase:{day}")


def recorded(member_id: int, day: date, amount: int, cause: str, today: date, reference: str) -> Held:
    count = 1 if amount > 0 else 0
    one = Qualifying(member_id, day, Decimal(amount), amount, count, noon(today), cause, reference)
    return qualification.record([one])[member_id]


def held(member_id: int, today: date) -> tuple[int, date | None, date | None]:
    """What is held on a date, computed without writing anything: step, lapse, end."""
    found = qualification.standings([member_id], [noon(today)])[member_id]
    return found.rank // 10, found.lapses_on, found.valid_until


def changes(member_id: int) -> list[tuple[str, str, date, str, str]]:
    """How the member's tier changed: from, to, on which day, by what, and its reference."""
    rows = TierChange.objects.filter(member_id=member_id).order_by("id")
    return [(c.from_tier.code if c.from_tier else "", c.to_tier.code, c.on, c.cause, c.reference) for c in rows]
