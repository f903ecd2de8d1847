"""The journeys beside birthdays and festivals: on the right day, once, and only while what they say is still so."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import translation

from campaigns import brake, journeys, keys, planning, previews, writing
from campaigns.models import Greeting, Occasion
from core import db
from core.models import Programme
from members import consent
from members.models import Member
from messaging import delivery
from messaging.models import Message
from points.models import Account, Lot
from tests import factories
from tests.campaigns.wishes import greet, greeting, occasions, willing
from tests.factories import Shop
from tests.points.grants import grant
from tests.pos.selling import bring_back, receipt, sell
from tiers.models import QualifyingDay, Scheme, Standing

AT = datetime(2026, 6, 1, 8, 30, tzinfo=UTC)  # half past nine in London
LAST = date(2026, 7, 1)  # thirty days from then
DAY = timedelta(days=1)


def end_of(day: date) -> datetime:
    """The moment at which a business date ends, in London in summer."""
    return datetime(day.year, day.month, day.day, 23, tzinfo=UTC)


def made(code: str, **changes: Any) -> Greeting:
    """A standard journey that is on."""
    found = journeys.make(code, on=True, actor=None)
    for name, value in changes.items():
        setattr(found, name, value)
    found.save()
    return found


def points(member: Member, shop: Shop, number: int, last: date = LAST) -> Lot:
    return grant(member, shop.point_type, number, until=end_of(last), at=AT - 100 * DAY)


def told() -> list[str]:
    return list(Message.objects.order_by("id").values_list("subject", flat=True))


def test_points_that_expire_are_told_thirty_and_seven_days_before_all_lots_of_a_day_at_once(
    shop: Shop, clock: time_machine.Traveller
) -> None:
    ada = factories.member(email="ada@example.com", name="Ada")  # never asked about marketing
    points(ada, shop, 50)
    grant(ada, shop.point_type, 70, until=end_of(LAST), at=AT - 50 * DAY)
    points(ada, shop, 900, LAST + DAY)
    for code in ("expiry-30", "expiry-7"):
        made(code)

    for days in (0, 23, 23):
        clock.move_to(AT + days * DAY)
        greet(AT + days * DAY)

    assert occasions() == [
        ("expiry:2026-07-01:30", "email", "written", ""),
        ("expiry:2026-07-01:7", "email", "written", ""),
    ]
    assert told() == ["120 points will expire after 1 Jul 2026"] * 2
    message = Message.objects.latest("id")
    assert (message.kind, message.is_marketing, message.state) == ("points_expiring", False, "sent")
    assert "120 points of yours will expire after 1 Jul 2026." in mail.outbox[0].body
    assert "List-Unsubscribe" not in mail.outbox[0].extra_headers


def test_points_that_were_used_since_the_morning_are_not_told_of(shop: Shop) -> None:
    used, half = (factories.member(email=f"{name}@example.com") for name in ("ada", "bob"))
    gone, left = points(used, shop, 50), points(half, shop, 50)
    made("expiry-30")
    planning.plan(at=AT - timedelta(hours=5))

    Lot.objects.filter(pk=gone.pk).update(remaining=0, is_open=False)
    Lot.objects.filter(pk=left.pk).update(remaining=1)
    greet(AT)

    assert occasions(member=used) == [("expiry:2026-07-01:30", "email", "suppressed", "gone")]
    assert told() == ["1 point will expire after 1 Jul 2026"]


def test_each_type_of_points_is_told_by_its_name_in_the_language_of_the_reader(shop: Shop) -> None:
    stars = factories.point_type("stars", is_default=False, name_plural_en="stars", name_plural_zh_hans="星星")
    ada = factories.member(email="ada@example.com", language="zh-hans")
    points(ada, shop, 1200)
    grant(ada, stars, 3, until=end_of(LAST), at=AT - 10 * DAY)
    made("expiry-30")

    greet(AT)

    assert sorted(key for key, *_rest in occasions()) == ["expiry:2026-07-01:30", "expiry:2026-07-01:30:stars"]
    assert sorted(told()) == ["您有 1,200 积分将于2026年7月1日到期", "您有 3 星星将于2026年7月1日到期"]


def test_a_day_on_which_nobody_worked_is_made_up_for(shop: Shop) -> None:
    for number in range(-2, 4):
        points(factories.member(email=f"m{number}@example.com"), shop, 5, LAST + number * DAY)
    made("expiry-30")

    planning.plan(at=AT)
    planning.plan(at=AT + 3 * DAY)  # it was down on the two days between

    assert sorted(key for key, *_rest in occasions()) == [f"expiry:2026-07-0{day}:30" for day in (1, 2, 3, 4)]


@pytest.mark.parametrize(("says", "expected"), [(True, "email"), (False, "inapp")])
def test_who_refused_service_messages_finds_them_in_the_inbox(shop: Shop, says: bool, expected: str) -> None:
    ada = willing(says=False, email="ada@example.com", phone=None)
    if not says:
        consent.withdraw(ada, "email", "service", source="portal", at=AT - DAY)
    points(ada, shop, 5)
    made("expiry-30")

    greet(AT)

    assert occasions() == [("expiry:2026-07-01:30", expected, "written", "")]


def test_no_brake_holds_what_members_need_to_know_and_a_greeting_may_come_the_same_day(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(brake, "UNASKED", 0)
    ada = willing(email="ada@example.com", birth_month=6, birth_day=1)
    points(ada, shop, 5)
    made("expiry-30")
    greeting()
    planning.plan(at=AT)

    assert writing.write_due(at=AT, seconds=60) == 1
    assert brake.held(shop.programme, at=AT) == 1
    monkeypatch.setattr(brake, "UNASKED", 10)
    writing.write_due(at=AT, seconds=60)

    assert {state for _key, _channel, state, _reason in occasions()} == {"written"}


def test_the_database_gives_no_present_with_what_members_need_to_know(shop: Shop) -> None:
    found = made("expiry-30")

    with pytest.raises(IntegrityError, match="service_gives_nothing"), transaction.atomic():
        Greeting.objects.filter(pk=found.pk).update(bonus_points=5)


def standing(shop: Shop, member: Member, until: date, spent: str) -> None:
    """MEMBER holds silver until a date, with so much spent that still counts then."""
    Standing.objects.create(member=member, tier=shop.tiers[1], since_on=date(2025, 6, 1), valid_until=until,
                            lapses_on=until - 35 * DAY)  # fmt: skip
    QualifyingDay.objects.create(member=member, day=date(2026, 5, 1), amount=Decimal(spent), points=0, purchases=2)


@pytest.mark.parametrize(
    ("basis", "missing"),
    [("amount", "£379.50"), ("purchases", "498 purchases"), ("points", "500 points")],
)
def test_who_will_lose_their_tier_is_told_what_is_missing(shop: Shop, basis: str, missing: str) -> None:
    Scheme.objects.update(basis=basis)
    ada = factories.member(email="ada@example.com")
    standing(shop, ada, LAST, "120.50")
    made("at-risk")

    greet(AT)

    assert occasions() == [("at_risk:2026-07-01:30", "email", "written", "")]
    assert told() == [f"Keep Silver: {missing} more by 1 Jul 2026"]


def test_who_bought_enough_in_the_meantime_is_not_told_that_the_tier_is_at_risk(shop: Shop) -> None:
    ada = factories.member(email="ada@example.com")
    standing(shop, ada, LAST, "120.50")
    made("at-risk")
    planning.plan(at=AT - timedelta(hours=5))

    sell(receipt(shop, "R-1", "379.50", member=ada, at=AT - timedelta(hours=1)))
    greet(AT)

    assert occasions() == [("at_risk:2026-07-01:30", "email", "suppressed", "gone")]
    assert Message.objects.filter(kind="tier_at_risk").count() == 0


def test_thanks_come_once_after_the_first_purchase_that_was_kept(shop: Shop) -> None:
    ada, old, back = (willing(email=f"{name}@example.com") for name in ("ada", "old", "back"))
    sell(receipt(shop, "R-0", "5.00", member=old, at=AT - 40 * DAY))
    sales = [
        sell(receipt(shop, f"R-{member.pk}", "5.00", member=member, at=AT - DAY))[0] for member in (ada, old, back)
    ]
    sell(receipt(shop, "R-9", "5.00", member=ada, at=AT - timedelta(hours=20)))
    bring_back(shop, sales[2], "B-1", (1, "1"), at=AT - timedelta(hours=3))
    made("first-purchase")

    for days in (0, 1):
        greet(AT + days * DAY)

    assert occasions() == [("first", "email", "written", "")]
    assert Occasion.objects.get().member_id == ada.pk
    assert "your first purchase at Covent Garden" in Message.objects.get(kind="greeting").body


def test_who_has_not_bought_for_ninety_days_is_missed_once_a_gap(shop: Shop) -> None:
    ada, bob = (willing(email=f"{name}@example.com") for name in ("ada", "bob"))
    for member, days in ((ada, 90), (bob, 90), (bob, 10)):
        sell(receipt(shop, f"{member.pk}-{days}", "5.00", member=member, at=AT - days * DAY))
    made("missed")

    for days in (0, 0, 1, 2):
        greet(AT + days * DAY)
    assert occasions() == [("missed:2026-03-03:90", "email", "written", "")]
    assert "it has been 90 days" in Message.objects.get(kind="greeting").body

    sell(receipt(shop, "R-again", "5.00", member=ada, at=AT + 3 * DAY))
    greet(AT + 93 * DAY)
    assert [key for key, *_rest in occasions(member=ada)] == ["missed:2026-03-03:90", "missed:2026-06-04:90"]


def test_who_came_this_very_morning_is_not_missed(shop: Shop) -> None:
    ada = willing(email="ada@example.com")
    sell(receipt(shop, "R-1", "5.00", member=ada, at=AT - 90 * DAY))
    made("missed")
    planning.plan(at=AT - timedelta(hours=3))

    sell(receipt(shop, "R-2", "5.00", member=ada, at=AT - timedelta(hours=1)))
    greet(AT)

    assert occasions() == [("missed:2026-03-03:90", "email", "suppressed", "gone")]


def test_a_word_after_each_return_with_consent_only(shop: Shop) -> None:
    ada, no = willing(email="ada@example.com"), willing(says=False, email="no@example.com", phone=None)
    for member in (ada, no):
        (sale,) = sell(receipt(shop, f"R-{member.pk}", "5.00", member=member, at=AT - 9 * DAY))
        bring_back(shop, sale, "B-1", (1, "1"), at=AT - DAY)
    made("return", bonus_points=20)

    greet(AT)

    assert [(state, reason) for _key, _channel, state, reason in occasions(member=ada)] == [("written", "")]
    assert [(state, reason) for _key, _channel, state, reason in occasions(member=no)] == [("suppressed", "refused")]
    assert Account.objects.get(member=ada).available == 20


def test_each_standard_journey_can_be_filled_for_a_member_without_a_name(shop: Shop) -> None:
    nobody = factories.member(name="")
    for journey in journeys.ALL:
        found = journeys.make(journey.code, on=False, actor=None)

        assert [each.empty for each in previews.previews(found, nobody, at=AT)] == [""] * 6
        assert not found.is_active


def test_a_standard_journey_is_made_once_and_keeps_what_staff_changed(shop: Shop) -> None:
    made("welcome", name="Hello")

    again = journeys.make("welcome", on=True, actor=None)

    assert (Greeting.objects.count(), again.name) == (1, "Hello")
    with pytest.raises(journeys.UnknownJourney):
        journeys.make("nothing", on=True, actor=None)


@pytest.mark.parametrize(
    ("key", "english", "chinese"),
    [
        ("birthday:solar:2026", "birthday of 2026", "2026 年生日"),
        ("birthday:lunar:2026", "birthday of 2026, Chinese calendar", "2026 年农历生日"),
        ("holiday:mid_autumn:2026", "Mid-Autumn Festival 2026", "2026 年中秋节"),
        ("anniversary:1", "1 year a member", "入会 1 周年"),
        ("expiry:2026-07-01:30", "points expire after 1 Jul 2026, told 30 days before",
         "积分于2026年7月1日到期，提前 30 天通知"),
        ("expiry:2026-07-01:7:stars", "points (stars) expire after 1 Jul 2026, told 7 days before",
         "积分（stars）于2026年7月1日到期，提前 7 天通知"),
        ("at_risk:2026-07-01:30", "tier runs out after 1 Jul 2026, told 30 days before",
         "等级于2026年7月1日到期，提前 30 天通知"),
        ("missed:2026-03-03:90", "90 days without a purchase since 3 Mar 2026", "自2026年3月3日起 90 天未消费"),
        ("first", "first purchase", "首次消费"),
        ("holiday:nothing:2026", "holiday:nothing:2026", "holiday:nothing:2026"),
        ("segment:1:2", "segment:1:2", "segment:1:2"),
    ],
)  # fmt: skip
def test_occasions_are_told_in_words(key: str, english: str, chinese: str) -> None:
    for language, said in (("en", english), ("zh-hans", chinese)):
        with translation.override(language):
            assert keys.in_words(key) == said


def test_what_expires_is_planned_by_as_many_statements_for_many_as_for_one(
    shop: Shop, django_assert_num_queries: Any
) -> None:
    made("expiry-30")
    for count in (1, 3):
        for number in range(count):
            points(factories.member(email=f"m{count}{number}@example.com"), shop, 5)
        Greeting.objects.update(planned_at=None)
        # programme, greetings, their tiers, their stores, savepoint, lock, lowest tier, looked at, the plan, released
        with django_assert_num_queries(10):
            planning.plan(at=AT)
    assert Occasion.objects.count() == 4
    assert db.value("select count(distinct key) from campaigns_occasion") == 1
    delivery.send_batch(at=AT)


def test_a_programme_from_before_goes_on_telling_as_early_as_it_did_and_nobody_twice(shop: Shop) -> None:
    Programme.objects.update(expiry_notice_days=45, language="zh-hans")
    migration = import_module("campaigns.migrations.0005_journeys")

    with time_machine.travel(AT, tick=False):
        migration.take_over(apps, None)

    assert list(Greeting.objects.order_by("id").values_list("name", "days_before", "is_active")) == [
        ("积分即将过期", 45, True),
        ("积分 7 天后到期", 7, True),
    ]
    for days in (45, 46):
        points(factories.member(email=f"m{days}@example.com"), shop, 5, AT.date() + days * DAY)
    planning.plan(at=AT)
    assert occasions() == []  # the night told of these today
    planning.plan(at=AT + DAY)
    assert occasions() == [("expiry:2026-07-17:45", "email", "planned", "")]
