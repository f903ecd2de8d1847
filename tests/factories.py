"""A gift shop in London and one in Shanghai, and single rows for tests. Plain values, the same on every run.

Each function writes rows and nothing else: no points, no events, no messages. Numbers that must differ from row to
row (phones, codes) count up.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from access.models import User
from core.models import Programme
from members import numbers
from members.models import Card, Member
from points.models import EarningRule, EarningRuleVersion, PointType
from rewards.models import Reward, Unit
from sales.models import Category, Product, Store, Terminal
from tiers.models import Scheme, Tier

OPENED_AT = datetime(2025, 1, 1, tzinfo=UTC)

_counter = count(1)


@dataclass(frozen=True)
class Shop:
    """A programme that can sell: one store with one till, one point type with one rule, three tiers."""

    programme: Programme
    store: Store
    terminal: Terminal
    point_type: PointType
    rule: EarningRuleVersion
    tiers: list[Tier]


def programme(**changes: Any) -> Programme:
    """The programme of a British gift shop: pounds, London, English, days that end at midnight."""
    values: dict[str, Any] = {
        "id": 1,
        "name": "Gift Club",
        "currency": "GBP",
        "time_zone": "Europe/London",
        "day_ends_at": 0,
        "language": "en",
        "country": "GB",
    }
    programme, _ = Programme.objects.update_or_create(id=1, defaults=values | changes)
    programme.refresh_from_db()
    return programme


def chinese_programme(**changes: Any) -> Programme:
    """The programme of a gift shop in Shanghai: yuan, Chinese, days that end at four in the morning."""
    values: dict[str, Any] = {
        "name": "常客会",
        "currency": "CNY",
        "time_zone": "Asia/Shanghai",
        "day_ends_at": 4,
        "language": "zh-hans",
        "country": "CN",
    }
    return programme(**values | changes)


def store(code: str = "LON-1", name: str = "Covent Garden", **changes: Any) -> Store:
    """A store; the same one when its code is taken."""
    return Store.objects.get_or_create(code=code, defaults={"name": name} | changes)[0]


def terminal(at_store: Store | None = None, code: str = "T1", **changes: Any) -> Terminal:
    """A till. Its key is "PREFIX.secret", where PREFIX is `terminal.key_prefix`."""
    prefix = f"till{next(_counter):08d}"
    values = {"key_prefix": prefix, "key_hash": hashlib.sha256(b"secret").hexdigest()}
    return Terminal.objects.create(store=at_store or store(), code=code, **values | changes)


def point_type(code: str = "points", **changes: Any) -> PointType:
    """Points that can be used at once and last twelve months, worth a penny each."""
    values: dict[str, Any] = {
        "name_en": "point",
        "name_zh_hans": "积分",
        "name_plural_en": "points",
        "name_plural_zh_hans": "积分",
        "is_default": True,
        "worth": Decimal("0.01"),
        "pending_days": 0,
        "expiry_months": 12,
    }
    return PointType.objects.create(code=code, **values | changes)


def rule(of: PointType, code: str = "base", **changes: Any) -> EarningRuleVersion:
    """One point for each whole pound, times the tier's multiplier; as from 2025."""
    values: dict[str, Any] = {
        "name_en": "1 point per £1",
        "name_zh_hans": "每消费1英镑得1积分",
        "begins_at": OPENED_AT,
        "points": 1,
        "per_amount": Decimal(1),
        "rounding": EarningRuleVersion.Rounding.DOWN,
    }
    earning_rule, _ = EarningRule.objects.get_or_create(code=code, defaults={"point_type": of})
    number = earning_rule.versions.count() + 1
    return EarningRuleVersion.objects.create(rule=earning_rule, number=number, **values | changes)


def scheme(**changes: Any) -> Scheme:
    """Members qualify by the amount of the last twelve months."""
    return Scheme.objects.update_or_create(id=1, defaults=changes)[0]


def tiers() -> list[Tier]:
    """Member (from 0, × 1), Silver (from 500, × 1.25), Gold (from 2000, × 1.5)."""
    rungs = [
        ("member", "Member", "会员", 0, "1.00", Tier.Picture.LEAF),
        ("silver", "Silver", "银卡", 500, "1.25", Tier.Picture.MOON),
        ("gold", "Gold", "金卡", 2000, "1.50", Tier.Picture.SUN),
    ]
    return [
        Tier.objects.create(
            code=code,
            rank=rank,
            name_en=english,
            name_zh_hans=chinese,
            threshold=Decimal(threshold),
            multiplier=Decimal(multiplier),
            picture=picture,
        )
        for rank, (code, english, chinese, threshold, multiplier, picture) in enumerate(rungs)
    ]


def shop(**changes: Any) -> Shop:
    """The British gift shop, whole. CHANGES are the programme's."""
    settings = programme(**changes)
    first = store()
    points = point_type()
    scheme()
    return Shop(settings, first, terminal(first), points, rule(points), tiers())


def chinese_shop(**changes: Any) -> Shop:
    """The gift shop in Shanghai, whole: one point for each ten yuan."""
    settings = chinese_programme(**changes)
    first = store("SHA-1", "外滩店")
    points = point_type(worth=Decimal("0.10"))
    scheme()
    base = rule(points, name_en="1 point per ¥10", name_zh_hans="每消费10元得1积分", per_amount=Decimal(10))
    return Shop(settings, first, terminal(first), points, base, tiers())


def reward(code: str = "mug", *, stock: int | None = None, **changes: Any) -> Reward:
    """A mug for 100 points, for everybody, always; as many as there are with STOCK, else without limit."""
    values: dict[str, Any] = {
        "kind": Reward.Kind.GIFT,
        "name_en": "Mug",
        "name_zh_hans": "马克杯",
        "description_en": "A mug of bone china.",
        "description_zh_hans": "骨瓷马克杯。",
        "price": 100,
        "supply": Reward.Supply.UNLIMITED if stock is None else Reward.Supply.STOCK,
    }
    made = Reward.objects.create(code=code, **values | changes)
    Unit.objects.bulk_create(Unit(reward=made) for _number in range(stock or 0))
    return made


def category(code: str = "cards", name: str = "Greeting cards") -> Category:
    """A kind of goods; the same one when its code is taken."""
    return Category.objects.get_or_create(code=code, defaults={"name_en": name, "name_zh_hans": name})[0]


def product(sku: str = "MUG-1", **changes: Any) -> Product:
    """A mug for £4.50, without category."""
    values: dict[str, Any] = {"name": "Mug", "price": Decimal("4.50")}
    return Product.objects.create(sku=sku, **values | changes)


def member(**changes: Any) -> Member:
    """An active member with a card, a British mobile phone of their own, and nothing else."""
    number = changes.pop("number", None) or numbers.draw()
    values: dict[str, Any] = {
        "name": "Ada Lovelace",
        "phone": f"+4477009{10_000 + next(_counter) % 90_000}",
        "language": "en",
        "enrolled_at": OPENED_AT,
        "enrolled_via": "staff",
    }
    new = Member.objects.create(number=number, **values | changes)
    Card.objects.create(number=number, member=new, issued_at=new.enrolled_at)
    return new


def staff(username: str = "sam", **changes: Any) -> User:
    """Somebody of the staff who can sign in with the password "correct horse battery"."""
    return User.objects.create_user(
        username, f"{username}@example.com", "correct horse battery", is_staff=True, **changes
    )
