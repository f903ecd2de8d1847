"""Greetings and the members who get them, in as few words as a story needs."""

from datetime import UTC, datetime
from typing import Any

from campaigns import audiences, planning, writing
from campaigns.models import Greeting, Occasion, Segment
from members import consent
from members.models import Member
from messaging import delivery
from messaging.models import Message
from tests import factories

JOINED_AT = datetime(2025, 1, 1, tzinfo=UTC)


def greeting(kind: str = "birthday", **changes: Any) -> Greeting:
    """A greeting in both languages, on, at nine in the morning, by whatever channel reaches the member."""
    values: dict[str, Any] = {
        "name": kind,
        "is_active": True,
        "subject_en": "For you, {name|friend}",
        "subject_zh_hans": "{name|亲爱的会员}，祝福您",
        "body_en": "Dear {name|friend}, all the best from {programme}.",
        "body_zh_hans": "{name|亲爱的会员}，{programme}祝您一切顺利。",
        "sms_en": "All the best, {name|friend}!",
        "sms_zh_hans": "祝{name|您}一切顺利！",
    }
    return Greeting.objects.create(kind=kind, **values | changes)


def willing(channel: str = "email", *, says: bool = True, source: str = "portal", **changes: Any) -> Member:
    """A member who said yes to marketing over CHANNEL, or no."""
    found = factories.member(**changes)
    answer(found, channel, says=says, source=source)
    return found


def answer(
    member: Member, channel: str = "email", *, says: bool, source: str = "portal", at: datetime = JOINED_AT
) -> None:
    """What a member says about marketing over a channel."""
    say = consent.give if says else consent.withdraw
    say(member, channel, "marketing", source=source, at=at)


def born(month: int, day: int, calendar: str = "solar", *, leap: bool = False) -> dict[str, Any]:
    """The columns of a birthday without its year."""
    return {"birth_month": month, "birth_day": day, "birth_calendar": calendar, "birth_is_leap_month": leap}


def greet(at: datetime) -> int:
    """One tick of the clock: plan, write, send; answer how many messages were dealt with."""
    planning.plan(at=at)
    writing.write_due(at=at, seconds=60)
    sent = 0
    while done := delivery.send_batch(at=at):
        sent += done
    return sent


def occasions(**wanted: Any) -> list[tuple[str, str, str, str]]:
    """Key, channel, state and reason of all occasions, first to last."""
    found = Occasion.objects.filter(**wanted).order_by("id")
    return list(found.values_list("key", "channel", "state", "reason"))


def messages() -> list[tuple[str, str, str]]:
    """Channel, state and subject of all messages, first to last."""
    return list(Message.objects.order_by("id").values_list("channel", "state", "subject"))


def segment(conditions: Any, code: str = "segment", *, at: datetime) -> Segment:
    """A segment by CONDITIONS, saved, with its members in it."""
    made = Segment(code=code, name=code, conditions=conditions)
    audiences.save(made, at=at)
    return made
