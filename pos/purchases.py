"""Recording purchases: from the till's receipt to the points in the ledger, in the caller's transaction.

Set-based: one sale is a batch of one. Order of locks: receipts, then accounts by id. A batch in which a
member has several receipts goes wave by wave, and takes all accounts first. Only who posts one of its receipts at the
same moment can meet it in a deadlock, and is tried again by their caller.
"""

import uuid
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from core import db, events, money
from core.errors import LoyaltyError
from core.models import Programme
from members import identity
from members.identity import CardReplaced, UnknownMember
from points import ledger, rules
from points.earning import Quote
from points.ledger import Accrual, Booking, Grant, Opened
from points.rules import Rulebook
from pos import pricing
from pos.receipts import Receipt, new_claim_code, waves
from tiers.ladder import NoLadder
from tiers.models import TierChange
from tiers.qualification import Held, Qualifying

# Columns of what the SQL functions answer, in the order of what is made of them.
OPENED = tuple(one.name for one in fields(Opened))
BOOKED = tuple(one.name for one in fields(Booking))
HELD = ("tier_id", "code", "rank", "multiplier", "since_on", "lapses_on", "valid_until")
Require = Callable[[Receipt], None]
POST = "select * from pos_post(%s::jsonb, %s::jsonb, %s::jsonb, %s::jsonb)"


class ReceiptConflict(LoyaltyError):
    """The receipt is recorded already, with other contents."""

    code = "receipt_conflict"
    sentence = _("Receipt %(number)s is recorded already, with other contents.")


class PurchaseTooLarge(LoyaltyError):
    """The purchase comes to more than the programme takes at once: a slip. `largest`: what it takes."""

    code = "purchase_too_large"
    status = 400
    lasting = False
    sentence = _("This comes to more than %(largest)s, the most that a purchase may come to. Is it a slip?")


@dataclass(slots=True)
class Recorded:
    """A receipt as recorded. `is_repeat`: it was known, nothing was written; `is_conflict`: with other contents.

    `member_number` stands where the till named the member by what they are known by.
    Of a fresh purchase with member: what was booked, the accounts as they stand, and the tier held after it.
    """

    purchase_id: int
    uuid: uuid.UUID
    claim_code: str
    member_id: int | None
    amount: Decimal
    is_repeat: bool
    is_conflict: bool = False
    member_number: str = ""
    quote: Quote = field(default_factory=Quote)
    bookings: dict[int, Booking] = field(default_factory=dict)
    accounts: dict[int, Opened] = field(default_factory=dict)
    held: Held | None = None


@dataclass(frozen=True, slots=True)
class Sale:
    """A receipt of a member on its way through the ledger: what the member has and holds, and the goods that count.

    Accounts are by point type, opened in this transaction; goods are (category, amount paid).
    """

    receipt: Receipt
    member_id: int
    recorded: Recorded
    goods: Sequence[tuple[str, Decimal]]
    accounts: Mapping[int, Opened]
    held: Held


def record(
    receipts: Sequence[Receipt], *, programme: Programme, actor: str, require: Require | None = None
) -> list[Recorded]:
    """Record receipts, each once, with what its member earns. Answers in the order given.

    The basket earns at the tier held before it; a tier it reaches counts from the next. A receipt that is known
    answers as a repeat, or as a conflict when its contents differ; both change nothing. Members given by id must be
    active: callers check. Those given by what they are known by must be too: raises UnknownMember, CardReplaced,
    MemberSuspended, MemberClosed. Raises PurchaseTooLarge for a new one that is. REQUIRE is asked about each receipt
    that is new; what is raised undoes everything.
    Several receipts of one member are booked one after another.
    """
    results: dict[int, Recorded] = {}
    found_waves = waves(range(len(receipts)), lambda place: _keys(receipts[place]))
    if len(found_waves) > 1:
        named = ((one.member_id, one.occurred_at) for one in receipts if one.member_id)
        ledger.hold_accounts(accounts(named, programme))
    for wave in found_waves:
        found = _record([receipts[place] for place in wave], programme, actor, require)
        results.update(zip(wave, found, strict=True))
    return [results[place] for place in sorted(results)]


def accounts(sales: Iterable[tuple[int, datetime]], programme: Programme) -> Iterator[tuple[int, int]]:
    """The accounts, as (member, point type), that sales, each (member, moment), may earn on.

    For who posts several of one member and must take them beforehand: a later one may earn points of another type, and
    would take their account after those of others. Whom a till knows by phone or card only is not among them.
    """
    book = rules.rulebook(programme)
    return ((member, kind) for member, moment in sales for kind in pricing.point_types(book, moment))


def _keys(receipt: Receipt) -> tuple[Hashable, Hashable]:
    # Who is known by different things may be the same member: such receipts go one after another.
    return receipt.key, ("known",) if receipt.known_as else receipt.member_id and ("member", receipt.member_id)


def record_one(receipt: Receipt, *, programme: Programme, actor: str, require: Require | None = None) -> Recorded:
    """Record one receipt, as record does. Raises ReceiptConflict when it is known with other contents."""
    (recorded,) = record([receipt], programme=programme, actor=actor, require=require)
    if recorded.is_conflict:
        raise ReceiptConflict(number=receipt.number)
    return recorded


