"""Recording purchases: from the till's receipt to the points in the ledger, in the caller's transaction.

Set-based: one sale is a batch of one. Order of locks: receipts, then accounts by id. A batch in which a
member has several receipts goes wave by wave, and takes all accounts first. Only who posts one of its receipts at the
same moment can meet it in a deadlock, and is tried again by their caller.
"""

import uuid
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from campaigns import offers
from core import db, events, money
from core.errors import LoyaltyError
from core.models import Programme
from members import identity
from members.identity import CardReplaced, UnknownMember
from points import ledger, rules
from points.ledger import Opened
from pos import pricing
from pos.receipts import Receipt, new_claim_code, waves
from pos.settling import HELD, Recorded, Sale, settle
from tiers.ladder import NoLadder
from tiers.qualification import Held

# Columns of what pos_ready answers of an account, in the order of what is made of them.
OPENED = tuple(one.name for one in fields(Opened))
Require = Callable[[Receipt], None]


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
    results, sales = _open(receipts, programme)
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


def _open(receipts: Sequence[Receipt], programme: Programme) -> tuple[list[Recorded], list[Sale]]:
    """Write the purchases that are not known yet, and open what their members have. All receipts; the fresh sales."""
    book = rules.rulebook(programme)
    hashes = [receipt.content_hash() for receipt in receipts]
    on_offer = [pricing.on_offer(programme, receipt.visit) for receipt in receipts]
    batch = [
        {
            **_row(receipt, digest),
            "types": pricing.point_types(book, receipt.occurred_at),
            "offers": [terms.offer_id for terms in there] or None,
        }
        for receipt, digest, there in zip(receipts, hashes, on_offer, strict=True)
    ]
    rows: dict[int, list[dict[str, Any]]] = {}
    for row in db.rows("select * from pos_open(%s::jsonb)", [db.as_json(batch)]):
        rows.setdefault(row["place"], []).append(row)
    results, sales = [], []
    for place, (receipt, digest, there) in enumerate(zip(receipts, hashes, on_offer, strict=True), start=1):
        if place not in rows:
            raise UnknownMember
        first = rows[place][0]
        recorded = _recorded(receipt, digest, first)
        results.append(recorded)
        if first["is_new"] and first["owner_id"] is not None:
            goods = [(c, line.amount) for c, line in zip(first["categories"], receipt.lines, strict=True)]
            sale = _sale(receipt, first["owner_id"], recorded, goods, rows[place])
            sales.append(replace(sale, offers=there, standing=offers.of_row(first["offers"])) if there else sale)
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
    there = pricing.on_offer(programme, receipt.visit)
    standing = offers.standing(member_id, [terms.offer_id for terms in there])
    return replace(_sale(receipt, member_id, recorded, goods, rows), offers=there, standing=standing)


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
