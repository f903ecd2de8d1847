"""Segments against a plain filter: whatever is asked of whomever, the one statement finds whom Python finds."""

import os
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns import audiences, conditions, queries
from campaigns.conditions import About, Group, Join
from members import consent
from members.models import Member, Trait
from points.models import Account, PointType
from sales.models import Purchase, PurchaseLine, Return, ReturnLine, Store
from tests import factories
from tests.factories import Shop
from tiers.models import Standing

EXAMPLES = int(os.environ.get("SEGMENT_EXAMPLES", "50"))
AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
TODAY = date(2026, 6, 1)
STORES = ["LON-1", "NYC-1"]
CATEGORIES = ["tea", "cards"]
TIERS = ["member", "silver", "gold"]


@dataclass
class Bought:
    """A purchase: some days ago, at a store, lines of (category, paid, brought back)."""

    days_ago: int
    store: str
    lines: list[tuple[str, Decimal, bool]]

    @property
    def on(self) -> date:
        return TODAY - timedelta(days=self.days_ago)


@dataclass
class Person:
    """A member as the filter sees them."""

    status: str = "active"
    language: str = "en"
    birth_year: int | None = None
    birth_month: int | None = None
    has_email: bool = False
    joined_days_ago: int = 500
    joined_at: str = ""
    tier: str = "member"
    points: int = 0
    said: dict[str, bool] = field(default_factory=dict)
    traits: dict[str, str] = field(default_factory=dict)
    bought: list[Bought] = field(default_factory=list)


def meets(person: Person, part: conditions.Test | Group) -> bool:
    """The plain filter."""
    if isinstance(part, Group):
        every = all if part.join == Join.ALL else any
        found = every(meets(person, each) for each in part.parts)
    else:
        found = PLAIN[part.about](person, part)
    return found != part.is_not


def compared(test: conditions.Test, figure: Any, value: Any) -> bool:
    return bool(figure >= value if test.how == "at_least" else figure <= value)


def kept(person: Person, test: conditions.Test) -> list[tuple[date, Decimal]]:
    """What of the purchases that the test looks at was kept: day and amount of each."""
    found = []
    for each in person.bought:
        since, until = test.since or date.min, test.until or date.max
        if test.period == "last" or (test.about == About.LAST_PURCHASE and test.how == "last"):
            since = TODAY - timedelta(days=test.days - 1)
        if not since <= each.on <= until or (test.stores and each.store not in test.stores):
            continue
        lines = [line for line in each.lines if not test.categories or line[0] in test.categories]
        if any(not is_back for _category, _paid, is_back in lines):
            found.append((each.on, sum((paid for _c, paid, is_back in lines if not is_back), Decimal(0))))
    return found


def joined(person: Person, test: conditions.Test) -> bool:
    on = TODAY - timedelta(days=person.joined_days_ago)
    if test.how == "between":
        return (test.since or date.min) <= on <= (test.until or date.max)
    return (person.joined_days_ago < test.days) == (test.how == "last")


def last_purchase(person: Person, test: conditions.Test) -> bool:
    days = [on for on, _amount in kept(person, test)]
    return bool(days) and (max(days) > TODAY - timedelta(days=test.days)) == (test.how == "last")


def age(person: Person, test: conditions.Test) -> bool:
    return person.birth_year is not None and compared(test, TODAY.year - person.birth_year, test.number)


