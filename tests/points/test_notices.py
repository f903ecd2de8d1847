"""Telling members in time that points will expire: once, in their language, with the right sum and day."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core import clock
from members import consent
from messaging.models import Message
from points import notices
from points.models import Lot, PointType
from points.notices import Told
from tests import factories
from tests.points.grants import grant

ON = date(2026, 12, 1)
AT = datetime(2026, 12, 1, 0, 5, tzinfo=UTC)
EARLIER = datetime(2026, 1, 10, 12, tzinfo=UTC)


def end_of(day: date) -> datetime:
    """The moment at which DAY ends, in London at midnight."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)


@pytest.fixture
def points(db: None) -> PointType:
    factories.programme()
    return factories.point_type()


def test_a_member_is_told_how_much_expires_and_when(points: PointType) -> None:
    ada = factories.member(name="Ada", email="ada@example.com")
    lot = grant(ada, points, 1250, until=end_of(date(2026, 12, 31)), at=EARLIER)

    assert notices.tell_expiring(ON, at=AT) == Told(messages=1, points=1250)

    message = Message.objects.get()
    assert (message.kind, message.channel, message.address) == ("points_expiring", "email", "ada@example.com")
    assert message.reference == f"expiring:{lot.account_id}:2026-12-31:email"
    assert message.subject == "1,250 points will expire after 31 Dec 2026"
    assert message.body.startswith("Hello Ada,\n\n1,250 points of yours will expire after 31 Dec 2026.")
    assert (message.member_id, message.expires_at) == (ada.id, end_of(date(2026, 12, 31)))
    assert message.due_at == datetime(2026, 12, 1, 9, tzinfo=UTC)  # nobody is woken for this


def test_once_for_each_last_day_however_often_it_runs(points: PointType) -> None:
    ada = factories.member()
    for day, granted in ((10, 5), (31, 20)):
        grant(ada, points, granted, until=end_of(date(2026, 12, day)), at=EARLIER)
    grant(ada, points, 300, until=end_of(date(2026, 12, 31)), at=EARLIER + timedelta(hours=1))

    assert notices.tell_expiring(ON, at=AT) == Told(2, 325)
    assert notices.tell_expiring(ON, at=AT) == Told(0, 0)
    assert notices.tell_expiring(ON + timedelta(days=5), at=AT + timedelta(days=5)) == Told(0, 0)

    assert list(Message.objects.order_by("id").values_list("body", flat=True)) == [
        "Gift Club: 5 points will expire after 10 Dec 2026.",
        "Gift Club: 320 points will expire after 31 Dec 2026.",
    ]


def test_one_point_is_named_in_the_singular(points: PointType) -> None:
    grant(factories.member(), points, 1, until=end_of(date(2026, 12, 31)), at=EARLIER)

    notices.tell_expiring(ON, at=AT)

    assert Message.objects.get().body == "Gift Club: 1 point will expire after 31 Dec 2026."


def test_a_change_of_channel_does_not_tell_again(points: PointType) -> None:
    ada = factories.member(phone="+447700900123")
    grant(ada, points, 5, until=end_of(date(2026, 12, 31)), at=EARLIER)
    notices.tell_expiring(ON, at=AT)
    ada.email = "ada@example.com"
    ada.save()

    assert notices.tell_expiring(ON, at=AT) == Told(0, 0)


@pytest.mark.parametrize(
    ("last_on", "told"),
    [
        (date(2026, 11, 30), 0),  # expired when this day began
        (date(2026, 12, 1), 1),
        (date(2026, 12, 31), 1),  # thirty days from now
        (date(2027, 1, 1), 0),
    ],
)
def test_only_what_expires_within_the_days_of_notice(points: PointType, last_on: date, told: int) -> None:
    grant(factories.member(), points, 5, until=end_of(last_on), at=EARLIER)

    assert notices.tell_expiring(ON, at=AT).messages == told


