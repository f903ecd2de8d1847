"""A sale before it is paid: goods in and out of it, and what it would earn."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns import offers
from core import clock, money
from core.errors import LoyaltyError
from members import identity
from members.identity import Found
from pos import queries, quotes
from pos.discounts import Coupon
from pos.till import drafts, goods, requests, scanning
from pos.till.drafts import Draft
from pos.till.forms import ItemForm, MemberForm, OtherForm, ScanForm
from pos.till.requests import Call
from pos.till.views.guard import Seat, page, till_page
from rewards import vouchers
from sales.models import Product

ONE = Decimal(1)
# By what the page's address names a part of the product list: words, category, place.
SHELF = ("q", "c", "from")


@dataclass(slots=True)
class Shown:
    """The sale's page: forms as they were filled in when something was wrong with them, else None."""

    member_form: MemberForm | None = None
    item_form: ItemForm | None = None
    other_form: OtherForm | None = None
    unknown: str = ""
    wanted: str = ""


View = Callable[[HttpRequest, Seat, Draft], HttpResponse]


def act(view: View) -> Callable[..., HttpResponse]:
    """Something done to an open sale: posted, then back to its page. Whoever comes back to its address gets there."""

    @till_page()
    @wraps(view)
    def done(request: HttpRequest, seat: Seat, token: str) -> HttpResponse:
        if request.method != "POST":
            return to_sale(token)
        draft = drafts.load(request.session, token)
        if not draft.items and (receipt := paid(seat, token)):
            messages.info(request, _("This sale is paid already: here is its receipt."))
            return HttpResponseRedirect(receipt)
        return view(request, seat, draft)

    return done


def to_sale(token: str, **parameters: str) -> HttpResponseRedirect:
    """To the page of a sale."""
    query = urlencode({name: value for name, value in parameters.items() if value})
    return HttpResponseRedirect(reverse("till:sale", args=[token]) + (f"?{query}" if query else ""))


def back_to(draft: Draft, request: HttpRequest) -> HttpResponseRedirect:
    """To the page of a sale, with the part of the product list that was open."""
    return to_sale(draft.token, **{name: _asked(request, name) for name in SHELF})


def paid(seat: Seat, token: str) -> str | None:
    """Where the receipt is that a sale has become, if it was paid."""
    found = queries.purchase_by_number(seat.terminal.pk, token)
    return reverse("till:receipt", args=[found.uuid]) if found else None


@till_page()
def sale(request: HttpRequest, seat: Seat, token: str) -> HttpResponse:
    """The sale as it stands. A token that was paid leads to its receipt."""
    draft = drafts.load(request.session, token)
    if not draft.items and (receipt := paid(seat, token)):
        drafts.drop(request.session, token)
        return HttpResponseRedirect(receipt)
    return show(request, seat, draft)


def show(request: HttpRequest, seat: Seat, draft: Draft, shown: Shown | None = None) -> HttpResponse:
    """The page of a sale."""
    shown, at = shown or Shown(), clock.now()
    member, refusal = holder(draft)
    currency = seat.programme.currency
    lines = draft.lines(currency)
    quoted = quotes.quote(
        lines,
        member.member_id if member else None,
        programme=seat.programme,
        at=at,
        visit=quotes.here(seat.terminal.store.code, seat, at),
    )
    categories = goods.categories()
    return page(
        request,
        seat,
        "sale",
        draft=draft,
        total=draft.total(currency),
        taken_off=draft.taken_off(currency),
        member=member,
        refusal=refusal,
        quoted=quoted,
        missed=offers.told(quoted.missed, seat.programme),
        shelf=goods.shelf(shown.wanted or _asked(request, "q"), _asked(request, "c"), _place(_asked(request, "from"))),
        categories=categories,
        other_form=shown.other_form or _other(seat, categories, _asked(request, "q")),
        shown=shown,
        is_phone=scanning.is_phone(shown.unknown or _asked(request, "q"), seat.programme),
        others=[other for other in drafts.opened(request.session) if other.token != draft.token],
        calls=_calls(request, seat, draft, at),
    )


def _calls(request: HttpRequest, seat: Seat, draft: Draft, at: datetime) -> list[Call]:
    """The sale as requests to the API."""
    site = request.build_absolute_uri("/api/v1")
    found = [requests.find_member(site, draft.member)] if draft.member else []
    found += [requests.use_voucher(site, coupon.code, draft.token) for coupon in draft.coupons]
    if lines := draft.lines(seat.programme.currency):
        body = requests.sale(draft.token, lines, draft.member, seat.cashier, programme=seat.programme, at=at)
        found.append(requests.purchase(site, body))
    return found


def holder(draft: Draft) -> tuple[Found | None, LoyaltyError | None]:
    """The member on the sale, or why they can't take part (any more)."""
    if not draft.member:
        return None, None
    try:
        found = identity.find(number=draft.member)
        identity.require_active(found)
    except LoyaltyError as refusal:
        return None, refusal
    return found, None