def _record(receipts: Sequence[Receipt], programme: Programme, actor: str, require: Require | None) -> list[Recorded]:
    """One wave: no two receipts of one member."""
    results, sales = _open(receipts, rules.rulebook(programme))
    fresh = [(receipt, recorded) for receipt, recorded in zip(receipts, results, strict=True) if not recorded.is_repeat]
    for receipt, _recorded in fresh:
        if receipt.amount > programme.most_of_a_purchase:
            largest = money.shown(programme.most_of_a_purchase, programme.currency)
            raise PurchaseTooLarge(largest=largest, pointer="/total")
        if require:
            require(receipt)
    if fresh:
        settle(
            sales,
            programme=programme,
            actor=actor,
            tell=lambda: [fact(*pair, "purchase.recorded") for pair in fresh],
        )
    return results


def _open(receipts: Sequence[Receipt], book: Rulebook) -> tuple[list[Recorded], list[Sale]]:
    """Write the purchases that are not known yet, and open what their members have. All receipts; the fresh sales."""
    hashes = [receipt.content_hash() for receipt in receipts]
    batch = [
        {**_row(receipt, digest), "types": pricing.point_types(book, receipt.occurred_at)}
        for receipt, digest in zip(receipts, hashes, strict=True)
    ]
    rows: dict[int, list[dict[str, Any]]] = {}
    for row in db.rows("select * from pos_open(%s::jsonb)", [db.as_json(batch)]):
        rows.setdefault(row["place"], []).append(row)
    results, sales = [], []
    for place, (receipt, digest) in enumerate(zip(receipts, hashes, strict=True), start=1):
        if place not in rows:
            raise UnknownMember
        first = rows[place][0]
        recorded = _recorded(receipt, digest, first)
        results.append(recorded)
        if first["is_new"] and first["owner_id"] is not None:
            goods = [(c, line.amount) for c, line in zip(first["categories"], receipt.lines, strict=True)]
            sales.append(_sale(receipt, first["owner_id"], recorded, goods, rows[place]))
    return results, sales


def _recorded(receipt: Receipt, digest: str, row: Mapping[str, Any]) -> Recorded:
    """The answer so far, from a row of pos_claim. Raises what is wrong with the member whom the till named."""
    if receipt.known_as and row["named_id"] is None:
        raise UnknownMember
    if receipt.known_as and row["is_new"]:
        if row["is_replaced"]:
            raise CardReplaced
        identity.require_status(row["status"])
    sold_to = None if row["is_assigned"] else row["owner_id"]
    return Recorded(
        row["purchase_id"],
        row["uuid"],
        row["claim_code"],
        row["owner_id"],
        receipt.amount,
        is_repeat=not row["is_new"],
        is_conflict=row["content_hash"] != digest or row["named_id"] != sold_to,
        member_number=row["number"] or "",
    )


def _sale(
    receipt: Receipt,
    member_id: int,
    recorded: Recorded,
    goods: Sequence[tuple[str, Decimal]],
    rows: Sequence[Mapping[str, Any]],
) -> Sale:
    """A sale, from the rows of pos_ready that are its member's."""
    if rows[0]["tier_id"] is None:
        raise NoLadder
    recorded.accounts = {
        row["point_type_id"]: Opened(**{name: row[name] for name in OPENED})
        for row in rows
        if row["account_id"] is not None
    }
    held = Held(member_id, *(rows[0][name] for name in HELD))
    return Sale(receipt, member_id, recorded, goods, recorded.accounts, held)


def open_sale(
    receipt: Receipt,
    member_id: int,
    recorded: Recorded,
    goods: Sequence[tuple[str, Decimal]],
    *,
    programme: Programme,
) -> Sale:
    """Open what a member has for a receipt that is recorded already. Raises NoLadder."""
    types: Sequence[int | None] = pricing.point_types(rules.rulebook(programme), receipt.occurred_at) or [None]
    rows = db.rows(
        "select * from pos_ready(%s::bigint[], %s::bigint[], %s::timestamptz[])",
        [[member_id] * len(types), types, [receipt.at] * len(types)],
    )
    if not rows:
        raise NoLadder
    return _sale(receipt, member_id, recorded, goods, rows)


def _row(receipt: Receipt, digest: str) -> dict[str, Any]:
    return {
        "uuid": str(uuid.uuid4()),
        "store": receipt.store_id,
        "terminal": receipt.terminal_id,
        "business_on": receipt.business_on,
        "number": receipt.number,
        "member": receipt.member_id,
        "known_as": receipt.known_as and receipt.known_as[0],
        "identifier": receipt.known_as and receipt.known_as[1],
        "amount": str(receipt.amount),
        "currency": receipt.currency,
        "channel": receipt.channel,
        "cashier": receipt.cashier,
        "claim_code": new_claim_code(),
        "content_hash": digest,
        "occurred_at": receipt.occurred_at,
        "at": receipt.at,
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
    """Quote, accrue and qualify sales of distinct members, keep how they were priced, and tell it: one statement.

    Fills each sale's answer. TELL is asked for the facts once the quotes are known.
    """
    book = rules.rulebook(programme)
    accruals: list[dict[str, Any]] = []
    settlements: list[dict[str, Any]] = []
    for sale in sales:
        receipt, quoted = sale.receipt, sale.recorded
        context = pricing.at_sale(book, programme, sale.held, occurred_at=receipt.occurred_at, at=receipt.at)
        quoted.quote = pricing.quote(sale.goods, context, book)
        kept = pricing.kept(context)
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
    batch = [accruals, [_qualifying(sale).as_row() for sale in sales], settlements, tell()]
    _fill(sales, db.rows(POST, [db.as_json(part) for part in batch]))


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
            "points": {str(t): recorded.quote.points(t) for t in recorded.quote.grants},
        },
    )
