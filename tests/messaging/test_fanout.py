"""From events to messages: in order, each once, none skipped."""

import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from core import events
from core.db import value
from core.models import Cursor, Event
from members import consent, enrolment
from messaging import fanout
from messaging.models import Message
from tests import factories
from tests.racing import run_in_threads
from tests.waiting import wait_until
from tiers import qualification
from tiers.qualification import Qualifying

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
WORDS = {"en": "Gold", "zh-hans": "金卡"}
ENOUGH_SECONDS = 30


def wait_for_others() -> None:
    """Wait until no transaction is open that was open now: also one of another database holds readers up."""
    now = value("select pg_current_xact_id()::text::bigint")
    wait_until(lambda: value("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint") > now)


def read_all(at: datetime = AT) -> int:
    """Read all events that were told so far; answer how many."""
    wait_for_others()
    return sum(iter(lambda: fanout.read(at=at), 0))


def tell(kind: str, member_id: int | None, occurred_at: datetime = AT, **payload: Any) -> None:
    events.tell(kind, reference="tier:1", occurred_at=occurred_at, member_id=member_id, payload=payload)


def told() -> list[tuple[int | None, str, str, str]]:
    return list(Message.objects.order_by("id").values_list("member_id", "kind", "channel", "subject"))


def test_a_new_member_is_welcomed_once(committed_db: None) -> None:
    factories.programme()
    new = enrolment.enrol(email="ada@example.com", name="Ada", language="en", via="portal", at=AT).member
    enrolment.enrol(email="ada@example.com", via="portal", at=AT)

    read_all()

    assert told() == [(new.id, "welcome", "email", "Welcome to Gift Club")]
    event = Event.objects.get(kind="member.enrolled")
    assert Message.objects.get().reference == f"event:{event.id}:email"
    assert fanout.read(at=AT) == 0


def test_a_new_tier_is_named_in_the_language_of_the_member(committed_db: None) -> None:
    factories.programme()
    ada = factories.member(email="ada@example.com")
    mei = factories.member(email="mei@example.com", language="zh-hans")
    tell("tier.raised", ada.id, words=WORDS, cause="purchase")
    tell("tier.lowered", mei.id, words=WORDS, cause="review")

    assert read_all() == 2

    assert [row[:3] for row in told()] == [(ada.id, "tier_raised", "email"), (mei.id, "tier_lowered", "email")]
    assert told()[0][3] == "You have reached Gold"
    assert "金卡" in told()[1][3]


@pytest.mark.parametrize(
    ("kind", "changes", "payload"),
    [
        ("purchase.recorded", {}, {}),
        ("tier.raised", {"occurred_at": AT - timedelta(days=3)}, {"words": WORDS, "cause": "purchase"}),
        ("tier.raised", {}, {"words": WORDS, "cause": "opening"}),
        ("member.enrolled", {}, {"via": "file"}),
    ],
)
def test_what_is_no_news_is_passed_over(
    committed_db: None, kind: str, changes: dict[str, Any], payload: dict[str, Any]
) -> None:
    factories.programme()
    tell(kind, factories.member().id, **changes, **payload)

    assert read_all() == 1

    assert told() == []


def test_who_left_is_passed_over_and_who_refused_finds_it_in_the_inbox(committed_db: None) -> None:
    factories.programme()
    closed = factories.member(status="closed")
    no = factories.member(phone="+447700900777")
    consent.withdraw(no, "sms", "service", source="portal", at=AT)
    for member in (closed, no):
        tell("member.enrolled", member.id, via="portal")
    tell("member.enrolled", None, via="portal")

    read_all()

    assert list(Message.objects.values_list("member_id", "channel", "address", "state")) == [
        (no.id, "inapp", no.number, "queued")
    ]


def test_a_transaction_that_commits_late_is_not_skipped(committed_db: None) -> None:
    factories.programme()
    ada, bob = factories.member(name="Ada"), factories.member(name="Bob")
    has_told, may_commit = threading.Event(), threading.Event()

    def runner(number: int) -> None:
        if number == 0:
            with transaction.atomic():
                tell("tier.raised", ada.id, words=WORDS, cause="purchase")
                has_told.set()
                assert may_commit.wait(ENOUGH_SECONDS)
            return
        assert has_told.wait(ENOUGH_SECONDS)
        tell("tier.raised", bob.id, words=WORDS, cause="purchase")
        try:
            assert [fanout.read(at=AT) for _ in range(3)] == [0, 0, 0]
            assert told() == []
        finally:
            may_commit.set()

    run_in_threads(2, runner)

    assert read_all() == 2
    assert [row[0] for row in told()] == [ada.id, bob.id]