ANSWERS = {"yes": True, "no": False, "never": None}
PLAIN: dict[About, Any] = {
    About.STATUS: lambda who, test: who.status in test.codes,
    About.LANGUAGE: lambda who, test: who.language in test.codes,
    About.AGE: age,
    About.BIRTH_MONTH: lambda who, test: str(who.birth_month) in test.codes,
    About.CONTACT: lambda who, test: "phone" in test.codes or ("email" in test.codes and who.has_email),
    About.JOINED: joined,
    About.JOINED_AT: lambda who, test: who.joined_at in test.codes,
    About.TIER: lambda who, test: who.tier in test.codes,
    About.PURCHASES: lambda who, test: compared(test, len(kept(who, test)), test.number),
    About.SPENT: lambda who, test: compared(test, sum(amount for _on, amount in kept(who, test)), test.amount),
    About.LAST_PURCHASE: last_purchase,
    About.POINTS: lambda who, test: compared(test, who.points, test.number),
    About.CONSENT: lambda who, test: any(who.said.get(code) is ANSWERS[test.how] for code in test.codes),
    About.TRAIT: lambda who, test: test.name in who.traits and test.text in {"", who.traits[test.name]},
}

days = st.sampled_from([1, 2, 30, 31, 90])
some = {
    "statuses": ["active", "suspended"],
    "languages": ["en", "zh-hans"],
    "months": ["1", "6"],
    "contacts": ["email"],
    "channels": ["email", "sms"],
    "stores": STORES,
    "tiers": TIERS,
    "categories": CATEGORIES,
}


def subset(what: str, least: int) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(some[what]), min_size=least, unique=True)


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "number": st.integers(0, 3),
    "days": days,
    "amount": st.sampled_from(["0", "10.00", "25.50", "60"]),
    "period": st.sampled_from(["ever", "last", "between"]),
    "since": days.map(lambda ago: (TODAY - timedelta(days=ago)).isoformat()),
    "until": st.sampled_from([TODAY.isoformat(), (TODAY - timedelta(days=1)).isoformat()]),
    "stores": subset("stores", 0),
    "categories": subset("categories", 0),
    "name": st.sampled_from(["rfm", "churn"]),
    "text": st.sampled_from(["", "high"]),
}


@st.composite
def a_test(draw: st.DrawFn) -> dict[str, Any]:
    about = draw(st.sampled_from(sorted(PLAIN)))
    shape = conditions.SHAPES[about]
    how = draw(st.sampled_from(sorted(shape.hows)))
    raw: dict[str, Any] = {"about": str(about), "how": how, "is_not": draw(st.booleans())}
    for name in shape.hows[how][1]:
        raw[name] = draw(subset(shape.codes, 1) if name == "codes" else VALUES[name])
    if about == About.AGE:
        raw["number"] = draw(st.sampled_from([30, 46]))
    if raw.get("period") == "last":
        raw["days"] = draw(days)
    if raw.get("period") == "between":
        raw["since"] = (TODAY - timedelta(days=40)).isoformat()
        raw["until"] = draw(VALUES["until"])
    return raw


def a_group(depth: int) -> st.SearchStrategy[dict[str, Any]]:
    part = a_test() if depth == 1 else st.one_of(a_test(), a_group(depth - 1))
    return st.fixed_dictionaries(
        {
            "join": st.sampled_from(["all", "any"]),
            "parts": st.lists(part, min_size=1, max_size=3),
            "is_not": st.booleans(),
        }
    )


line = st.tuples(
    st.sampled_from(CATEGORIES), st.sampled_from([Decimal("5.00"), Decimal("10.00"), Decimal("30.50")]), st.booleans()
)
purchase = st.builds(
    Bought, st.sampled_from([0, 1, 29, 30, 89, 90]), st.sampled_from(STORES), st.lists(line, min_size=1, max_size=2)
)
person = st.builds(
    Person,
    status=st.sampled_from(["active", "suspended", "closed"]),
    language=st.sampled_from(["en", "zh-hans"]),
    birth_year=st.sampled_from([None, 1980, 1996]),
    birth_month=st.sampled_from([None, 1, 6]),
    has_email=st.booleans(),
    joined_days_ago=st.sampled_from([0, 1, 29, 30, 500]),
    joined_at=st.sampled_from(["", "LON-1", "NYC-1"]),
    tier=st.sampled_from(TIERS),
    points=st.integers(0, 4),
    said=st.dictionaries(st.sampled_from(["email", "sms"]), st.booleans()),
    traits=st.dictionaries(st.sampled_from(["rfm", "churn"]), st.sampled_from(["high", "low"])),
    bought=st.lists(purchase, max_size=3),
)


