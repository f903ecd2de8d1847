"""What is planned becomes messages: asked again, filled, given with, once a day, and never by night."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from campaigns import brake, planning, writing
from campaigns.models import Greeting, Occasion
from core import db
from core.models import Event
from members import birthdays, enrolment
from messaging import delivery
from messaging.models import Message
from points.models import Account, Posting
from rewards.models import Voucher
from tests import factories
from tests.campaigns.wishes import answer, born, greet, greeting, messages, occasions, willing
from tests.factories import Shop
from tests.messaging.post import Phones

AT = datetime(2026, 6, 1, 8, 30, tzinfo=UTC)  # half past nine in London

pytestmark = pytest.mark.usefixtures("clock")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of June 2026 in London, in UTC."""
    return datetime(2026, 6, day, hour, minute, tzinfo=UTC) - timedelta(hours=1)


def test_a_greeting_reads_as_it_was_written_names_the_sender_and_the_way_out(shop: Shop) -> None:
    willing(email="ada@example.com", name="Ada", **born(6, 1))
    willing(email="lin@example.com", name="", language="zh-hans", **born(6, 1))
    greeting()

    assert greet(AT) == 2

    english, chinese = sorted(mail.outbox, key=lambda letter: str(letter.to))
    assert english.subject == "For you, Ada"
    link = english.extra_headers["List-Unsubscribe"].strip("<>")
    assert english.body == (
        "Dear Ada, all the best from Gift Club.\n\nGift Club\n\n"
        f"You get this because you said yes to news by e-mail. Unsubscribe: {link}"
    )
    assert english.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert chinese.subject == "亲爱的会员，祝福您"
    assert "Gift Club祝您一切顺利。" in chinese.body
    assert [state for _key, _channel, state, _reason in occasions()] == ["written", "written"]


def test_what_went_names_the_consent_by_which_it_went(shop: Shop) -> None:
    ada = willing("sms", source="till:LON-1/T1", **born(6, 1))
    greeting()

    greet(AT)

    message = Message.objects.get()
    assert message.consent is not None
    assert (message.consent.member_id, message.consent.channel, message.consent.granted) == (ada.pk, "sms", True)
    assert (message.is_marketing, message.local_on, message.time_zone) == (True, AT.date(), "Europe/London")
    (sms,) = Phones.taken
    assert sms.text.startswith("Gift Club: All the best, Ada Lovelace! Stop: https://")
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.update(consent=None)


def test_bonus_and_voucher_come_with_it_in_one_go(shop: Shop) -> None:
    ada = willing(email="ada@example.com", **born(6, 1))
    mug = factories.reward("mug", stock=1, price=100)
    greeting(bonus_points=200, reward=mug, body_en="{bonus} points and a {reward}. You have {points} now, as {tier}.")

    greet(AT)

    assert mail.outbox[0].body.startswith("200 points and a Mug. You have 200 now, as Member.")
    assert Account.objects.get(member=ada).available == 200
    posting = Posting.objects.get()
    assert (posting.kind, posting.reference, posting.actor) == ("accrue", "greeting:birthday:solar:2026", "greetings")
    assert posting.reasons[0]["words"] == {"en": "Happy birthday", "zh-hans": "生日快乐"}
    voucher = Voucher.objects.get()
    assert (voucher.member_id, voucher.points, voucher.redemption_id, voucher.state) == (ada.pk, 0, None, "issued")
    assert mug.units.filter(voucher=voucher).count() == 1
    occasion = Occasion.objects.get()
    assert (occasion.points, occasion.voucher_id) == (200, voucher.pk)
    assert set(Event.objects.values_list("kind", flat=True)) >= {"award.given", "voucher.issued"}


def test_what_is_given_is_given_once_also_when_two_greetings_tell_of_it(shop: Shop) -> None:
    ada = willing(email="ada@example.com", **born(6, 1))
    answer(ada, "sms", says=True)
    mug = factories.reward("mug")
    for channel in ("email", "sms"):
        greeting(name=channel, channel=channel, bonus_points=200, reward=mug)

    greet(AT)

    assert sorted(messages()) == [("email", "sent", "For you, Ada Lovelace"), ("sms", "sent", "")]
    assert Account.objects.get(member=ada).available == 200
    assert Voucher.objects.count() == 1
    assert sorted(Occasion.objects.values_list("points", flat=True)) == [0, 200]


def test_a_reward_that_is_sold_out_brings_no_letter_that_promises_it(shop: Shop) -> None:
    willing(email="ada@example.com", **born(6, 1))
    willing(email="bob@example.com", **born(6, 1))
    greeting(reward=factories.reward("mug", stock=1), bonus_points=10)

    greet(AT)

    assert [(state, reason) for _key, _channel, state, reason in occasions()] == [
        ("written", ""),
        ("suppressed", "sold_out"),
    ]
    assert Posting.objects.count() == Voucher.objects.count() == 1


def test_a_text_is_never_sent_with_an_empty_placeholder(shop: Shop) -> None:
    willing(email="ada@example.com", name="", **born(6, 1))
    greeting(subject_en="For {name}", bonus_points=10)

    assert greet(AT) == 0

    assert occasions() == [("birthday:solar:2026", "email", "suppressed", "empty_placeholder")]
    assert Posting.objects.count() == 0


def test_one_marketing_message_a_day_the_birthday_before_the_festival(shop: Shop) -> None:
    willing(email="ada@example.com", enrolled_at=at(1, 12) - timedelta(days=1), **born(6, 1))
    greeting("welcome", send_at="08:00")
    greeting("holiday", festivals=["childrens_day"], send_at="08:00")
    greeting("birthday", send_at="10:00")

    for hour in (8, 9, 10, 11):
        greet(at(1, hour, 30))

    assert sorted(occasions()) == [
        ("birthday:solar:2026", "email", "written", ""),
        ("holiday:childrens_day:2026", "email", "suppressed", "one_a_day"),
        ("welcome", "email", "suppressed", "one_a_day"),
    ]
    assert len(mail.outbox) == 1


