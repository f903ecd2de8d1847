"""From a sale to what it leaves: priced, booked, counted towards tiers, won by offers, told."""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from typing import Any

from campaigns.matching import Missed, Standing, Won
from campaigns.offerbook import Terms
from core import db
from core.models import Programme
from points import rules
from points.earning import Quote
from points.ledger import Accrual, Booking, Grant, Opened
from pos import pricing
from pos.receipts import Receipt
from tiers.models import TierChange
from tiers.qualification import Held, Qualifying

# Columns of what the SQL functions answer, in the order of what is made of them.
BOOKED = tuple(one.name for one in fields(Booking))
HELD = ("tier_id", "code", "rank", "multiplier", "since_on", "lapses_on", "valid_until")
POST = "select * from pos_post(%s::jsonb, %s::jsonb, %s::jsonb, %s::jsonb, %s::jsonb)"
NOTHING_WON = Standing()


@dataclass(slots=True)
class Recorded:
    """A receipt as recorded. `is_repeat`: it was known, nothing was written; `is_conflict`: with other contents.

    `member_number` stands where the till named the member by what they are known by.
    Of a fresh purchase with member: what was booked, the accounts as they stand, and the tier held after it; and the
    offers of its day that did not apply.
    """

    purchase_id: int
    uuid: uuid.UUID
    claim_code: str
    member_id: int | None
    amount: Decimal
    is_repeat: bool
    is_conflict: bool = False
    member_number: str = ""
    missed: Sequence[Missed] = ()
    quote: Quote = field(default_factory=Quote)
    bookings: dict[int, Booking] = field(default_factory=dict)
    accounts: dict[int, Opened] = field(default_factory=dict)
    held: Held | None = None


@dataclass(frozen=True, slots=True)
class Sale:
    """A receipt of a member on its way through the ledger: what the member has and holds, and the goods that count.

    Accounts are by point type, opened in this transaction; goods are (category, amount paid). OFFERS are what there is
    to win there and then, and STANDING is how the member and the budgets stand with them.
    """

    receipt: Receipt
    member_id: int
    recorded: Recorded
    goods: Sequence[tuple[str, Decimal]]
    accounts: Mapping[int, Opened]
    held: Held
    offers: Sequence[Terms] = ()
    standing: Standing = NOTHING_WON


def settle(
    sales: Sequence[Sale], *, programme: Programme, actor: str, tell: Callable[[], list[dict[str, Any]]]
) -> None:
    """Quote, accrue and qualify sales of distinct members, keep how they were priced, and tell it: one statement.

    Fills each sale's answer. TELL is asked for the facts once the quotes are known. Where a budget has less than was
    thought, nothing was written, and all are priced again by what it has, which is theirs from then on.
    """
    left: dict[int, int] = {}
    for sale in sales:
        left |= sale.standing.left
    while True:
        batch = _batch(sales, left, programme=programme, actor=actor)
        rows = db.rows(POST, [db.as_json(part) for part in (*batch[:3], tell(), batch[3])])
        short = rows[0]["short"] if rows else None
        if not short:
            break
        left |= {int(offer): points for offer, points in short.items()}
    _fill(sales, rows)


def _batch(
    sales: Sequence[Sale], left: Mapping[int, int], *, programme: Programme, actor: str
) -> tuple[list[dict[str, Any]], ...]:
    """Accruals, days that count towards tiers, settlements and awards of sales, in this order, within budgets."""
    book, room = rules.rulebook(programme), dict(left)
    accruals: list[dict[str, Any]] = []
    settlements: list[dict[str, Any]] = []
    awards: list[dict[str, Any]] = []
    for sale in sales:
        receipt, quoted = sale.receipt, sale.recorded
        context = pricing.at_sale(book, programme, sale.held, occurred_at=receipt.occurred_at, at=receipt.at)
        matched = pricing.match(sale.goods, sale.offers, context, book, sale.held, Standing(sale.standing.had, room))
        context = replace(context, bonuses=matched.bonuses)
        quoted.quote, quoted.missed = pricing.quote(sale.goods, context, book), matched.missed
        for won in matched.won:
            if won.terms.offer_id in room:
                room[won.terms.offer_id] -= won.points
            awards.append(_award(sale, won))
        kept = pricing.kept(context, matched.missed)
        for point_type, account in sale.accounts.items():
            grants = quoted.quote.grants.get(point_type)
            if grants:
                accruals.append(_accrual(sale, account, grants, actor).as_row())
            settlements.append(
                {
                    "purchase": quoted.purchase_id,
                    "member": sale.member_id,
                    "point_type": point_type,
                    "accrual": len(accruals) if grants else None,
                    "context": kept,
                }
            )
    return accruals, [_qualifying(sale).as_row() for sale in sales], settlements, awards


def _award(sale: Sale, won: Won) -> dict[str, Any]:
    return {
        "offer": won.terms.offer_id,
        "version": won.terms.version,
        "member": sale.member_id,
        "number": won.number,
        "purchase": sale.recorded.purchase_id,
        "points": won.points,
        "at": sale.receipt.at,
    }


def _fill(sales: Sequence[Sale], rows: Iterable[Mapping[str, Any]]) -> None:
    """What pos_post answers, in the sales' answers."""
    by_member = {sale.member_id: sale.recorded for sale in sales}
    for row in rows:
        recorded = by_member[row["member_id"]]
        recorded.held = Held(*(row[name] for name in ("member_id", *HELD, "next_code", "missing")))
        if row["posting_id"] is not None:
            recorded.bookings[row["point_type_id"]] = Booking(**{name: row[name] for name in BOOKED})


def _accrual(sale: Sale, account: Opened, grants: Sequence[Grant], actor: str) -> Accrual:
    receipt = sale.receipt
    return Accrual(account.account_id, receipt.reference, grants, receipt.occurred_at, receipt.at, actor)


def _qualifying(sale: Sale) -> Qualifying:
    return Qualifying(
        member_id=sale.member_id,
        day=sale.receipt.business_on,
        amount=sale.recorded.quote.qualifying_amount,
        points=sale.recorded.quote.qualifying_points,
        purchases=1 if sale.goods else 0,
        at=sale.receipt.at,
        cause=TierChange.Cause.PURCHASE,
        reference=sale.receipt.reference,
    )
