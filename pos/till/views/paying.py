"""Paying: the sale becomes a receipt, once."""

import hmac
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from core import clock, words
from core.errors import LoyaltyError
from members import identity
from pos import purchases
from pos.discounts import Coupon
from pos.idempotency import KeyInFlight
from pos.receipts import Receipt
from pos.till import drafts
from pos.till.drafts import Draft
from pos.till.views import writes
from pos.till.views.guard import Seat
from pos.till.views.sale import act, paid, to_sale
from rewards import vouchers


@act
def pay(request: HttpRequest, seat: Seat, draft: Draft) -> HttpResponse:
    """Record the sale that was seen. A second click, another tab and the back button lead to the one receipt."""
    if receipt := paid(seat, draft.token):
        drafts.drop(request.session, draft.token)
        messages.info(request, _("This sale is paid already: here is its receipt."))
        return HttpResponseRedirect(receipt)
    if problem := _problem(request, draft):
        messages.warning(request, problem)
        return to_sale(draft.token)
    try:
        done = writes.once(seat, f"till-sale-{draft.token}", request.path, partial(_sell, seat, draft))
    except KeyInFlight:
        return to_sale(draft.token, wait="1")
    except LoyaltyError as refusal:
        messages.warning(request, str(refusal))
        _leave_out(request, draft, refusal.details.get("voucher"))
        return to_sale(draft.token)
    drafts.drop(request.session, draft.token)
    for coupon in draft.coupons:
        messages.success(request, _("Used: %(voucher)s") % {"voucher": words.in_language(coupon.names)})
    if done["purchase"] is None:
        return HttpResponseRedirect(reverse("till:start"))
    drafts.remember(request.session, done["purchase"])
    return HttpResponseRedirect(reverse("till:receipt", args=[done["purchase"]]))


def _leave_out(request: HttpRequest, draft: Draft, code: str | None) -> None:
    """Take a voucher that can't be used (any more) out of the sale: its total is another one then."""
    if code:
        draft.coupons = [coupon for coupon in draft.coupons if coupon.code != code]
        drafts.keep(request.session, draft)


def _problem(request: HttpRequest, draft: Draft) -> str:
    """Why the sale can't be paid as it is; "" if it can."""
    if not draft.items and not draft.hands_over:
        return _("There is nothing in this sale yet.")
    if not draft.is_priced:
        return _("Some goods have no price yet.")
    if not hmac.compare_digest(request.POST.get("seen", "").encode(), draft.revision.encode()):
        return _("The sale has changed since you saw it. Please look again.")
    return ""


def _sell(seat: Seat, draft: Draft) -> dict[str, Any]:
    at, member_id = clock.now(), None
    if draft.member:
        found = identity.find(number=draft.member)
        identity.require_active(found)
        member_id = found.member_id
    purchase = None
    if draft.items:
        receipt = _receipt(seat, draft, member_id, at)
        purchase = str(purchases.record_one(receipt, programme=seat.programme, actor=seat.actor).uuid)
    # After the accounts, as cancelling a voucher locks them, and in one order, so that two sales never deadlock.
    for coupon in sorted(draft.coupons, key=lambda each: each.code):
        _use(seat, coupon, draft.token, at)
    return {"purchase": purchase}


def _use(seat: Seat, coupon: Coupon, receipt: str, at: datetime) -> None:
    terminal = seat.terminal
    try:
        vouchers.use(
            coupon.code,
            store_id=terminal.store_id,
            terminal_id=terminal.pk,
            at=at,
            actor=seat.actor,
            receipt=receipt,
        )
    except LoyaltyError as refusal:
        refusal.details["voucher"] = coupon.code
        raise


def _receipt(seat: Seat, draft: Draft, member_id: int | None, at: datetime) -> Receipt:
    terminal, currency = seat.terminal, seat.programme.currency
    return Receipt(
        store_id=terminal.store_id,
        store_code=terminal.store.code,
        terminal_id=terminal.pk,
        terminal_code=terminal.code,
        business_on=clock.business_date(at, seat),
        number=draft.token,
        occurred_at=at,
        at=at,
        currency=currency,
        lines=draft.lines(currency),
        member_id=member_id,
        cashier=seat.cashier,
    )
