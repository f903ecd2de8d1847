"""Goods brought back: what the member keeps is quoted as it was sold, and only that much is kept.

Set-based like purchases. Order of locks: purchases, then accounts by id.
"""

import uuid
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from campaigns import offers
from campaigns.offers import Lost
from core import events
from core.errors import InvalidInput, LoyaltyError
from core.models import Programme
from points import ledger, rules
from points.earning import Quote
from points.ledger import Booking, Reversal
from points.models import Posting
from points.rules import Rulebook
from pos import basket, pricing
from pos.basket import Kept
from pos.models import ReturnSettlement, Settlement, VoucherGivenBack
from pos.receipts import AHEAD, Brought, waves
from rewards import givebacks
from rewards.givebacks import GivenBack, Use
from sales.models import Purchase, Return, ReturnLine
from tiers import qualification
from tiers.models import TierChange
from tiers.qualification import Held, Qualifying


class ReturnConflict(LoyaltyError):
    """The return is recorded already, with other goods."""

    code = "return_conflict"
    sentence = _("Return %(number)s is recorded already, with other goods.")


class MoreThanBought(LoyaltyError):
    """More would be brought back of a line than is left of it."""

    code = "more_than_bought"
    sentence = _("Of line %(position)s only %(left)s can be brought back.")
    nothing_left = _("Line %(position)s has been brought back already.")

    def __str__(self) -> str:
        return str(self.sentence if self.details["left"] != "0" else self.nothing_left) % self.details


class BeforePurchase(InvalidInput):
    """A return that would have been made before its purchase, by more than tills' clocks may differ."""

    code = "before_purchase"
    sentence = _("The goods would have come back before they were bought. Check the till's clock.")


class NotOnReceipt(LoyaltyError):
    """The purchase has no such line."""

    code = "not_on_receipt"
    status = 422
    sentence = _("The receipt has no line %(position)s.")


@dataclass(slots=True)
class Returned:
    """A return as recorded; `is_repeat`: it was known, nothing was written. Bookings stand by point type."""

    return_id: int
    uuid: uuid.UUID
    purchase_id: int
    amount: Decimal
    is_repeat: bool
    bookings: dict[int, Booking] = field(default_factory=dict)
    held: Held | None = None
    vouchers: list[GivenBack] = field(default_factory=list)


@dataclass(slots=True)
class _Case:
    """A fresh return on its way: its purchase, the lines before it, and what comes back of them."""

    brought: Brought
    purchase: Purchase
    before: Sequence[Kept]
    after: Sequence[Kept]
    record: Return
    result: Returned

    @property
    def is_all_back(self) -> bool:
        """Whether nothing of the purchase is left with whoever bought it."""
        return not any(line.left for line in self.after)


def record(brought: Sequence[Brought], *, programme: Programme, actor: str) -> list[Returned]:
    """Record goods brought back, each return number of a purchase once. Answers in the order given.

    Points are taken back down to what the goods kept would have earned at the sale; bonuses whose minimum no longer
    holds go too. When the last of a purchase comes back, the vouchers that took something off it go back to their
    members. Raises BeforePurchase, NotOnReceipt, MoreThanBought, ReturnConflict: then nothing of the batch is
    recorded.
    """
    purchases = {
        p.pk: p
        for p in Purchase.objects.select_for_update(of=["self"], no_key=True)
        .select_related("store", "terminal")
        .filter(pk__in={b.purchase_id for b in brought})
        .order_by("pk")
    }
    results: dict[int, Returned] = {}
    for wave in waves(range(len(brought)), lambda place: _keys(purchases[brought[place].purchase_id])):
        found = _record([brought[place] for place in wave], purchases, programme, actor)
        results.update(zip(wave, found, strict=True))
    return [results[place] for place in sorted(results)]


def _keys(purchase: Purchase) -> tuple[Hashable, Hashable]:
    return purchase.pk, purchase.member_id and ("member", purchase.member_id)