def test_the_database_takes_no_second_one_either(shop: Shop) -> None:
    willing(email="ada@example.com", **born(6, 1))
    greeting()
    greet(AT)

    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.create(
            **Message.objects.values().get() | {"id": 10**6, "reference": "another", "kind": "greeting"}
        )


def test_channels_ring_within_their_hours_and_late_ones_are_given_up(shop: Shop) -> None:
    ada = willing(email="ada@example.com", **born(6, 1))
    greeting(send_at="09:00")
    planning.plan(at=at(1, 7))

    for late in (at(1, 8, 59), at(1, 20, 0), at(1, 23, 0)):
        assert writing.write_due(at=late, seconds=60) == 0
    writing.write_due(at=at(2, 0, 1), seconds=60)

    assert occasions(member=ada) == [("birthday:solar:2026", "email", "expired", "")]
    assert Message.objects.count() == 0


def test_what_was_written_before_the_hours_ended_is_not_sent_after_them(
    shop: Shop, clock: time_machine.Traveller
) -> None:
    willing(email="ada@example.com", **born(6, 1))
    greeting()
    planning.plan(at=at(1, 19, 59))
    writing.write_due(at=at(1, 19, 59), seconds=60)
    clock.move_to(at(1, 20, 0))

    delivery.send_batch(at=at(1, 20, 0))

    message = Message.objects.get()
    assert (message.state, message.error, message.consent) == ("expired", "outside of the sending hours", None)
    assert mail.outbox == []


def test_consent_is_asked_again_at_the_moment_of_sending(shop: Shop) -> None:
    before, between = (willing(email=f"{name}@example.com", **born(6, 1)) for name in ("ada", "bob"))
    planned = greeting()
    planning.plan(at=AT)
    answer(before, says=False, at=AT)
    writing.write_due(at=AT, seconds=60)
    answer(between, says=False, at=AT)

    delivery.send_batch(at=AT)

    assert occasions(member=before) == [("birthday:solar:2026", "email", "suppressed", "no_consent")]
    message = Message.objects.get()
    assert (message.state, message.error, message.consent) == ("suppressed", "no consent", None)
    assert mail.outbox == []
    assert planned.occasions.count() == 2


def test_children_get_no_marketing_and_who_left_gets_nothing(shop: Shop) -> None:
    child = willing(email="kid@example.com", **born(6, 1))
    gone = willing(email="bob@example.com", **born(6, 1))
    greeting()
    planning.plan(at=AT)
    enrolment.update(child, at=AT, birthday=birthdays.Birthday(6, 1, 2015))
    gone.status = "suspended"
    gone.save()

    writing.write_due(at=AT, seconds=60)

    assert occasions(member=child) == [("birthday:solar:2026", "email", "suppressed", "too_young")]
    assert occasions(member=gone) == [("birthday:solar:2026", "email", "suppressed", "left")]


def test_a_pause_holds_also_what_is_planned(shop: Shop) -> None:
    willing(email="ada@example.com", **born(6, 1))
    paused = greeting()
    planning.plan(at=AT)
    Greeting.objects.update(is_active=False)

    assert writing.write_due(at=AT, seconds=60) == 0
    Greeting.objects.filter(pk=paused.pk).update(is_active=True)
    assert writing.write_due(at=AT, seconds=60) == 1


def test_ten_times_yesterday_stops_until_somebody_looked(shop: Shop, monkeypatch: Any) -> None:
    monkeypatch.setattr(brake, "UNASKED", 2)
    for number in range(5):
        willing(email=f"m{number}@example.com", **born(6, 1))
    greeting()
    planning.plan(at=AT)

    assert writing.write_due(at=AT, seconds=60) == 2
    assert writing.write_due(at=AT, seconds=60) == 0
    assert brake.held(shop.programme, at=AT) == 3

    brake.release(shop.programme, actor=factories.staff(), at=AT)
    assert brake.held(shop.programme, at=AT) == 0
    assert writing.write_due(at=AT, seconds=60) == 3


def test_after_a_day_with_greetings_ten_times_as_many_may_go(shop: Shop, monkeypatch: Any) -> None:
    monkeypatch.setattr(brake, "UNASKED", 1)
    willing(email="ada@example.com", **born(5, 31))
    greeting()
    greet(AT - timedelta(days=1))

    assert brake.room(shop.programme, at=AT) == 10


def test_an_occasion_stays_what_it_became(shop: Shop) -> None:
    willing(email="ada@example.com", **born(6, 1))
    greeting()
    greet(AT)

    for change in ("update campaigns_occasion set state = 'planned'", "delete from campaigns_occasion"):
        with pytest.raises(IntegrityError, match="campaigns_occasion"), transaction.atomic():
            db.rows(change + " returning id")


@pytest.mark.parametrize("count", [1, 3])
def test_many_are_written_with_as_many_statements_as_one(
    shop: Shop, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for number in range(count):
        willing(email=f"m{number}@example.com", **born(6, 1))
    greeting(bonus_points=5)
    planning.plan(at=AT)

    # programme, expiry, a round for what no brake holds, the brake's 3, the slow; two rounds of savepoint, claim,
    # release, and in the first one what is asked again, balances, tiers, points, messages, results
    with django_assert_num_queries(32):
        assert writing.write_due(at=AT, seconds=60) == count