@act
def scan(request: HttpRequest, seat: Seat, draft: Draft) -> HttpResponse:
    """What was scanned or typed: an article by its SKU, a voucher, a member, or words to look for in the list."""
    form = ScanForm(request.POST)
    if not form.is_valid():
        return to_sale(draft.token)
    text = form.cleaned_data["text"]
    if product := goods.product(text):
        return _put_in(request, seat, draft, product)
    try:
        is_known = _recognise(draft, text, seat)
    except LoyaltyError as refusal:
        messages.warning(request, str(refusal))
        return to_sale(draft.token)
    if is_known:
        drafts.keep(request.session, draft)
        return back_to(draft, request)
    if "@" in text or scanning.is_phone(text, seat.programme):
        return show(request, seat, draft, Shown(unknown=text, wanted=text))  # a person's: in no address
    return to_sale(draft.token, q=text)


@act
def add(request: HttpRequest, seat: Seat, draft: Draft) -> HttpResponse:
    """An article of the list goes into the sale."""
    product = goods.product(request.POST.get("sku", ""))
    if product is None:
        messages.warning(request, _("These goods are not on sale any more."))
        return back_to(draft, request)
    return _put_in(request, seat, draft, product)


@act
def other(request: HttpRequest, seat: Seat, draft: Draft) -> HttpResponse:
    """Goods that the list doesn't know go into the sale."""
    form = OtherForm(request.POST, programme=seat.programme, categories=goods.categories(), auto_id="other_%s")
    if not form.is_valid():
        return show(request, seat, draft, Shown(other_form=form))
    given = form.cleaned_data
    if not _has_room(request, draft):
        return to_sale(draft.token)
    draft.add(
        given["sku"], given["name"], given["price"], quantity=given["quantity"], category=given["category"] or None
    )
    drafts.keep(request.session, draft)
    return back_to(draft, request)


@act
def change(request: HttpRequest, seat: Seat, draft: Draft) -> HttpResponse:
    """More or less of an item, another price, or none of it."""
    item = draft.item(int(request.POST["item"])) if request.POST.get("item", "").isdecimal() else None
    if item is None:
        return to_sale(draft.token)
    step = {"more": ONE, "fewer": -ONE}.get(request.POST.get("do", ""))
    if step is not None:
        quantity = min(item.quantity + step, Decimal(1_000_000))
        draft.change(item.key, quantity=quantity, price=item.price)
    elif request.POST.get("do") == "remove":
        draft.change(item.key, quantity=Decimal(0), price=item.price)
    else:
        form = ItemForm(
            request.POST,
            programme=seat.programme,
            item=item,
            may_set_price=seat.may_set_price,
            auto_id=f"item{item.key}_%s",
        )
        if not form.is_valid():
            return show(request, seat, draft, Shown(item_form=form))
        draft.change(item.key, **form.cleaned_data)
    drafts.keep(request.session, draft)
    return back_to(draft, request)


@act
def voucher(request: HttpRequest, seat: Seat, draft: Draft) -> HttpResponse:
    """A voucher is left out again."""
    draft.coupons = [coupon for coupon in draft.coupons if coupon.code != request.POST.get("code")]
    drafts.keep(request.session, draft)
    return back_to(draft, request)


@act
def discard(request: HttpRequest, seat: Seat, draft: Draft) -> HttpResponse:
    """Nobody wants it: the sale is forgotten."""
    drafts.drop(request.session, draft.token)
    return HttpResponseRedirect(reverse("till:start"))


def _recognise(draft: Draft, text: str, seat: Seat) -> bool:
    """Put the member or the voucher that TEXT names into the sale; whether it names one.

    A voucher is used when the sale is paid. It brings its member along, if nobody else is there.
    """
    if voucher := scanning.voucher_or_none(text):
        vouchers.require_ready(voucher, clock.now())
        identity.require_active(voucher.member)
        draft.put(Coupon(voucher.code, voucher.names, voucher.amount, voucher.percent))
        draft.member = draft.member or voucher.member.number
        return True
    if found := scanning.member_or_none(text, seat.programme):
        draft.member = found.number
        return True
    return False


def _put_in(request: HttpRequest, seat: Seat, draft: Draft, product: Product) -> HttpResponse:
    if _has_room(request, draft):
        price = None if product.price is None else money.rounded(product.price, seat.programme.currency)
        draft.add(product.sku, product.name, price, listed=price)
        drafts.keep(request.session, draft)
    return back_to(draft, request)


def _has_room(request: HttpRequest, draft: Draft) -> bool:
    is_new = draft.token not in {each.token for each in drafts.opened(request.session)}
    if len(draft.items) >= drafts.MOST_ITEMS:
        messages.warning(
            request, _("A sale has at most %(most)s lines. Pay this one first.") % {"most": drafts.MOST_ITEMS}
        )
    elif is_new and len(drafts.opened(request.session)) >= drafts.MOST_OPEN:
        messages.warning(
            request, _("%(most)s sales are open. Pay or discard one of them first.") % {"most": drafts.MOST_OPEN}
        )
    else:
        return True
    return False


def _other(seat: Seat, categories: Any, wanted: str) -> OtherForm:
    """The form for goods that the list doesn't know, with what was looked for: as a barcode, or as a name."""
    is_code = wanted.isdecimal()
    initial = {"quantity": ONE, "sku": wanted if is_code else "", "name": "" if is_code else wanted}
    return OtherForm(initial=initial, programme=seat.programme, categories=categories, auto_id="other_%s")


def _asked(request: HttpRequest, name: str) -> str:
    given = request.POST if request.method == "POST" else request.GET
    return given.get(name, "").strip()[: scanning.LONGEST].replace("\0", "")


def _place(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < len("1000000") else 0
