"""The offers of these days that a member can still win, whatever the store."""

from dataclasses import dataclass
from datetime import date, datetime

from campaigns import offerbook, offers, sentences
from campaigns.matching import Standing
from campaigns.offerbook import Terms
from core import clock, words
from core.models import Programme

MOST = 4


@dataclass(frozen=True, slots=True)
class Offered:
    """An offer as members read it. `until`: its last day; None: no end is known yet."""

    title: str
    description: str
    conditions: str
    until: date | None


def now(member_id: int, tier: str, programme: Programme, *, at: datetime) -> list[Offered]:
    """What a member who holds TIER is offered now, soonest to end first. One query; none where nothing is on."""
    book, today = offerbook.offerbook(programme), clock.business_date(at, programme)
    found = [terms for terms in book.valid(at) if _is_for(terms, tier, today)]
    standing = offers.standing(member_id, [terms.offer_id for terms in found])
    left = [terms for terms in found if _can_be_won(terms, standing)]
    left.sort(key=lambda terms: (terms.ends_on or date.max, terms.code))
    return [_offered(terms, book.names, programme.currency) for terms in left[:MOST]]


def _is_for(terms: Terms, tier: str, today: date) -> bool:
    return (
        terms.begins_on <= today
        and (terms.ends_on is None or today <= terms.ends_on)
        and (not terms.tiers or tier in terms.tiers)
    )


def _can_be_won(terms: Terms, standing: Standing) -> bool:
    """Whether the member may have it once more, and there is something left of it."""
    left = standing.left.get(terms.offer_id)
    return (terms.per_member is None or standing.had.get(terms.offer_id, 0) < terms.per_member) and (
        left is None or left >= (terms.points or 1)
    )


def _offered(terms: Terms, names: offerbook.Names, currency: str) -> Offered:
    conditions = sentences.conditions(
        terms,
        currency=currency,
        categories=offerbook.ordered(terms.categories, names.categories),
        stores=offerbook.ordered(terms.stores, names.stores),
    )
    return Offered(words.in_language(terms.title), words.in_language(terms.description), conditions, terms.ends_on)
