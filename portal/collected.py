"""Stamp cards, challenges and badges as a member sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, Max

from campaigns import challenge_words, challenges, progress
from campaigns.models import Challenge, Completion
from campaigns.offerbook import Names
from campaigns.progress import Progress
from core import clock, words
from core.models import Programme

PER_CENT = 100
# So many stamps are drawn one by one; a longer card is a bar.
MOST_DRAWN = 20
ON_HOME = 2


@dataclass(frozen=True, slots=True)
class Card:
    """A challenge with how far the member is. `stamps`: for each place of a stamp card whether it is stamped, or none.

    `behind`: so much came back of rounds that were completed, and comes first now.
    """

    challenge: Challenge
    title: str
    description: str
    task: str
    gift: str
    how_far: str
    per_cent: int
    stamps: Sequence[bool]
    is_full: bool
    is_over: bool
    rounds: int
    behind: Decimal
    until: date | None


@dataclass(frozen=True, slots=True)
class Badge:
    """A badge that the member has, how often, and since when the latest."""

    title: str
    picture: str
    times: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Collected:
    """The page of stamp cards: what goes on, and the badges."""

    cards: Sequence[Card]
    badges: Sequence[Badge]


def of(member_id: int, programme: Programme, *, at: datetime) -> Collected:
    """All that is on for the member, and their badges. Two queries, three where products are named."""
    return Collected(_cards(member_id, programme, at), _badges(member_id, programme))


def teaser(member_id: int, programme: Programme, *, at: datetime) -> Sequence[Card]:
    """What the home page shows: the nearest to be full, of those that can still be completed. None: no query."""
    cards = [card for card in _cards(member_id, programme, at) if not card.is_over]
    return sorted(cards, key=lambda card: -card.per_cent)[:ON_HOME]


def _cards(member_id: int, programme: Programme, at: datetime) -> list[Card]:
    today = clock.business_date(at, programme)
    live = challenges.live(programme, today)
    if not live:
        return []
    names = challenges.names(live, programme)
    return [_card(each, names, programme.currency) for each in progress.of([member_id], live, today=today)]


def _card(each: Progress, names: Names, currency: str) -> Card:
    challenge = each.challenge
    is_drawn = challenge.kind == Challenge.Kind.STAMPS and challenge.goal <= MOST_DRAWN and not each.is_over
    return Card(
        challenge=challenge,
        title=challenge_words.title(challenge),
        description=words.in_language(challenges.texts(challenge, "description")),
        task=challenge_words.task(challenge, names, currency),
        gift=challenge_words.given(challenge),
        how_far=challenge_words.how_far(each, currency),
        per_cent=PER_CENT if each.is_over else int(each.reached * PER_CENT / each.goal),
        stamps=[place < each.reached for place in range(int(challenge.goal))] if is_drawn else [],
        is_full=each.due > 0,
        is_over=each.is_over,
        rounds=each.rounds,
        behind=max(each.missing - each.goal, Decimal(0)),
        until=challenge.ends_on,
    )


def _badges(member_id: int, programme: Programme) -> list[Badge]:
    given = {one.pk: one for one in challenges.started(programme) if one.badge}
    if not given:
        return []
    found = Completion.objects.filter(member=member_id, challenge__in=given).values("challenge")
    return [
        Badge(challenge_words.badge(challenge), challenge.badge, row["times"], row["latest"])
        for row in found.annotate(times=Count("pk"), latest=Max("completed_at")).order_by("-latest")
        if (challenge := given[row["challenge"]])
    ]
