"""Broadcasts: to a segment, on a day, by each member's own clock, once, slowly if need be; and what they brought."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import time_machine

from campaigns import broadcasts, effects, planning, writing
from campaigns.broadcasts import DayPassed, SegmentOff
from campaigns.effects import Crowd
from campaigns.models import Broadcast, Occasion, Segment
from members.models import Member
from messaging.models import Message
from sales.models import Purchase
from tests import factories
from tests.campaigns.wishes import answer, born, greet, greeting, messages, occasions, segment, willing
from tests.factories import Shop
from tests.racing import run_in_threads

AT = datetime(2026, 6, 1, 8, 30, tzinfo=UTC)  # half past nine in London
EVERYBODY = {"join": "all", "parts": [{"about": "status", "how": "is", "codes": ["active"]}]}
SALT = UUID("6f1e2d3c-0000-4000-8000-000000000001")


def broadcast(**changes: Any) -> Broadcast:
    """A broadcast of 1 June to everybody, on, at nine, by inbox."""
    values: dict[str, Any] = {
        "name": "News",
        "kind": "broadcast",
        "is_active": True,
        "channel": "inapp",
        "on": date(2026, 6, 1),
        "subject_en": "News for {name|you}",
        "body_en": "There is news.",
        "sms_en": "News!",
        "salt": SALT,
    }
    values["segment"] = changes.pop("segment", None) or everybody()
    return Broadcast.objects.create(**values | changes)


def everybody() -> Segment:
    return Segment.objects.filter(code="everybody").first() or segment(EVERYBODY, "everybody", at=AT)


def people(count: int) -> list[Member]:
    """Many members at once."""
    return Member.objects.bulk_create(
        Member(number=f"{900_000_000_000 + number}", external_id=f"m{number}", language="en", enrolled_at=AT)
        for number in range(count)
    )


def tick(minutes: float) -> int:
    at = AT + timedelta(minutes=minutes)
    planning.plan(at=at)
    return writing.write_due(at=at, seconds=60)


def test_it_reaches_the_segment_at_nine_by_each_members_own_clock(shop: Shop) -> None:
    ada = willing(email="ada@example.com")
    aki = willing(email="aki@example.com", time_zone="Asia/Tokyo")
    willing(email="no@example.com", language="zh-hans")
    english = segment({"join": "all", "parts": [{"about": "language", "how": "is", "codes": ["en"]}]}, "english", at=AT)
    late = willing(email="late@example.com", time_zone="America/New_York")  # since the segment was refreshed
    broadcast(segment=english, channel="email")

    for hours in range(-14, 24):
        planning.plan(at=AT + timedelta(hours=hours))

    assert dict(Occasion.objects.values_list("member_id", "due_at")) == {
        aki.pk: datetime(2026, 6, 1, 0, tzinfo=UTC),
        ada.pk: datetime(2026, 6, 1, 8, tzinfo=UTC),
        late.pk: datetime(2026, 6, 1, 13, tzinfo=UTC),
    }


def test_who_can_not_be_written_to_is_told_with_the_reason_and_kept_out_of_the_comparison(shop: Shop) -> None:
    willing("email", email="ada@example.com")
    factories.member(email="bob@example.com")
    sent = broadcast(channel="email", hold_out=50)

    greet(AT)

    reasons = {reason for _key, _channel, _state, reason in occasions()}
    assert "no_consent" in reasons
    assert len(reasons) == 2
    effect = effects.of(sent)
    assert effect.written_to.members + effect.kept_out.members == 1


def test_the_hold_out_is_of_the_right_size_and_always_the_same(shop: Shop) -> None:
    people(1000)
    first, again, other = (
        broadcast(hold_out=20, name=str(number), salt=salt) for number, salt in enumerate((SALT, SALT, UUID(int=7)))
    )
    planning.plan(at=AT)
    planning.plan(at=AT + timedelta(minutes=1))

    def held(of: Broadcast) -> set[int]:
        return set(Occasion.objects.filter(greeting=of, reason="held_out").values_list("member_id", flat=True))

    assert 160 <= len(held(first)) <= 240  # 200, give or take three times the chance of it
    assert held(first) == held(again)
    assert held(first) != held(other)
    assert Occasion.objects.count() == 3000


def test_so_many_a_minute_and_no_more(shop: Shop) -> None:
    people(8)
    broadcast(per_minute=3)

    assert [tick(minute) for minute in (0, 0.5, 1, 2, 3)] == [3, 0, 3, 2, 0]


def test_paused_it_waits_and_goes_on_the_next_day_with_the_rest_and_nobody_twice(shop: Shop) -> None:
    people(5)
    sent = broadcast(per_minute=3, lasts_days=2)
    assert tick(0) == 3
    Broadcast.objects.update(is_active=False)
    assert tick(1) == tick(60) == 0
    sent.refresh_from_db()

    broadcasts.schedule(sent, actor=None, at=AT + timedelta(days=1))
    assert tick(24 * 60) == 2
    assert tick(24 * 60 + 1) == 0

    days = list(Message.objects.order_by("id").values_list("local_on", flat=True))
    assert days == [date(2026, 6, 1)] * 3 + [date(2026, 6, 2)] * 2
    assert Message.objects.values("member").distinct().count() == 5


def test_what_its_days_did_not_suffice_for_is_given_up(shop: Shop) -> None:
    people(3)
    broadcast(per_minute=2)

    tick(0)
    tick(24 * 60)

    assert sorted(state for _key, _channel, state, _reason in occasions()) == ["expired", "written", "written"]


def test_switched_on_on_its_second_day_it_reaches_everybody_at_their_hour(shop: Shop) -> None:
    people(2)
    broadcast(lasts_days=2)

    assert tick(15 * 60) == 0  # half past midnight in London
    assert tick(23 * 60) == 0  # half past eight
    assert tick(24 * 60) == 2
    assert {local_on for (local_on,) in Message.objects.values_list("local_on")} == {date(2026, 6, 2)}


def test_switched_on_days_ahead_it_is_planned_on_its_day_for_who_is_in_the_segment_then(shop: Shop) -> None:
    sent = broadcast(on=date(2026, 6, 5))
    assert tick(0) == 0
    people(2)
    sent.refresh_from_db()
    assert not broadcasts.has_begun(sent)

    assert tick(4 * 24 * 60) == 2


def test_a_segment_that_can_not_be_used_any_more_stops_no_other_greeting(shop: Shop) -> None:
    gone = factories.store("GONE")
    bought = {"about": "purchases", "how": "at_least", "number": 1, "stores": ["GONE"]}
    sent = broadcast(segment=segment({"join": "all", "parts": [bought]}, "gone", at=AT))
    gone.delete()
    greeting(kind="birthday", channel="inapp", send_at=time(9))
    willing(email="ada@example.com", **born(6, 1))

    assert tick(0) == 1
    sent.refresh_from_db()
    assert sent.planned_at is not None


def test_what_waits_in_a_slow_queue_gives_way_to_what_is_of_today(shop: Shop) -> None:
    people(2)
    broadcast(per_minute=1, lasts_days=3)
    assert tick(0) == 1
    waiting = Occasion.objects.get(state="planned").member
    broadcast(name="Second", on=date(2026, 6, 2), subject_en="Today")

    tick(24 * 60)

    assert Message.objects.filter(member=waiting, subject="Today").count() == 1


def test_a_birthday_goes_first_also_on_the_second_day(shop: Shop, clock: time_machine.Traveller) -> None:
    ada = willing(email="ada@example.com", **born(6, 2))
    sent = broadcast(channel="email", lasts_days=2, is_active=False)
    greeting()
    planning.plan(at=AT)
    broadcasts.schedule(sent, actor=None, at=AT)
    planning.plan(at=AT)
    Broadcast.objects.update(is_active=False)
    tomorrow = AT + timedelta(days=1)
    planning.plan(at=tomorrow)
    Broadcast.objects.update(is_active=True)

    clock.move_to(tomorrow, tick=False)
    greet(tomorrow)

    assert messages() == [("email", "sent", "For you, Ada Lovelace")]
    assert occasions(member=ada) == [
        (f"broadcast:{sent.pk}", "email", "suppressed", "one_a_day"),
        ("birthday:solar:2026", "email", "written", ""),
    ]


def test_who_says_no_after_it_was_planned_gets_nothing(shop: Shop) -> None:
    ada = willing(email="ada@example.com")
    broadcast(channel="email")
    planning.plan(at=AT)
    answer(ada, says=False, at=AT)

    greet(AT)

    assert messages() == []


def test_it_is_not_scheduled_for_a_day_that_passed_nor_for_nobody(shop: Shop) -> None:
    sent = broadcast(is_active=False, lasts_days=2)
    with pytest.raises(DayPassed):
        broadcasts.schedule(sent, actor=None, at=AT + timedelta(days=2))
    Segment.objects.update(is_active=False)
    sent.segment.refresh_from_db()
    with pytest.raises(SegmentOff):
        broadcasts.schedule(sent, actor=None, at=AT)
    assert not Broadcast.objects.get().is_active


def test_two_schedulers_at_once_write_to_everybody_once(committed_db: None) -> None:
    factories.shop()
    people(120)
    broadcast(hold_out=10)

    run_in_threads(4, lambda _number: tick(0))
    tick(1)

    assert Occasion.objects.count() == 120
    written = Occasion.objects.filter(state="written").count()
    assert written == Message.objects.count() == 120 - Occasion.objects.filter(reason="held_out").count()


def test_what_it_brought_beside_those_who_were_kept_out(shop: Shop) -> None:
    members = people(400)
    sent = broadcast(hold_out=50)
    tick(0)
    held = set(Occasion.objects.filter(reason="held_out").values_list("member_id", flat=True))
    written_to = [member for member in members if member.pk not in held]
    buyers = written_to[:60]
    for number, member in enumerate(buyers):
        buy(shop, member, number, days=1)
    buy(shop, written_to[60], 900, days=8)  # later than we look
    for number, member in enumerate(list(Member.objects.filter(pk__in=held))[:5]):
        buy(shop, member, 1000 + number, days=1)

    effect = effects.of(sent)

    assert effect.written_to == Crowd(400 - len(held), 60, 0, Decimal("600.000"))
    assert effect.kept_out == Crowd(len(held), 5, 0, Decimal("50.000"))
    assert effect.buying
    assert (effect.buying.is_sure, effect.buying.least > 0.15) == (True, True)
    assert effect.redeeming is None  # nobody did


def buy(shop: Shop, member: Member, number: int, *, days: int) -> None:
    at = datetime.combine(date(2026, 6, 1), time(12), UTC) + timedelta(days=days)
    Purchase.objects.create(
        store=shop.store,
        terminal=shop.terminal,
        business_on=at.date(),
        number=str(number),
        member=member,
        amount=Decimal(10),
        currency="GBP",
        claim_code=str(number),
        occurred_at=at,
        recorded_at=at,
    )
