"""Recording purchases: from the till's receipt to the points in the ledger, in the caller's transaction.

Set-based: one sale is a batch of one. Order of locks: receipts, then accounts by id. A batch takes them wave by wave:
where several of its receipts are of one member, it may meet another batch in a deadlock, and is tried again by its
caller, or takes its locks beforehand.
"""

import uuid
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from core import db, events
from core.errors import LoyaltyError
from core.models import Programme
from points import ledger, rules
from points.earning import Quote
from points.ledger import Accrual, Booking, Grant, Opened
from points.rules import Rulebook
from pos import pricing
from pos.receipts import Receipt, new_claim_code, waves
from tiers import qualification
from tiers.models import TierChange
from tiers.qualification import Held, Qualifying


class ReceiptConflict(LoyaltyError):
    """The receipt is recorded already, with other contents."""

    code = "receipt_conflict"
    sentence = _("Receipt %(number)s is recorded already, with other contents.")


@dataclass(slots=True)
class Recorded:
    """A receipt as recorded. `is_repeat`: it was known, nothing was written; `is_conflict`: with other contents.

    Of a fresh purchase with member: what was booked, the accounts as they stand, and the tier held after it.
    """

    purchase_id: int
    uuid: uuid.UUID
    claim_code: str
    member_id: int | None
    amount: Decimal
    is_repeat: bool
    is_conflict: bool = False
    quote: Quote = field(default_factory=Quote)
    bookings: dict[int, Booking] = field(default_factory=dict)
    accounts: dict[int, Opened] = field(default_factory=dict)
    held: Held | None = None


@dataclass(frozen=True, slots=True)
class Sale:
    """A receipt of a member on its way through the ledger, with the goods that count: (category, amount paid)."""

    receipt: Receipt
    member_id: int
    recorded: Recorded
    goods: Sequence[tuple[str, Decimal]]


def record(receipts: Sequence[Receipt], *, programme: Programme, actor: str) -> list[Recorded]:
    """Record receipts, each once, with what its member earns. Answers in the order given.

    The basket earns at the tier held before it; a tier it reaches counts from the next. A receipt that is known
    answers as a repeat, or as a conflict when its contents differ; both change nothing. The members must be active:
    callers check. Several receipts of one member are booked one after another.
    """
    results: dict[int, Recorded] = {}
    for wave in waves(range(len(receipts)), lambda place: _keys(receipts[place])):
        found = _record([receipts[place] for place in wave], programme, actor)
        results.update(zip(wave, found, strict=True))
    return [results[place] for place in sorted(results)]


def _keys(receipt: Receipt) -> tuple[Hashable, Hashable]:
    return receipt.key, receipt.member_id and ("member", receipt.member_id)


def record_one(receipt: Receipt, *, programme: Programme, actor: str) -> Recorded:
    """Record one receipt. Raises ReceiptConflict when it is known with other contents."""
    (recorded,) = record([receipt], programme=programme, actor=actor)
    if recorded.is_conflict:
        raise ReceiptConflict(number=receipt.number)
    return recorded


def _record(receipts: Sequence[Receipt], programme: Programme, actor: str) -> list[Recorded]:
    """One wave: no two receipts of one member."""
    results, categories = _claim(receipts)
    sales = [
        Sale(receipt, receipt.member_id, recorded, _goods(receipt, categories[place]))
        for place, (receipt, recorded) in enumerate(zip(receipts, results, strict=True))
        if not recorded.is_repeat and receipt.member_id is not None
    ]
    fresh = [(receipt, recorded) for receipt, recorded in zip(receipts, results, strict=True) if not recorded.is_repeat]
    if fresh:
        settle(
            sales,
            programme=programme,
            actor=actor,
            tell=lambda: [fact(*pair, "purchase.recorded") for pair in fresh],
        )
    return results


def _goods(receipt: Receipt, categories: Sequence[str]) -> list[tuple[str, Decimal]]:
    return [(category, line.amount) for category, line in zip(categories, receipt.lines, strict=True)]


