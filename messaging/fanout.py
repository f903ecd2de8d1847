"""What events are told to members, and how: the table is TOLD. Events become messages, each once.

Staff are told of one thing, that a factor of theirs changed.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction

from access.models import User
from core import feed
from core.models import Event
from messaging import outbox
from messaging.models import Message
from messaging.outbox import Draft
from messaging.queries import Contact, contacts

READER = "messaging"
FACTOR_CHANGED = "staff.factor_changed"
BATCH = 500
# History that is posted later (an import, the demo, a till that was off for a week) is no news.
NEWS_FOR = timedelta(days=3)


class Telling(NamedTuple):
    """How a kind of event is told: the kind of message, the words the event adds, and whether it is news at all.

    What is pleasant to know but asks for nothing goes to the inbox only, which disturbs nobody.
    """

    kind: str
    words: Callable[[Event, str], dict[str, Any]] = lambda event, language: {}
    is_news: Callable[[Event], bool] = lambda event: True
    goes_to_inbox: bool = False


def _tier(event: Event, language: str) -> dict[str, Any]:
    """The tier's name as it was then, in the member's language, and why it changed."""
    names = event.payload["words"]
    return {"tier": names.get(language) or names["en"], "cause": event.payload.get("cause", "")}


def _challenge(event: Event, language: str) -> dict[str, Any]:
    """Which one it was and what it gave, in the member's language."""
    given = {name: event.payload[name] or {} for name in ("words", "voucher", "badge")}
    said = {name: words.get(language) or words.get("en", "") for name, words in given.items()}
    return {"challenge": said.pop("words"), **said, "points": event.payload["points"]}


def _device(event: Event, _language: str) -> dict[str, Any]:
    """On which device, as people know it."""
    return {"device": event.payload["device"]}


def _referral(event: Event, language: str) -> dict[str, Any]:
    """How many points came, and to which of the two; with those of milestones, and for how many friends these are."""
    told = event.payload
    milestones = told["milestones"]
    return {
        "is_friend": told["as"] == "friend",
        "points": told["points"] + sum(each["points"] for each in milestones),
        "friend_got_points": bool(told.get("friend_points")),  # not in events from before it was told
        "unit": told["unit"].get(language) or told["unit"]["en"],
        "friends": max((each["friends"] for each in milestones), default=0),
    }


def _joined(event: Event) -> bool:
    """Not so for members who were brought along by a file: they have been members for long."""
    return bool(event.payload.get("via") != "file")


def _moved(event: Event) -> bool:
    """Not so for tiers that were brought along at the opening."""
    return bool(event.payload.get("cause") != "opening")


TOLD = {
    "member.enrolled": Telling("welcome", is_news=_joined),
    "member.passkey_added": Telling("passkey_added", _device),
    "member.passkey_removed": Telling("passkey_removed", _device),
    "referral.joined": Telling("referral_joined"),
    "referral.rewarded": Telling("referral_rewarded", _referral),
    "tier.raised": Telling("tier_raised", _tier, _moved),
    "challenge.completed": Telling("challenge_completed", _challenge, goes_to_inbox=True),
    "tier.lowered": Telling("tier_lowered", _tier, _moved),
}


def read(*, at: datetime, limit: int = BATCH) -> int:
    """Make messages of the next events, in one transaction with how far we have read; answer how many were read."""
    with transaction.atomic():
        found = feed.take(READER, limit=limit)
        news = [event for event in found if _is_news(event, at)]
        reached = contacts({event.member_id for event in news if event.member_id}, at=at) if news else {}
        drafts = [_draft(event, reached[event.member_id]) for event in news if event.member_id in reached]
        outbox.queue(drafts + _to_staff(found, at), at=at)
    return len(found)


def _to_staff(found: Sequence[Event], at: datetime) -> list[Draft]:
    """What staff are written about themselves, by e-mail, in the language in which it was done."""
    changes = [event for event in found if event.kind == FACTOR_CHANGED and event.occurred_at > at - NEWS_FOR]
    concerned = {event.payload["user"] for event in changes}
    users = User.objects.filter(is_staff=True).exclude(email="").in_bulk(concerned) if concerned else {}
    return [
        Draft(
            kind="factor_changed",
            reference=f"event:{event.id}:email",
            channel=Message.Channel.EMAIL,
            address=user.email,
            language=event.payload["language"],
            words={"name": user.get_full_name(), "user": user.get_username(), "change": event.payload["change"]},
        )
        for event in changes
        if (user := users.get(event.payload["user"]))
    ]


def _is_news(event: Event, at: datetime) -> bool:
    telling = TOLD.get(event.kind)
    return telling is not None and event.occurred_at > at - NEWS_FOR and telling.is_news(event)


def _draft(event: Event, contact: Contact) -> Draft:
    telling = TOLD[event.kind]
    words = telling.words(event, contact.language)
    if telling.goes_to_inbox:
        contact = contact.in_inbox()
    return outbox.to(contact, telling.kind, reference=f"event:{event.id}", words=words)
