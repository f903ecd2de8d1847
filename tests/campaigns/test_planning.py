"""Who is greeted on a day, and when: by their own clock, once, whoever plans how often."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pytest_django import DjangoAssertNumQueries

from campaigns import celebrations, planning
from campaigns.models import Greeting, Occasion
from core.models import Programme
from tests import factories
from tests.campaigns.wishes import answer, born, greeting, occasions, willing
from tests.factories import Shop
from tests.pos.selling import receipt, sell
from tests.racing import run_in_threads
from tiers.models import Standing, TierChange

AT = datetime(2026, 6, 1, 8, 30, tzinfo=UTC)  # half past nine in London


def planned() -> list[tuple[str, datetime, datetime]]:
    return list(Occasion.objects.order_by("id").values_list("key", "due_at", "ends_at"))


def test_a_birthday_is_planned_for_nine_by_the_members_own_clock(shop: Shop) -> None:
    willing(email="ada@example.com", **born(6, 1))
    willing(email="bo@example.com", time_zone="Asia/Tokyo", **born(6, 1))
    willing(email="cy@example.com", **born(6, 2))
    greeting()

    assert planning.plan(at=AT) == 2

    assert sorted(planned()) == [
        ("birthday:solar:2026", datetime(2026, 6, 1, 0, tzinfo=UTC), datetime(2026, 6, 1, 15, tzinfo=UTC)),
        ("birthday:solar:2026", datetime(2026, 6, 1, 8, tzinfo=UTC), datetime(2026, 6, 1, 23, tzinfo=UTC)),
    ]


def test_a_store_lends_its_clock_to_those_who_bought_there_last(shop: Shop) -> None:
    ada = willing(email="ada@example.com", **born(6, 1))
    york = factories.store("NYC-1", "New York", time_zone="America/New_York")
    till = factories.terminal(york)
    ben = willing(email="ben@example.com", enrolled_via=f"till:{till}", **born(6, 1))
    elsewhere = Shop(shop.programme, york, till, shop.point_type, shop.rule, shop.tiers)
    sell(receipt(shop, "R-1", "5.00", member=ada, at=AT - timedelta(days=9)))
    sell(receipt(elsewhere, "R-2", "5.00", member=ada, at=AT - timedelta(days=2)))
    greeting()

    planning.plan(at=AT)

    zones = dict(Occasion.objects.values_list("member_id", "time_zone"))
    assert zones == {ada.pk: "America/New_York", ben.pk: "America/New_York"}


def test_planning_again_or_two_at_once_adds_nothing(shop: Shop) -> None:
    willing(email="ada@example.com", **born(6, 1))
    greeting()
    greeting("holiday", festivals=["childrens_day"])

    assert [planning.plan(at=AT + timedelta(minutes=minute)) for minute in (0, 1, 600)] == [2, 0, 0]

    assert [key for key, *_rest in occasions()] == ["birthday:solar:2026", "holiday:childrens_day:2026"]


def test_a_festival_is_planned_in_parts_and_goes_on_where_it_was(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [willing(email=f"m{number}@example.com").pk for number in range(5)]
    monkeypatch.setattr(planning, "PART", max(ids[0], 2))
    greeting("holiday", festivals=["childrens_day"])

    parts: list[int] = []
    while len(parts) < 2 or parts[-1]:
        parts.append(planning.plan(at=AT + timedelta(minutes=len(parts)), seconds=0))

    assert sum(parts) == Occasion.objects.count() == 5
    done = Greeting.objects.get()
    assert (done.pass_at, done.pass_after) == (None, 0)


def test_a_pass_that_was_interrupted_for_long_begins_anew(shop: Shop) -> None:
    willing(email="ada@example.com")
    greeting("holiday", festivals=["childrens_day"], pass_at=AT - timedelta(days=2), pass_after=10**9)

    assert planning.plan(at=AT) == 1


def test_one_civil_day_is_greeted_once_in_every_zone_on_earth(shop: Shop) -> None:
    """Every distinct offset of that day, from fourteen hours ahead to twelve behind, in ticks of an hour."""
    noon = datetime(2026, 6, 1, 12)  # noqa: DTZ001  each zone's own
    offsets = {zone.utcoffset(noon): zone for zone in planning._zones()}
    assert len(offsets) >= 36  # 38 in 2026; governments change them
    for number, zone in enumerate(offsets.values()):
        willing(email=f"m{number}@example.com", time_zone=zone.key)
    greeting("holiday", festivals=["childrens_day"])

    begins = datetime(2026, 5, 31, 9, tzinfo=UTC)
    for tick in range(54):
        planning.plan(at=begins + timedelta(hours=tick))

    found = list(Occasion.objects.all())
    assert len(found) == len({occasion.member_id for occasion in found}) == len(offsets)
    assert {occasion.on for occasion in found} == {date(2026, 6, 1)}
    for occasion in found:
        local = occasion.due_at.astimezone(ZoneInfo(occasion.time_zone))
        assert (local.date(), local.hour, local.minute) == (date(2026, 6, 1), 9, 0)
        assert timedelta(hours=14) <= occasion.ends_at - occasion.due_at <= timedelta(hours=16)


@pytest.mark.parametrize(
    ("zone", "on"),
    [
        ("Africa/Cairo", date(2026, 4, 24)),  # has no midnight
        ("Asia/Beirut", date(2026, 3, 29)),  # has no midnight
        ("America/Havana", date(2026, 3, 8)),  # has no midnight
        ("Europe/London", date(2026, 3, 29)),  # 23 hours
        ("Europe/London", date(2026, 10, 25)),  # 25 hours
        ("Australia/Lord_Howe", date(2026, 10, 4)),  # half an hour less
    ],
)
def test_days_that_are_shorter_or_longer_have_one_greeting_at_nine(shop: Shop, zone: str, on: date) -> None:
    willing(email="ada@example.com", time_zone=zone, **born(on.month, on.day))
    greeting()
    begins = datetime(on.year, on.month, on.day, tzinfo=UTC) - timedelta(hours=16)

    for tick in range(0, 48, 2):
        planning.plan(at=begins + timedelta(hours=tick))

    occasion = Occasion.objects.get()
    local = occasion.due_at.astimezone(ZoneInfo(zone))
    assert (local.date(), local.hour, local.minute) == (on, 9, 0)
    assert occasion.ends_at.astimezone(ZoneInfo(zone)).date() == on + timedelta(days=1)


def test_a_beat_that_was_missed_is_made_up_for_within_the_day_and_not_after(shop: Shop) -> None:
    willing(email="ada@example.com", **born(6, 1))
    willing(email="bob@example.com", **born(5, 31))
    greeting()

    planning.plan(at=datetime(2026, 6, 1, 21, tzinfo=UTC))

    assert [key for key, *_rest in planned()] == ["birthday:solar:2026"]


def test_lunar_birthdays_count_by_lunar_year(shop: Shop) -> None:
    """The first day of the twelfth month: none in the Gregorian 2025, two in 2024."""
    willing(email="lin@example.com", **born(12, 1, "lunar"))
    greeting()

    for day in (datetime(2024, 1, 1, 12, tzinfo=UTC) + timedelta(days=number) for number in range(2 * 366)):
        if any((each.month, each.day) == (12, 1) for each in celebrations.born_on(day.date())):
            planning.plan(at=day)

    assert list(Occasion.objects.order_by("id").values_list("key", "on")) == [
        ("birthday:lunar:2023", date(2024, 1, 11)),
        ("birthday:lunar:2024", date(2024, 12, 31)),
    ]


@pytest.mark.parametrize(
    ("channel", "who", "expected"),
    [
        ("best", {"email": "ada@example.com"}, ("email", "planned", "")),
        ("best", {"email": None}, ("inapp", "planned", "")),
        ("sms", {"email": "ada@example.com"}, ("sms", "suppressed", "no_consent")),
        ("email", {"email": None}, ("email", "suppressed", "no_address")),
        ("email", {"email": "ada@example.com", "status": "suspended"}, ("email", "suppressed", "left")),
    ],
)
def test_why_a_member_is_not_reached_is_kept(shop: Shop, channel: str, who: Any, expected: Any) -> None:
    willing("email", **who, **born(6, 1))
    greeting(channel=channel)

    planning.plan(at=AT)

    assert occasions() == [("birthday:solar:2026", *expected)]


def test_who_said_no_everywhere_is_left_in_peace_also_in_the_inbox(shop: Shop) -> None:
    ada = willing(says=False, email="ada@example.com", **born(6, 1))
    factories.member(**born(6, 1))  # never asked
    mixed = willing(says=False, email="bob@example.com", **born(6, 1))
    answer(mixed, "sms", says=True)
    greeting(channel="inapp")

    planning.plan(at=AT)

    assert occasions(member=ada) == [("birthday:solar:2026", "inapp", "suppressed", "refused")]
    assert sorted(state for _key, _channel, state, _reason in occasions()) == ["planned", "planned", "suppressed"]


def test_a_birthday_that_was_changed_brings_no_second_greeting(shop: Shop) -> None:
    ada = willing(email="ada@example.com", **born(6, 1))
    greeting()
    planning.plan(at=AT)

    for columns in (born(6, 2), born(4, 17, "lunar")):  # both are 2 June 2026
        for column, value in columns.items():
            setattr(ada, column, value)
        ada.save()
        planning.plan(at=AT + timedelta(days=1))

    assert occasions() == [
        ("birthday:solar:2026", "email", "planned", ""),
        ("birthday:lunar:2026", "email", "suppressed", "changed_birthday"),
    ]


def test_the_particular_greeting_goes_before_the_one_for_all(shop: Shop) -> None:
    everybody = greeting(name="all")
    gold = greeting(name="gold")
    gold.tiers.add(shop.tiers[2])
    rich = willing(email="ada@example.com", **born(6, 1))
    Standing.objects.create(member=rich, tier=shop.tiers[2], since_on=date(2026, 1, 1))
    poor = willing(email="bob@example.com", **born(6, 1))

    planning.plan(at=AT)

    chosen = dict(Occasion.objects.values_list("member_id", "greeting_id"))
    assert chosen == {rich.pk: gold.pk, poor.pk: everybody.pk}


def test_a_greeting_of_a_store_is_for_those_who_shop_there(shop: Shop) -> None:
    here = willing(email="ada@example.com", enrolled_via="till:LON-1/T1", **born(6, 1))
    willing(email="bob@example.com", **born(6, 1))
    greeting().stores.add(shop.store)

    planning.plan(at=AT)

    assert list(Occasion.objects.values_list("member_id", flat=True)) == [here.pk]


def test_joining_and_its_anniversaries_by_the_members_own_date(shop: Shop) -> None:
    late = datetime(2026, 5, 31, 16, tzinfo=UTC)  # 1 June in Tokyo, 31 May in London
    here = willing(email="ada@example.com", enrolled_at=late)
    there = willing(email="aki@example.com", time_zone="Asia/Tokyo", enrolled_at=late)
    old = willing(email="old@example.com", enrolled_at=datetime(2023, 6, 1, 12, tzinfo=UTC))
    greeting("welcome", days_after=1)
    greeting("anniversary")

    planning.plan(at=AT)
    assert occasions() == [("welcome", "email", "planned", ""), ("anniversary:3", "email", "planned", "")]
    planning.plan(at=AT + timedelta(days=1))

    days = {member: (key, on) for member, key, on in Occasion.objects.values_list("member_id", "key", "on")}
    assert days == {
        here.pk: ("welcome", date(2026, 6, 1)),
        there.pk: ("welcome", date(2026, 6, 2)),
        old.pk: ("anniversary:3", date(2026, 6, 1)),
    }


def test_a_tier_that_was_reached_and_is_still_held(shop: Shop) -> None:
    at = AT - timedelta(days=1)
    for name, held in (("ada", 1), ("bob", 0)):
        member = willing(email=f"{name}@example.com")
        Standing.objects.create(member=member, tier=shop.tiers[held], since_on=at.date())
        TierChange.objects.create(member=member, from_tier=shop.tiers[0], to_tier=shop.tiers[1], on=at.date(), at=at,
                                  cause="purchase")  # fmt: skip
    greeting("tier")

    planning.plan(at=AT)

    assert list(Occasion.objects.values_list("member__email", flat=True)) == ["ada@example.com"]


def test_paused_greetings_plan_nothing_and_can_be_counted(shop: Shop) -> None:
    willing(email="ada@example.com", **born(6, 1))
    willing("sms", **born(6, 1))
    factories.member(**born(6, 1))
    willing(says=False, **born(6, 1))
    paused = greeting(is_active=False)

    assert planning.plan(at=AT) == 0

    told = [(each.channel, each.reason, each.members) for each in planning.forecast(paused, at=AT)]
    assert told == [("email", "", 1), ("inapp", "", 1), ("inapp", "refused", 1), ("sms", "", 1)]
    assert Occasion.objects.count() == 0


def test_a_days_birthdays_are_one_statement_however_many(
    shop: Shop, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    greeting()
    for count in (1, 3):
        for number in range(count):
            willing(email=f"m{count}{number}@example.com", **born(6, 1))
        # programme, greetings, their tiers, their stores, savepoint, lock, lowest tier, the plan, released
        with django_assert_num_queries(9):
            planning.plan(at=AT)
    assert Occasion.objects.count() == 4


def test_before_the_programme_is_set_up_there_is_nobody_to_greet(db: None) -> None:
    assert not Programme.objects.exists()
    assert planning.plan(at=AT) == 0


def test_two_schedulers_at_once_plan_each_occasion_once(committed_db: None) -> None:
    factories.shop()
    for number in range(200):
        willing(email=f"m{number}@example.com", **born(6, 1))
    greeting()
    greeting("holiday", festivals=["childrens_day"])

    planned_by_each = run_in_threads(4, lambda _number: planning.plan(at=AT))

    assert sum(planned_by_each) == Occasion.objects.count() == 400
