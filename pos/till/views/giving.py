"""A receipt without member becomes somebody's: whose; then what it earns them; then it is done."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from access import audit
from core import clock
from core.errors import LoyaltyError
from members import identity
from pos import assignment, quotes
from pos.idempotency import KeyInFlight
from pos.queries import Sold
from pos.till import requests, scanning, shown
from pos.till.forms import GiveForm
from pos.till.shown import AfterGiving
from pos.till.views import receipts, writes
from pos.till.views.guard import GIVE, Seat, page
from pos.till.views.seen import is_seen


@receipts.of_receipt(GIVE)
def give(request: HttpRequest, seat: Seat, sold: Sold) -> HttpResponse:
    """The form, what it would do, and doing it. A receipt that is somebody's stays theirs."""
    if sold.member_id is not None:
        return receipts.to(sold)
    if request.method != "POST":
        code = sold.claim_code if receipts.may_see_code(request, sold) else ""
        return _page(request, seat, sold, GiveForm(initial={"code": code}))
    data = request.POST.copy()
    form = GiveForm(data)
    if not form.is_valid() or "edit" in data:
        return _page(request, seat, sold, form)
    return _go_on(request, seat, sold, form, data)


def _go_on(request: HttpRequest, seat: Seat, sold: Sold, form: GiveForm, data: QueryDict) -> HttpResponse:
    try:
        assignment.check_code(sold.claim_code, form.cleaned_data["code"])
        found = scanning.member(form.cleaned_data["who"], seat.programme)
        identity.require_active(found)
        recorded = quotes.of_giving(
            sold.id, found.member_id, programme=seat.programme, at=clock.now(), actor=seat.actor
        )
        gift = shown.after_giving(recorded, found, programme=seat.programme)
        if not is_seen(data, gift.digest):
            return _page(request, seat, sold, form, gift)
        key = f"till-give-{sold.uuid}-{found.number}"
        writes.once(seat, key, request.path, partial(_assign, seat, sold, found.member_id))
    except KeyInFlight:
        return receipts.to(sold)
    except LoyaltyError as refusal:
        form.add_error("code" if isinstance(refusal, assignment.WrongClaimCode) else "who", str(refusal))
        return _page(request, seat, sold, form)
    messages.success(request, _("The receipt is theirs now."))
    return receipts.to(sold)


def _assign(seat: Seat, sold: Sold, member_id: int) -> dict[str, Any]:
    recorded = assignment.assign(sold.id, member_id, programme=seat.programme, at=clock.now(), actor=seat.actor)
    if not recorded.is_repeat:
        changes = {"member": member_id}
        audit.record("purchase.assigned", subject=f"purchase:{sold.id}", actor=seat.user, changes=changes)
    return {"purchase": str(sold.uuid)}


def _page(
    request: HttpRequest, seat: Seat, sold: Sold, form: GiveForm, gift: AfterGiving | None = None
) -> HttpResponse:
    calls = []
    if gift:
        body = {"member": {"number": gift.member.number}, "claim_code": sold.claim_code}
        calls = [requests.give(request.build_absolute_uri("/api/v1"), sold.uuid, body)]
    return page(request, seat, "give", sold=sold, form=form, gift=gift, calls=calls)