def test_days_end_when_the_programme_says(db: None) -> None:
    programme = factories.chinese_programme()
    points = factories.point_type()
    assert end_of(date(2026, 12, 31)).tzinfo is UTC
    until = datetime(2027, 1, 1, 4, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert until == clock.start_of(date(2027, 1, 1), programme)
    lot = grant(factories.member(language="zh-hans"), points, 5, until=until, at=EARLIER)

    notices.tell_expiring(ON, at=AT)

    message = Message.objects.get()
    assert message.reference == f"expiring:{lot.account_id}:2026-12-31:sms"
    for word in ("常客会", "积分", "2026年12月31日"):
        assert word in message.body


def test_pending_points_count_and_used_or_expired_ones_do_not(points: PointType) -> None:
    ada = factories.member()
    ends = end_of(date(2026, 12, 31))
    grant(ada, points, 7, until=ends, at=EARLIER, usable_at=datetime(2026, 12, 15, tzinfo=UTC))
    grant(ada, points, 100, until=None, at=EARLIER)
    used = grant(factories.member(), points, 9, until=ends, at=EARLIER)
    Lot.objects.filter(id=used.id).update(remaining=0, is_open=False)

    assert notices.tell_expiring(ON, at=AT) == Told(1, 7)


def test_who_refused_or_has_no_address_finds_it_in_the_inbox_and_who_rests_is_left(points: PointType) -> None:
    ends = end_of(date(2026, 12, 31))
    no, suspended, silent = (
        factories.member(),
        factories.member(status="suspended"),
        factories.member(phone=None, external_id="E-1"),
    )
    consent.withdraw(no, "sms", "service", source="portal", at=EARLIER)
    for member in (no, suspended, silent):
        grant(member, points, 5, until=ends, at=EARLIER)

    assert notices.tell_expiring(ON, at=AT) == Told(2, 10)

    assert set(Message.objects.values_list("member_id", "channel", "state")) == {
        (no.id, "inapp", "queued"),
        (silent.id, "inapp", "queued"),
    }


@pytest.mark.parametrize("chunk", [1, 2, 1000])
def test_work_in_chunks_tells_everybody_once(points: PointType, monkeypatch: Any, chunk: int) -> None:
    monkeypatch.setattr(notices, "CHUNK", chunk)
    for _ in range(5):
        grant(factories.member(), points, 10, until=end_of(date(2026, 12, 31)), at=EARLIER)
    ticks: list[tuple[int, int]] = []

    told = notices.tell_expiring(ON, at=AT, tick=lambda messages, of_points: ticks.append((messages, of_points)))

    assert told == Told(5, 50)
    assert [messages for messages, _ in ticks] == {1: [1] * 5, 2: [2, 2, 1], 1000: [5]}[chunk]
    assert len(set(Message.objects.values_list("member_id", flat=True))) == 5


def test_an_interrupted_run_is_gone_on_with(committed_db: None, monkeypatch: Any) -> None:
    factories.programme()
    points = factories.point_type()
    monkeypatch.setattr(notices, "CHUNK", 2)
    for _ in range(5):
        grant(factories.member(), points, 10, until=end_of(date(2026, 12, 31)), at=EARLIER)

    def stop(messages: int, of_points: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        notices.tell_expiring(ON, at=AT, tick=stop)
    assert Message.objects.count() == 2

    assert notices.tell_expiring(ON, at=AT) == Told(3, 30)


@pytest.mark.parametrize("count", [1, 3])
def test_a_chunk_takes_as_many_queries_for_many_members(
    points: PointType, django_assert_num_queries: Any, count: int
) -> None:
    for _ in range(count):
        grant(factories.member(), points, 10, until=end_of(date(2026, 12, 31)), at=EARLIER)

    # programme, who expires, point types, contacts three times, programme, sending hours, insert
    with django_assert_num_queries(9):
        notices.tell_expiring(ON, at=AT)
