"""The context that a purchase is priced in: rules, tier, dates, offers; kept with it, so that a return is priced so."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from campaigns import matching
from campaigns.matching import Matched, Missed, Standing, Why
from campaigns.offerbook import OFFER, Terms, Visit, offerbook
from core.models import Programme
from points import earning, rules, terms
from points.earning import Context, Goods, Quote
from points.rules import Rule, Rulebook
from pos import queries
from tiers import ladder
from tiers.qualification import Held


def point_types(book: Rulebook, occurred_at: datetime) -> list[int]:
    """The point types that a purchase of that moment may earn, and the main one, which answers with its balance."""
    types = {rule.point_type_id for rule in book.valid(occurred_at)}
    if book.main:
        types.add(book.main.pk)
    return sorted(types)


def at_sale(book: Rulebook, programme: Programme, held: Held, *, occurred_at: datetime, at: datetime) -> Context:
    """The context of a sale of that moment, booked at AT, for a member who holds HELD."""
    return Context(
        rules=book.valid(occurred_at),
        multiplier=held.multiplier,
        tier_names=ladder.names(programme)[held.tier_id],
        currency=programme.currency,
        dates=_dates(book, programme, point_types(book, occurred_at), occurred_at, at),
    )


def on_offer(programme: Programme, visit: Visit) -> list[Terms]:
    """What there is to win there and then; nothing where there are no points to be given. No query."""
    return offerbook(programme).on_offer(visit, programme) if rules.rulebook(programme).main else []


def match(
    goods: Sequence[tuple[str, Decimal]],
    offers: Sequence[Terms],
    context: Context,
    book: Rulebook,
    held: Held,
    standing: Standing,
) -> Matched:
    """Which of OFFERS the goods win in CONTEXT, and which not and why."""
    return matching.match(
        [Goods(category, amount) for category, amount in goods],
        offers,
        rules=context.rules,
        point_type_id=book.main.pk if book.main else 0,
        tier=held.code,
        standing=standing,
    )


def kept(context: Context, missed: Sequence[Missed] = ()) -> dict[str, Any]:
    """CONTEXT as it is kept with the settlement, and the offers that did not apply."""
    return {
        **({"offers": [[b.code, b.version, b.point_type_id] for b in context.bonuses]} if context.bonuses else {}),
        **({"missed": [[m.terms.code, m.terms.version, m.why, str(m.missing)] for m in missed]} if missed else {}),
        "rules": [[rule.code, rule.version] for rule in context.rules],
        "multiplier": str(context.multiplier),
        "tier": dict(context.tier_names),
        "currency": context.currency,
    }


def as_sold(book: Rulebook, programme: Programme, stored: Mapping[str, Any], occurred_at: datetime) -> Context:
    """The context of a past sale, from what was kept. Its dates matter no more: returns grant nothing."""
    priced_by: list[Rule] = [book.version(code, number) for code, number in stored["rules"]]
    bonuses = [
        offerbook(programme).version(code.removeprefix(OFFER), number).bonus(point_type)
        for code, number, point_type in stored.get("offers", ())
    ]
    types: Iterable[int] = {rule.point_type_id for rule in priced_by} | {bonus.point_type_id for bonus in bonuses}
    return Context(
        rules=priced_by,
        multiplier=Decimal(stored["multiplier"]),
        tier_names=stored["tier"],
        currency=stored["currency"],
        dates=_dates(book, programme, types, occurred_at, occurred_at),
        bonuses=bonuses,
    )


def missed(programme: Programme, purchase_id: int) -> list[Missed]:
    """The offers that did not apply to a past sale, from what was kept. One query; none where there never were any."""
    book = offerbook(programme)
    stored = {} if book.is_empty else queries.priced_by(purchase_id)
    return [
        Missed(book.version(code, number), Why(why), Decimal(missing))
        for code, number, why, missing in stored.get("missed", ())
    ]


def quote(goods: Sequence[tuple[str, Decimal]], context: Context, book: Rulebook) -> Quote:
    """What goods (category, amount paid) earn in CONTEXT."""
    main = book.main.pk if book.main else 0
    return earning.quote([Goods(category, amount) for category, amount in goods], context, main=main)


def lost(context: Context, before: Quote, after: Quote) -> dict[str, int]:
    """By offer's code, what AFTER has less of it than BEFORE, both quoted in CONTEXT."""
    found = {}
    for bonus in context.bonuses:
        given, kept = (
            sum(grant.points for grant in quoted.grants.get(bonus.point_type_id, ()) if grant.rule == bonus.code)
            for quoted in (before, after)
        )
        if given > kept:
            found[bonus.code.removeprefix(OFFER)] = given - kept
    return found


def _dates(
    book: Rulebook, programme: Programme, types: Iterable[int], occurred_at: datetime, at: datetime
) -> dict[int, tuple[datetime, datetime | None]]:
    moment = min(occurred_at, at)  # a till whose clock is ahead must not make points wait for it
    return {
        pk: (
            terms.available_at(book.point_types[pk], moment, programme),
            terms.expires_at(book.point_types[pk], occurred_at, at, programme),
        )
        for pk in types
    }