def test_many_readers_at_once_tell_each_event_once_and_in_order(committed_db: None) -> None:
    factories.programme()
    ada = factories.member()
    for _ in range(40):
        tell("tier.raised", ada.id, words=WORDS, cause="purchase")
    last = Event.objects.order_by("-id").first()
    assert last

    def read(number: int) -> int:
        read = 0
        while not Cursor.objects.filter(event=last.id).exists():
            read += fanout.read(at=AT, limit=7)
        return read

    assert sum(run_in_threads(4, read)) == 40

    references = list(Message.objects.order_by("id").values_list("reference", flat=True))
    assert references == [f"event:{event.id}:sms" for event in Event.objects.order_by("id")]


def test_when_the_messages_can_not_be_written_the_events_are_read_again(committed_db: None) -> None:
    ada = factories.member()
    tell("tier.raised", ada.id, words=WORDS, cause="purchase")
    tell("tier.raised", ada.id, words={}, cause="purchase")
    factories.programme()
    wait_for_others()

    with pytest.raises(KeyError):
        fanout.read(at=AT)

    assert told() == []
    assert list(Cursor.objects.values_list("event", flat=True)) in ([], [0])


def test_after_a_restore_into_a_new_cluster_reading_begins_again(committed_db: None) -> None:
    factories.programme()
    ada = factories.member()
    tell("tier.raised", ada.id, words=WORDS, cause="purchase")
    read_all()
    Cursor.objects.update(transaction=2**60, event=2**60)
    tell("tier.raised", ada.id, words=WORDS, cause="purchase")

    assert read_all() == 2

    assert len(told()) == 2


@pytest.mark.parametrize("count", [1, 3])
def test_reading_takes_as_many_queries_for_many_events(
    committed_db: None, django_assert_num_queries: Any, count: int
) -> None:
    factories.programme()
    fanout.read(at=AT)
    for _ in range(count):
        tell("tier.raised", factories.member().id, words=WORDS, cause="purchase")
    wait_for_others()

    # begin, the cursor twice, events, contacts three times, programme, insert, cursor, commit
    with django_assert_num_queries(11):
        assert fanout.read(at=AT) == count


def test_the_purchase_that_raises_a_tier_is_followed_by_its_message(committed_db: None) -> None:
    factories.shop()
    ada = factories.member(name="Ada", email="ada@example.com")
    mei = factories.member(name="美", email="mei@example.com", language="zh-hans")
    days = [
        Qualifying(
            member_id=member.id,
            day=AT.date(),
            amount=Decimal("612.50"),
            points=612,
            purchases=1,
            at=AT,
            cause="purchase",
            reference=f"purchase:{member.id}",
        )
        for member in (ada, mei)
    ]
    qualification.record(days)

    read_all()

    assert [row[:3] for row in told()] == [(ada.id, "tier_raised", "email"), (mei.id, "tier_raised", "email")]
    assert told()[0][3] == "You have reached Silver"
    assert "银卡" in told()[1][3]


@pytest.mark.parametrize(
    ("language", "kind", "subject", "words"),
    [
        ("en", "added", "A passkey was added", "If that was not you"),
        ("zh-hans", "added", "已添加通行密钥", "如果不是您本人操作"),
        ("en", "removed", "A passkey was removed", "You can still sign in by a code."),
        ("zh-hans", "removed", "已移除通行密钥", "您仍可用验证码登录。"),
    ],
)
def test_a_member_is_told_when_a_passkey_comes_or_goes(
    committed_db: None, language: str, kind: str, subject: str, words: str
) -> None:
    """Whoever else has got in must not be able to do it unnoticed."""
    factories.programme()
    ada = factories.member(email="ada@example.com", language=language)
    tell(f"member.passkey_{kind}", ada.id, device="Safari on Mac")

    read_all()

    message = Message.objects.get()
    assert (message.kind, message.member_id, message.subject) == (f"passkey_{kind}", ada.pk, subject)
    assert (words in message.body, "Safari on Mac" in message.body) == (True, True)
