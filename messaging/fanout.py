"""What events are told to members, and how: the table is TOLD. Events become messages, each once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction

from core import feed
from core.feed import Fact
from messaging import outbox
from messaging.outbox import Draft
from messaging.queries import Contact, contacts

READER = "messaging"
BATCH = 500
# History that is posted later (an import, the demo, a till that was off for a week) is no news.
NEWS_FOR = timedelta(days=3)


class Telling(NamedTuple):
    """How a kind of event is told: the kind of message, the words the event adds, and whether it is news at all."""

    kind: str
    words: Callable[[Fact, str], dict[str, Any]] = lambda fact, language: {}
    is_news: Callable[[Fact], bool] = lambda fact: True


def _tier(fact: Fact, language: str) -> dict[str, Any]:
    """The tier's name as it was then, in the member's language."""
    names = fact.payload["words"]
    return {"tier": names.get(language) or next(iter(names.values()))}


def _joined(fact: Fact) -> bool:
    """Not so for members who were brought along by a file: they have been members for long."""
    return fact.payload.get("via") != "file"


def _moved(fact: Fact) -> bool:
    """Not so for tiers that were brought along at the opening."""
    return fact.payload.get("cause") != "opening"


TOLD = {
    "member.enrolled": Telling("welcome", is_news=_joined),
    "tier.raised": Telling("tier_raised", _tier, _moved),
    "tier.lowered": Telling("tier_lowered", _tier, _moved),
}


def read(*, at: datetime, limit: int = BATCH) -> int:
    """Make messages of the next events, in one transaction with how far we have read; answer how many were read."""
    with transaction.atomic():
        facts = feed.take(READER, limit=limit)
        news = [fact for fact in facts if _is_news(fact, at)]
        reached = contacts({fact.member_id for fact in news if fact.member_id}, at=at) if news else {}
        drafts = [_draft(fact, reached[fact.member_id]) for fact in news if fact.member_id in reached]
        outbox.queue(drafts, at=at)
    return len(facts)


def _is_news(fact: Fact, at: datetime) -> bool:
    telling = TOLD.get(fact.kind)
    return telling is not None and fact.occurred_at > at - NEWS_FOR and telling.is_news(fact)


def _draft(fact: Fact, contact: Contact) -> Draft:
    telling = TOLD[fact.kind]
    words = telling.words(fact, contact.language)
    return outbox.to(contact, telling.kind, reference=f"event:{fact.id}", words=words)