def _record(
    wave: Sequence[Brought], purchases: Mapping[int, Purchase], programme: Programme, actor: str
) -> list[Returned]:
    known = {
        (r.purchase_id, r.number): r
        for r in Return.objects.filter(
            purchase_id__in=[b.purchase_id for b in wave], number__in={b.number for b in wave}
        )
    }
    lines = basket.lines([b.purchase_id for b in wave])
    results: list[Returned] = []
    cases: list[_Case] = []
    for b in wave:
        if found := known.get((b.purchase_id, b.number)):
            if found.content_hash != b.content_hash():
                raise ReturnConflict(number=b.number)
            results.append(Returned(found.pk, found.uuid, b.purchase_id, found.amount, is_repeat=True))
            continue
        case = _case(b, purchases[b.purchase_id], lines[b.purchase_id])
        cases.append(case)
        results.append(case.result)
    _write(cases)
    settled = _settled(cases)
    uses = _open(cases, settled)
    _give_back(cases, uses, actor)
    _take_back([case for case in cases if case.purchase.pk in settled], settled, programme, actor)
    events.tell_many([_fact(case) for case in cases])
    return results


def _case(brought: Brought, purchase: Purchase, before: Sequence[Kept]) -> _Case:
    if brought.occurred_at < purchase.occurred_at - AHEAD:
        raise BeforePurchase(pointer="/occurred_at")
    after = {line.position: line for line in before}
    amount = Decimal(0)
    for position, quantity in brought.goods:
        line = after.get(position)
        if line is None:
            raise NotOnReceipt(position=position)
        if quantity > line.left:
            raise MoreThanBought(position=position, left=f"{line.left.normalize():f}")
        amount += line.amount_left(purchase.currency) - line.amount_left(purchase.currency, less=quantity)
        after[position] = replace(line, returned=line.returned + quantity)
    row = Return(
        purchase=purchase,
        terminal_id=brought.terminal_id,
        number=brought.number,
        amount=amount,
        content_hash=brought.content_hash(),
        occurred_at=brought.occurred_at,
        recorded_at=brought.at,
    )
    result = Returned(0, row.uuid, purchase.pk, amount, is_repeat=False)
    return _Case(brought, purchase, before, list(after.values()), row, result)


def _write(cases: Sequence[_Case]) -> None:
    Return.objects.bulk_create([case.record for case in cases])
    rows = []
    for case in cases:
        case.result.return_id = case.record.pk
        for old, new in zip(case.before, case.after, strict=True):
            if quantity := new.returned - old.returned:
                currency = case.purchase.currency
                amount = old.amount_left(currency) - new.amount_left(currency)
                rows.append(ReturnLine(of_return=case.record, line_id=old.line_id, quantity=quantity, amount=amount))
    ReturnLine.objects.bulk_create(rows)


def _settled(cases: Sequence[_Case]) -> dict[int, list[Settlement]]:
    """What the members' purchases earned, by purchase."""
    wanted = [case.purchase.pk for case in cases if case.purchase.member_id]
    settled: dict[int, list[Settlement]] = {}
    for settlement in Settlement.objects.filter(purchase_id__in=wanted).select_related("posting"):
        settled.setdefault(settlement.purchase_id, []).append(settlement)
    return settled


def _open(cases: Sequence[_Case], settled: Mapping[int, Sequence[Settlement]]) -> list[Use]:
    """Open, together, every account that the cases touch; answer the vouchers that go back to their members."""
    uses = givebacks.uses([case.purchase.pk for case in cases if case.is_all_back])
    times = {case.purchase.pk: case.brought.at for case in cases}
    wanted = {
        (case.purchase.member_id or 0, s.point_type_id): case.brought.at
        for case in cases
        for s in settled.get(case.purchase.pk, ())
    }
    for use in uses:
        if account := use.account(times[use.purchase_id]):
            wanted.setdefault(account, times[use.purchase_id])
    if wanted:
        ledger.open_accounts([(*account, at) for account, at in wanted.items()])
    return uses


def _give_back(cases: Sequence[_Case], uses: Sequence[Use], actor: str) -> None:
    """Vouchers first, so that the points of an expired one are there when those of the purchase are taken back."""
    by_purchase = {case.purchase.pk: case for case in cases}
    rows = []
    for use in uses:
        case = by_purchase[use.purchase_id]
        given = givebacks.give_back(use, at=case.brought.at, actor=actor, reference=_reference(case))
        if given:
            case.result.vouchers.append(given)
            posting_id = given.booking.posting_id if given.booking else None
            rows.append(VoucherGivenBack(of_return=case.record, voucher=given.voucher, posting_id=posting_id))
    VoucherGivenBack.objects.bulk_create(rows)


