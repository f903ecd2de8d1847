"""What offers say at any moment: all their versions, compiled once per revision of the programme."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from campaigns.models import Offer, OfferVersion
from core import clock
from core.models import Programme
from core.revisions import PerRevision
from points.earning import Bonus
from sales.models import Category, Store
from tiers import ladder
from tiers.models import Tier

Words = Mapping[str, str]
# How reasons name offers, so that they are not taken for earning rules.
OFFER = "offer:"
LISTS = ("weekdays", "stores", "categories", "tiers")


@dataclass(frozen=True, slots=True)
class Terms:
    """One version of an offer, as baskets are held against it. Empty lists mean all."""

    offer_id: int
    code: str
    version: int
    begins_at: datetime
    is_on: bool
    title: Words
    description: Words
    multiplier: Decimal | None
    points: int | None
    begins_on: date
    ends_on: date | None
    weekdays: frozenset[int]
    from_time: time | None
    until_time: time | None
    stores: frozenset[str]
    categories: frozenset[str]
    tiers: frozenset[str]
    minimum: Decimal
    per_member: int | None
    budget: int | None

    def bonus(self, point_type_id: int) -> Bonus:
        """What it gives, as the quote takes it."""
        return Bonus(
            code=f"{OFFER}{self.code}",
            version=self.version,
            point_type_id=point_type_id,
            points=self.points or 0,
            words=self.title,
            minimum=self.minimum,
            multiplier=self.multiplier,
            only=self.categories,
        )

    def is_of(self, visit: "Visit", programme: Programme) -> bool:
        """Whether it is offered there and then, to whomever."""
        on = clock.business_date(visit.at, programme)
        return (
            self.begins_on <= on
            and (self.ends_on is None or on <= self.ends_on)
            and (not self.weekdays or visit.business_on.weekday() in self.weekdays)
            and (not self.stores or visit.store in self.stores)
            and self._is_open(visit.at.astimezone(ZoneInfo(programme.time_zone)).time())
        )

    def _is_open(self, local: time) -> bool:
        return self.from_time is None or self.until_time is None or self.from_time <= local < self.until_time


@dataclass(frozen=True, slots=True)
class Visit:
    """When and where somebody buys: the moment, the store's code, the day it counts for there."""

    at: datetime
    store: str
    business_on: date


@dataclass(frozen=True, slots=True)
class Names:
    """What tiers, categories and stores are called, by code."""

    tiers: Mapping[str, Words] = field(default_factory=dict)
    categories: Mapping[str, Words] = field(default_factory=dict)
    stores: Mapping[str, Words] = field(default_factory=dict)


class Offerbook:
    """All versions of all offers. Immutable; asked for what is offered at any moment."""

    def __init__(self, versions: Iterable[Terms], names: Names) -> None:
        self.names = names
        self._by_offer: dict[int, list[Terms]] = {}
        for version in sorted(versions, key=lambda v: (v.offer_id, v.begins_at)):
            self._by_offer.setdefault(version.offer_id, []).append(version)
        self._by_version = {(v.code, v.version): v for found in self._by_offer.values() for v in found}

    @property
    def is_empty(self) -> bool:
        """Whether there never was an offer."""
        return not self._by_offer

    def valid(self, at: datetime) -> list[Terms]:
        """The offers that are on at the moment AT, whatever their days."""
        found = []
        for versions in self._by_offer.values():
            index = bisect_right(versions, at, key=lambda v: v.begins_at)
            if index and versions[index - 1].is_on:
                found.append(versions[index - 1])
        return found

    def on_offer(self, visit: Visit, programme: Programme) -> list[Terms]:
        """What a basket may win there and then."""
        return [terms for terms in self.valid(visit.at) if terms.is_of(visit, programme)]

    def version(self, code: str, number: int) -> Terms:
        """One version by its offer's code and its number: what a past purchase was held against."""
        return self._by_version[code, number]


def frozen(offer: Offer) -> dict[str, Any]:
    """An offer's terms as its next version keeps them."""
    return {
        "title": _both(offer, "title"),
        "description": _both(offer, "description"),
        "multiplier": None if offer.multiplier is None else f"{offer.multiplier.normalize():f}",
        "points": offer.points,
        "begins_on": offer.begins_on.isoformat(),
        "ends_on": offer.ends_on and offer.ends_on.isoformat(),
        "from_time": offer.from_time and offer.from_time.isoformat(),
        "until_time": offer.until_time and offer.until_time.isoformat(),
        "minimum": f"{offer.minimum.normalize():f}",
        "per_member": offer.per_member,
        "budget": offer.budget,
        **{name: sorted(getattr(offer, name)) for name in LISTS},
    }


def terms(offer: Offer, kept: Mapping[str, Any], *, version: int, begins_at: datetime, is_on: bool) -> Terms:
    """A version of OFFER, from the terms that were KEPT."""
    return Terms(
        offer_id=offer.pk,
        code=offer.code,
        version=version,
        begins_at=begins_at,
        is_on=is_on,
        title=kept["title"],
        description=kept["description"],
        multiplier=kept["multiplier"] and Decimal(kept["multiplier"]),
        points=kept["points"],
        begins_on=date.fromisoformat(kept["begins_on"]),
        ends_on=kept["ends_on"] and date.fromisoformat(kept["ends_on"]),
        from_time=kept["from_time"] and time.fromisoformat(kept["from_time"]),
        until_time=kept["until_time"] and time.fromisoformat(kept["until_time"]),
        minimum=Decimal(kept["minimum"]),
        per_member=kept["per_member"],
        budget=kept["budget"],
        **{name: frozenset(kept[name]) for name in LISTS},
    )


def _compile(programme: Programme) -> Offerbook:
    versions = [
        terms(version.offer, version.terms, version=version.number, begins_at=version.begins_at, is_on=version.is_on)
        for version in OfferVersion.objects.select_related("offer")
    ]
    return Offerbook(versions, names(programme) if versions else Names())


offerbook = PerRevision(_compile)


def names(programme: Programme) -> Names:
    """What tiers, categories and stores are called. Three queries."""
    by_tier = ladder.names(programme)
    return Names(
        tiers={code: by_tier[pk] for pk, code in Tier.objects.order_by("rank").values_list("pk", "code")},
        categories={category.code: _both(category, "name") for category in Category.objects.order_by("code")},
        stores={store.code: {"en": store.name} for store in Store.objects.order_by("code")},
    )


def _both(row: Offer | Category, field: str) -> dict[str, str]:
    english, chinese = getattr(row, f"{field}_en") or "", getattr(row, f"{field}_zh_hans") or ""
    return {"en": english or chinese, "zh-hans": chinese or english}


def ordered(codes: Iterable[str], known: Mapping[str, Words]) -> Sequence[Words]:
    """The names of CODES in the order in which they are KNOWN; a code that is not, for itself."""
    wanted = set(codes)
    found = [known[code] for code in known if code in wanted]
    return [*found, *({"en": code} for code in sorted(wanted - known.keys()))]