def _claim(receipts: Sequence[Receipt]) -> tuple[list[Recorded], list[list[str]]]:
    """Write the purchases that are not known yet; answer all, and the categories of the fresh ones' lines."""
    hashes = [receipt.content_hash() for receipt in receipts]
    batch = [_row(receipt, digest) for receipt, digest in zip(receipts, hashes, strict=True)]
    results, categories = [], []
    rows = db.rows("select * from pos_claim(%s::jsonb)", [db.as_json(batch)])
    for row, receipt, digest in zip(rows, receipts, hashes, strict=True):
        results.append(
            Recorded(
                row["purchase_id"],
                row["uuid"],
                row["claim_code"],
                row["member_id"],
                receipt.amount,
                is_repeat=not row["is_new"],
                is_conflict=row["content_hash"] != digest,
            )
        )
        categories.append(row["categories"] or [])
    return results, categories


def _row(receipt: Receipt, digest: str) -> dict[str, Any]:
    return {
        "uuid": str(uuid.uuid4()),
        "store": receipt.store_id,
        "terminal": receipt.terminal_id,
        "business_on": receipt.business_on,
        "number": receipt.number,
        "member": receipt.member_id,
        "amount": str(receipt.amount),
        "currency": receipt.currency,
        "channel": receipt.channel,
        "cashier": receipt.cashier,
        "claim_code": new_claim_code(),
        "content_hash": digest,
        "occurred_at": receipt.occurred_at,
        "recorded_at": receipt.at,
        "lines": [
            {
                "position": position,
                "sku": line.sku,
                "name": line.name,
                "category": line.category,
                "quantity": str(line.quantity),
                "amount": str(line.amount),
            }
            for position, line in enumerate(receipt.lines, start=1)
        ],
    }


def settle(
    sales: Sequence[Sale], *, programme: Programme, actor: str, tell: Callable[[], list[dict[str, Any]]]
) -> None:
    """Quote, accrue and qualify sales of distinct members, keep how they were priced, and tell it.

    Fills each sale's answer. TELL is asked for the facts once the answers are known.
    """
    settlements = _book(sales, rules.rulebook(programme), programme, actor) if sales else []
    db.value("select pos_settle(%s::jsonb, %s::jsonb)", [db.as_json(settlements), db.as_json(tell())])


def _book(sales: Sequence[Sale], book: Rulebook, programme: Programme, actor: str) -> list[dict[str, Any]]:
    wanted = [(s.member_id, t, s.receipt.at) for s in sales for t in pricing.point_types(book, s.receipt.occurred_at)]
    opened = ledger.open_accounts(wanted)
    held = qualification.standings([s.member_id for s in sales], [s.receipt.at for s in sales])
    accruals: list[tuple[Recorded, int, Accrual]] = []
    contexts = []
    for sale in sales:
        receipt, recorded = sale.receipt, sale.recorded
        context = pricing.at_sale(book, programme, held[sale.member_id], occurred_at=receipt.occurred_at, at=receipt.at)
        contexts.append(pricing.kept(context))
        recorded.quote = pricing.quote(sale.goods, context, book)
        recorded.accounts = {t: opened[sale.member_id, t] for t in pricing.point_types(book, receipt.occurred_at)}
        accruals += [
            (recorded, t, _accrual(sale, recorded.accounts[t], grants, actor))
            for t, grants in recorded.quote.grants.items()
        ]
    bookings = ledger.accrue([accrual for _recorded, _type, accrual in accruals])
    for (recorded, point_type, _booked), booking in zip(accruals, bookings, strict=True):
        recorded.bookings[point_type] = booking
    after = qualification.record([_qualifying(sale) for sale in sales])
    for sale in sales:
        sale.recorded.held = after[sale.member_id]
    return [
        {
            "purchase": sale.recorded.purchase_id,
            "point_type": point_type,
            "posting": sale.recorded.bookings[point_type].posting_id if point_type in sale.recorded.bookings else None,
            "context": context,
        }
        for sale, context in zip(sales, contexts, strict=True)
        for point_type in sale.recorded.accounts
    ]


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


def fact(receipt: Receipt, recorded: Recorded, kind: str) -> dict[str, Any]:
    return events.fact(
        kind,
        reference=receipt.reference,
        occurred_at=receipt.occurred_at,
        member_id=recorded.member_id,
        payload={
            "purchase": str(recorded.uuid),
            "store": receipt.store_code,
            "amount": str(recorded.amount),
            "points": {str(t): booking.points for t, booking in recorded.bookings.items()},
        },
    )
