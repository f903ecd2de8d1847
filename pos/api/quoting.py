"""A basket as tills send it to be priced, and what they are told of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core import money
from core.errors import LoyaltyError
from core.models import Programme
from members.identity import Found
from points import rules, terms
from pos.api import answers, bodies
from pos.api.reading import Errors, Fields
from pos.queries import Earned
from pos.quotes import Priced, Quoted, Taken
from pos.receipts import Line
from rewards import codes

BASKET = frozenset({"currency", "member", "lines", "vouchers"})
MOST_VOUCHERS = 10
LONGEST_CODE = 40


@dataclass(frozen=True, slots=True)
class Basket:
    """Goods that somebody may buy. `member`: by what they are known, None for somebody who is no member."""

    lines: tuple[Line, ...]
    member: dict[str, str] | None
    vouchers: tuple[str, ...]


def basket(body: Any, programme: Programme) -> Basket:
    """A basket. Raises InvalidBody."""
    errors = Errors()
    fields = Fields(body, BASKET, errors)
    bodies.currency(fields, programme)
    places = money.places(programme.currency)
    given = fields.texts("vouchers", LONGEST_CODE, MOST_VOUCHERS) if "vouchers" in fields else []
    found = Basket(
        lines=tuple(bodies.line(line, places) for line in fields.each("lines", bodies.LINE, bodies.MOST_LINES)),
        member=bodies.identifier(fields.inner("member", bodies.IDENTIFIERS)) if "member" in fields else None,
        vouchers=tuple(given),
    )
    plain = [codes.plain(code) for code in found.vouchers]
    for position, code in enumerate(plain):
        if code in plain[:position]:
            errors.add(f"/vouchers/{position}", "twice")
    errors.raise_any()
    return found


def told(priced: Priced, quoted: Quoted, member: Found | None, programme: Programme) -> dict[str, Any]:
    """What the basket would earn, what it would cost, and how the member stands and would stand."""
    currency, main = programme.currency, rules.rulebook(programme).main
    available = quoted.balance.available
    return {
        "currency": currency,
        "total": answers.amount(priced.total, currency),
        "to_pay": answers.amount(priced.to_pay, currency),
        "lines": [
            {"line": place, "amount": answers.amount(line.amount, currency)}
            for place, line in enumerate(priced.lines, start=1)
        ],
        "vouchers": [_taken(each, currency) for each in priced.vouchers],
        "member": {"number": member.number} if member else None,
        "points": quoted.points,
        "earned": answers.earned(_earned(quoted), programme),
        "missed_offers": answers.missed_offers(quoted.missed, programme),
        "balance": answers.balance(quoted.balance) if member else None,
        "worth": answers.amount(terms.worth(main, available, programme), currency) if member and main else None,
        "tier": answers.tier(quoted.progress.held, programme) if member else None,
        "rises_to": _tier(quoted.rises_to) if member else None,
        "next_tier": _next(quoted) if member else None,
    }


def _taken(voucher: Taken, currency: str) -> dict[str, Any]:
    found = voucher.voucher
    return {
        "code": voucher.given,
        "applies": voucher.refusal is None,
        "takes_off": answers.amount(voucher.off, currency),
        "reward": found.reward.code if found else None,
        "name": answers.words(found.names) if found else None,
        "kind": found.kind if found else None,
        "problem": _problem(voucher.refusal) if voucher.refusal else None,
    }


def _problem(refusal: LoyaltyError) -> dict[str, str]:
    return {"code": refusal.code, "detail": str(refusal)}


def _earned(quoted: Quoted) -> list[Earned]:
    return [answers.granted(point_type, grants) for point_type, grants in sorted(quoted.quote.grants.items())]


def _tier(tier: Any) -> Mapping[str, str] | None:
    return {"code": tier.code, "name": tier.name} if tier else None


def _next(quoted: Quoted) -> dict[str, Any] | None:
    if quoted.next_tier is None:
        return None
    missing = answers.plain(max(quoted.missing, Decimal(0)))
    return {**(_tier(quoted.next_tier) or {}), "missing": missing, "basis": quoted.progress.basis}
