"""The context that a purchase is priced in: rules, tier, dates; kept with it, so that a return is priced the same."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from core.models import Programme
from points import earning, terms
from points.earning import Context, Goods, Quote
from points.rules import Rule, Rulebook
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


def kept(context: Context) -> dict[str, Any]:
    """CONTEXT as it is kept with the settlement."""
    return {
        "rules": [[rule.code, rule.version] for rule in context.rules],
        "multiplier": str(context.multiplier),
        "tier": dict(context.tier_names),
        "currency": context.currency,
    }


def as_sold(book: Rulebook, programme: Programme, stored: Mapping[str, Any], occurred_at: datetime) -> Context:
    """The context of a past sale, from what was kept. Its dates matter no more: returns grant nothing."""
    rules: list[Rule] = [book.version(code, number) for code, number in stored["rules"]]
    types: Iterable[int] = {rule.point_type_id for rule in rules}
    return Context(
        rules=rules,
        multiplier=Decimal(stored["multiplier"]),
        tier_names=stored["tier"],
        currency=stored["currency"],
        dates=_dates(book, programme, types, occurred_at, occurred_at),
    )


def quote(goods: Sequence[tuple[str, Decimal]], context: Context, book: Rulebook) -> Quote:
    """What goods (category, amount paid) earn in CONTEXT."""
    main = book.main.pk if book.main else 0
    return earning.quote([Goods(category, amount) for category, amount in goods], context, main=main)


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
