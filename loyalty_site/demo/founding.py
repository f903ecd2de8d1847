"""The demo programme before its first receipt: a London gift shop with three stores, its rules, rewards and people."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from core.models import JobRun, Programme
from loyalty_site.demo import bargains, goods, keys, names, staff, wares
from loyalty_site.demo.year import ZONE, Year
from loyalty_site.founding import PAGE
from members import bulk_enrolment
from members.birthdays import Birthday
from members.bulk_enrolment import Newcomer
from members.models import Member
from members.profiles import Profile
from points import rules
from points.models import EarningRule, PointType
from pos import terminals
from pos.history.place import Place
from pos.history.plan import SERVICE
from sales.models import Category, Product, Store, Terminal
from tiers import ladder

JOB = "demo.load"
STORES = [
    ("LON-1", "Covent Garden", ["T1", "T2"]),
    ("LON-2", "Greenwich", ["T1"]),
    ("LON-3", "Camden Market", ["T1"]),
]
PREFIX = "demo:"
VIA = "till:LON-1/T1"


def found(year: Year, *, ends_on: date, at: datetime) -> None:
    """Make the programme, all but its receipts, in the caller's transaction. The data is moved to end on ENDS_ON."""
    programme = _programme()
    for code, name, tills in STORES:
        store = Store.objects.create(code=code, name=name)
        for terminal in tills:
            key = keys.of_terminal(code, terminal)
            Terminal.objects.create(store=store, code=terminal, key_prefix=key.prefix, key_hash=key.key_hash)
        terminals.open_page(store, PAGE, name="Till page", actor=None)
    place = open_place(programme, year, ends_on)
    _list_products(year)
    _publish_rules(begins_at=place.moment(year.begins_at) - timedelta(days=1), at=at)
    ladder.set_up(star=Decimal(300), moon=Decimal(1000), sun=Decimal(2500))
    bargains.plan(programme, ends_on=ends_on)
    wares.fill(ends_on=ends_on, at=at)
    _enrol(year, place, today=ends_on + timedelta(days=1))
    staff.employ()
    JobRun.objects.create(
        job=JOB, period=ends_on.isoformat(), started_at=at, beat_at=at, done={"receipts": 0}, total=len(year.events)
    )


def open_place(programme: Programme, year: Year, ends_on: date) -> Place:
    """The demo's tills and members, for whoever posts its receipts."""
    codes = [code for code, *_others in STORES]
    tills = Terminal.objects.filter(store__code__in=codes, is_page=False).select_related("store")
    members = Member.objects.filter(external_id__startswith=PREFIX).values_list("external_id", "pk")
    return Place(
        programme,
        list(tills.order_by("store__code", "code")),
        ZONE,
        prefix=PREFIX,
        shift=ends_on - year.ends_at.date(),
        members={str(external_id).removeprefix(PREFIX): pk for external_id, pk in members},
    )


def last_day(at: datetime) -> date:
    """Yesterday, by the clock of the shop."""
    return at.astimezone(ZONE).date() - timedelta(days=1)


def _programme() -> Programme:
    return Programme.objects.create(
        id=1,
        name_en="Changke Gifts",
        name_zh_hans="常客礼品",
        currency="GBP",
        time_zone=ZONE.key,
        day_ends_at=4,
        language="en",
        country="GB",
    )


def _list_products(year: Year) -> None:
    categories = {}
    for code, english, chinese in [goods.SERVICES, *(row[:3] for row in goods.CATEGORIES)]:
        categories[code] = Category.objects.create(code=code, name_en=english, name_zh_hans=chinese)
    Product.objects.bulk_create(
        Product(sku=line.sku, name=line.name or line.sku, price=line.price, category=categories[category])
        for line, category in ((line, goods.category(line)) for line in year.products())
    )


def _publish_rules(*, begins_at: datetime, at: datetime) -> None:
    """One point for each pound, one more for candles and lights; nothing for postage and the like."""
    points = PointType.objects.create(
        code="points",
        name_en="point",
        name_zh_hans="积分",
        name_plural_en="points",
        name_plural_zh_hans="积分",
        is_default=True,
        worth=Decimal("0.01"),
        pending_days=14,
        expiry_months=9,
    )
    rules.publish(
        EarningRule.objects.create(code="base", point_type=points),
        name_en="1 point per £1",
        name_zh_hans="每消费1英镑得1积分",
        points=1,
        per_amount=Decimal(1),
        except_categories=[SERVICE],
        begins_at=begins_at,
        at=at,
    )
    rules.publish(
        EarningRule.objects.create(code="lights-twice", point_type=points),
        name_en="Double points on candles and lights",
        name_zh_hans="灯饰蜡烛双倍积分",
        points=1,
        per_amount=Decimal(1),
        only_categories=["lights"],
        tier_multiplies=False,
        begins_at=begins_at,
        at=at,
    )


def _enrol(year: Year, place: Place, *, today: date) -> None:
    """Enrol everybody at the moment of their first receipt, the most faithful first: they get the first names.

    The first of them has their birthday on the day on which the demo begins, so that a greeting can be seen to come.
    """
    birthdays = {0: Birthday(today.month, today.day)}
    people = [
        Newcomer(
            place.external_id(customer), place.moment(year.first_at[customer]), _profile(index, birthdays.get(index))
        )
        for index, customer in enumerate(year.customers)
    ]
    bulk_enrolment.enrol_all(people, via=VIA)


def _profile(index: int, birthday: Birthday | None = None) -> Profile:
    person = names.person(index)
    return {
        "name": person.name,
        "phone": person.phone,
        "email": person.email,
        "language": person.language,
        "birthday": birthday or person.birthday,
    }