def _take_back(
    cases: Sequence[_Case], settled: Mapping[int, Sequence[Settlement]], programme: Programme, actor: str
) -> None:
    """Reverse, for each case, what the goods kept would not have earned; subtract what no longer qualifies."""
    if not cases:
        return
    book = rules.rulebook(programme)
    members = {case.purchase.pk: case.purchase.member_id or 0 for case in cases}
    reversals, qualifying, lost = _what_goes(cases, settled, book, programme, actor)
    bookings = ledger.reverse([reversal for _case, _type, reversal in reversals])
    for (case, point_type, _done), booking in zip(reversals, bookings, strict=True):
        case.result.bookings[point_type] = booking
    held = qualification.record(qualifying)
    for case in cases:
        case.result.held = held[members[case.purchase.pk]]
    offers.take_back(lost)
    ReturnSettlement.objects.bulk_create(
        ReturnSettlement(of_return=case.record, point_type_id=t, posting_id=b.posting_id)
        for case in cases
        for t, b in case.result.bookings.items()
    )


def _what_goes(
    cases: Sequence[_Case],
    settled: Mapping[int, Sequence[Settlement]],
    book: Rulebook,
    programme: Programme,
    actor: str,
) -> tuple[list[tuple[_Case, int, Reversal]], list[Qualifying], list[Lost]]:
    """Per case and point type, what was kept so far less what the goods kept now earn; what no longer qualifies; and
    what that takes off what was won by offers.
    """
    taken = _taken_so_far([s.posting_id for rows in settled.values() for s in rows if s.posting_id])
    reversals = []
    qualifying = []
    lost = []
    for case in cases:
        rows, currency = settled[case.purchase.pk], case.purchase.currency
        context = pricing.as_sold(book, programme, rows[0].context, case.purchase.occurred_at)
        before = pricing.quote(basket.goods(case.before, currency), context, book)
        after = pricing.quote(basket.goods(case.after, currency), context, book)
        for row in rows:
            if row.posting:
                excess = row.posting.moved - taken.get(row.posting.pk, 0) - after.points(row.point_type_id)
                if excess > 0:
                    reversals.append((case, row.point_type_id, _reversal(case, row.posting, excess, actor)))
        qualifying.append(_unqualifying(case, before, after))
        lost += [
            Lost(case.purchase.pk, case.result.return_id, code, points)
            for code, points in pricing.lost(context, before, after).items()
        ]
    return reversals, qualifying, lost


def _taken_so_far(postings: Sequence[int]) -> dict[int, int]:
    return dict(
        Posting.objects.filter(reverses_id__in=postings).values_list("reverses_id").annotate(Sum("moved")).order_by()
    )


def _reversal(case: _Case, posting: Posting, points: int, actor: str) -> Reversal:
    words = {
        "en": f"Goods brought back, receipt {case.purchase.number}",
        "zh-hans": f"退货，小票 {case.purchase.number}",
    }
    return Reversal(
        posting.pk,
        points,
        _reference(case),
        case.brought.occurred_at,
        case.brought.at,
        actor,
        [{"points": -points, "rule": "return", "version": 0, "words": words}],
    )


def _unqualifying(case: _Case, before: Quote, after: Quote) -> Qualifying:
    purchase = case.purchase
    return Qualifying(
        member_id=purchase.member_id or 0,
        day=purchase.business_on,
        amount=after.qualifying_amount - before.qualifying_amount,
        points=after.qualifying_points - before.qualifying_points,
        purchases=-1 if case.is_all_back else 0,
        at=case.brought.at,
        cause=TierChange.Cause.RETURN,
        reference=f"purchase:{_receipt_key(purchase)}",
    )


def _receipt_key(purchase: Purchase) -> str:
    return f"{purchase.store.code}/{purchase.terminal.code}/{purchase.business_on}/{purchase.number}"


def _reference(case: _Case) -> str:
    """The words that the ledger knows it by: the receipt's, or its uuid where slashes in its number could mislead."""
    purchase = case.purchase
    receipt = purchase.uuid if "/" in purchase.number else _receipt_key(purchase)
    return f"return:{receipt}/{case.brought.number}"


def _fact(case: _Case) -> dict[str, Any]:
    return events.fact(
        "return.recorded",
        reference=_reference(case),
        occurred_at=case.brought.occurred_at,
        member_id=case.purchase.member_id,
        payload={
            "return": str(case.record.uuid),
            "purchase": str(case.purchase.uuid),
            "amount": str(case.result.amount),
            "points": {str(t): booking.points for t, booking in case.result.bookings.items()},
            "vouchers": [str(given.voucher.uuid) for given in case.result.vouchers],
        },
    )
