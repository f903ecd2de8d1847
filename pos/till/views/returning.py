"""Goods brought back: how many of which line; then what that takes back; then it is done, once a form."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from core import clock
from core.errors import LoyaltyError
from pos import queries, quotes, returns
from pos.idempotency import KeyInFlight
from pos.queries import Sold
from pos.receipts import Brought
from pos.till import drafts, requests, shown
from pos.till.forms import ReturnForm
from pos.till.shown import AfterReturn
from pos.till.views import receipts, writes
from pos.till.views.guard import TAKE_BACK, Seat, page
from pos.till.views.seen import is_seen


@receipts.of_receipt(TAKE_BACK)
def take_back(request: HttpRequest, seat: Seat, sold: Sold) -> HttpResponse:
    """The form, what it would do, and doing it. Pressed twice, it leads to the receipt."""
    lines = queries.lines(sold.id)
    if request.method != "POST":
        number = f"R-{drafts.new_token()}"
        return _page(request, seat, sold, ReturnForm(initial={"number": number}, lines=lines))
    if any(back.number == request.POST.get("number") for back in queries.returns(sold.id)):
        return receipts.to(sold)
    data = request.POST.copy()
    form = ReturnForm(data, lines=lines)
    if "all" in data:
        data.update(form.all_of_it())
    if not form.is_valid() or "edit" in data:
        return _page(request, seat, sold, form)
    return _go_on(request, seat, sold, form, data)


def _go_on(request: HttpRequest, seat: Seat, sold: Sold, form: ReturnForm, data: QueryDict) -> HttpResponse:
    at = clock.now()
    brought = Brought(sold.id, form.cleaned_data["number"], form.goods(), seat.terminal.pk, at, at)
    try:
        returned = quotes.of_return(brought, programme=seat.programme, actor=seat.actor)
        foreseen = shown.after_return(returned, sold, programme=seat.programme, at=at)
        if not is_seen(data, foreseen.digest):
            return _page(request, seat, sold, form, foreseen, brought)
        # With other goods it is another key, which the return's own number then refuses.
        key = f"till-return-{sold.uuid}-{brought.number}-{brought.content_hash()[:16]}"
        writes.once(seat, key, request.path, partial(_record, seat, brought))
    except KeyInFlight:
        return receipts.to(sold)
    except LoyaltyError as refusal:
        form.add_error(None, str(refusal))
        return _page(request, seat, sold, form)
    messages.success(request, _("The goods are back."))
    return receipts.to(sold)


def _record(seat: Seat, brought: Brought) -> dict[str, Any]:
    (returned,) = returns.record([brought], programme=seat.programme, actor=seat.actor)
    return {"return": str(returned.uuid)}


def _page(
    request: HttpRequest,
    seat: Seat,
    sold: Sold,
    form: ReturnForm,
    foreseen: AfterReturn | None = None,
    brought: Brought | None = None,
) -> HttpResponse:
    site = request.build_absolute_uri("/api/v1")
    calls = []
    if brought:
        calls = [requests.goods_back(site, sold.uuid, requests.back(brought.number, brought.goods, brought.at))]
    return page(request, seat, "return", sold=sold, form=form, foreseen=foreseen, calls=calls)
