"""Receipts: finding one, and looking at it."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from core import clock
from pos import queries
from pos.queries import Sold
from pos.till import drafts, requests, shown
from pos.till.forms import LookupForm
from pos.till.views.guard import USE, Seat, page, till_page

LATEST = 20

View = Callable[..., HttpResponse]


def of_receipt(needs: str = USE) -> Callable[[View], View]:
    """A page about one receipt of the seat's own store."""

    def decorate(view: View) -> View:
        @till_page(needs)
        @wraps(view)
        def found(request: HttpRequest, seat: Seat, uuid: UUID) -> HttpResponse:
            sold = queries.purchase(seat.terminal.store_id, uuid)
            if sold is None:
                raise Http404
            return view(request, seat, sold)

        return found

    return decorate


@till_page()
def find(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The store's latest receipts, or those of one number or code. The only one found is shown at once."""
    form = LookupForm(request.GET or None)
    wanted = form.cleaned_data["receipt"] if form.is_valid() else ""
    found = queries.purchases(seat.terminal.store_id, limit=LATEST, number=wanted.upper() or None)
    if wanted and not found:
        found = queries.purchases(seat.terminal.store_id, limit=LATEST, number=wanted)
    if wanted and not found and (sold := queries.purchase_by_code(seat.terminal.store_id, wanted)):
        drafts.remember(request.session, str(sold.uuid))
        found = [sold]
    if wanted and len(found) == 1:
        return HttpResponseRedirect(reverse("till:receipt", args=[found[0].uuid]))
    calls = [requests.find_purchases(request.build_absolute_uri("/api/v1"), wanted)] if wanted else []
    return page(request, seat, "receipts", form=form, wanted=wanted, found=found, calls=calls)


@of_receipt()
def receipt(request: HttpRequest, seat: Seat, sold: Sold) -> HttpResponse:
    """A receipt: goods, points and reasons, how the member stands, what came back."""
    found = shown.receipt(sold, programme=seat.programme, at=clock.now())
    site = request.build_absolute_uri("/api/v1")
    return page(
        request,
        seat,
        "receipt",
        receipt=found,
        sold=sold,
        code=sold.claim_code if may_see_code(request, sold) else "",
        next_token=drafts.new_token(),
        calls=[requests.read_purchase(site, sold.uuid)],
    )


def to(sold: Sold) -> HttpResponseRedirect:
    """To the page of a receipt."""
    return HttpResponseRedirect(reverse("till:receipt", args=[sold.uuid]))


def may_see_code(request: HttpRequest, sold: Sold) -> bool:
    """Who has the paper in hand may see its code; who only looks through receipts must not give them to a friend."""
    return sold.member_id is None and drafts.has_held(request.session, str(sold.uuid))