class Town:
    """The people of an example, in the database."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.stores: dict[str, Store] = {code: factories.store(code) for code in STORES}
        self.tills = {
            code: shop.terminal if code == "LON-1" else factories.terminal(self.stores[code]) for code in STORES
        }
        self.points: PointType = shop.point_type
        self.tiers = {tier.code: tier for tier in shop.tiers}

    def moves_in(self, who: Person) -> Member:
        member = factories.member(
            status=who.status,
            language=who.language,
            birth_year=who.birth_year,
            birth_month=who.birth_month,
            birth_day=who.birth_month and 1,
            email=f"m{Member.objects.count()}@example.com" if who.has_email else None,
            enrolled_at=AT - timedelta(days=who.joined_days_ago),
            enrolled_via=f"till:{who.joined_at}/T1" if who.joined_at else "portal",
        )
        if who.tier != "member":
            Standing.objects.create(member=member, tier=self.tiers[who.tier], since_on=TODAY)
        Account.objects.create(member=member, point_type=self.points, available=who.points)
        for channel, granted in who.said.items():
            consent.give(member, channel, "marketing", source="portal", at=AT - timedelta(days=1))
            if not granted:
                consent.withdraw(member, channel, "marketing", source="portal", at=AT)
        for name, value in who.traits.items():
            Trait.objects.create(member=member, name=name, value="old", valid_from=AT, valid_to=AT)
            Trait.objects.create(member=member, name=name, value=value, valid_from=AT)
        for each in who.bought:
            self.buys(member, each)
        return member

    def buys(self, member: Member, bought: Bought) -> None:
        number = str(Purchase.objects.count())
        sale = Purchase.objects.create(
            store=self.stores[bought.store],
            terminal=self.tills[bought.store],
            business_on=bought.on,
            number=number,
            member=member,
            amount=sum(paid for _category, paid, _back in bought.lines),
            currency="GBP",
            claim_code=number,
            occurred_at=AT - timedelta(days=bought.days_ago),
            recorded_at=AT,
        )
        lines = [
            PurchaseLine(purchase=sale, position=place, sku="X", category=category, quantity=2, amount=paid)
            for place, (category, paid, _back) in enumerate(bought.lines, 1)
        ]
        PurchaseLine.objects.bulk_create(lines)
        back = [made for made, (_category, _paid, is_back) in zip(lines, bought.lines, strict=True) if is_back]
        for each in back:  # each piece on a day of its own
            for half in (1, 2):
                gone = Return.objects.create(
                    purchase=sale,
                    terminal=sale.terminal,
                    number=f"{each.position}/{half}",
                    amount=each.amount / 2,
                    occurred_at=AT,
                    recorded_at=AT,
                )
                ReturnLine.objects.create(of_return=gone, line=each, quantity=1, amount=each.amount / 2)


@pytest.mark.django_db
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(people=st.lists(person, min_size=1, max_size=4), raw=a_group(3))
def test_the_statement_finds_whom_a_plain_filter_finds(shop: Shop, people: list[Person], raw: dict[str, Any]) -> None:
    with transaction.atomic():
        factories.category("tea", "Tea")
        factories.category("cards", "Cards")
        town = Town(shop)
        members = [town.moves_in(who) for who in people]
        known = queries.vocabulary(shop.programme)
        group = conditions.read(raw, known)

        assert conditions.read(conditions.plain(group), known) == group
        found = audiences.count(group, known, at=AT)

        expected = {
            member.pk
            for member, who in zip(members, people, strict=True)
            if who.status != "closed" and meets(who, group)
        }
        assert ({member.pk for member in found.sample}, found.members) == (expected, len(expected))
        transaction.set_rollback(True)
