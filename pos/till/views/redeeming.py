"""Rewards at the counter: a member who proves that it is them has one for points, and may use it on the sale."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from core import clock, codes
from core.errors import LoyaltyError
from members.identity import Found
from members.models import Member
from points import queries as points
from pos.discounts import Coupon
from pos.idempotency import KeyInFlight
from pos.till import drafts, requests
from pos.till.drafts import Draft
from pos.till.forms import RedeemForm
from pos.till.requests import Call
from pos.till.views import writes
from pos.till.views.guard import Seat, page, till_page
from pos.till.views.sale import holder, to_sale
from rewards import catalogue, proofs, queries, redemption
from rewards.catalogue import Offering, UnknownReward
from rewards.models import Reward, Voucher
from rewards.proofs import Kind

KINDS = {kind.value for kind in Kind}

View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Visit:
    """A member at the counter: the sale that they are on, and who serves them."""

    request: HttpRequest
    seat: Seat
    draft: Draft
    member: Found

    def page(self, name: str, **context: Any) -> HttpResponse:
        """The page templates/till/NAME.html, which knows who is here."""
        return page(self.request, self.seat, name, draft=self.draft, member=self.member, **context)

    def offering(self, reward: str) -> Offering:
        """The reward as it stands for the member now. Raises UnknownReward."""
        return catalogue.one(self.member.member_id, reward, at=clock.now(), programme=self.seat.programme)

    def token(self, ask: str) -> str:
        """What the redemption is called that a form asks for: unique for ever."""
        return f"till:{self.seat.terminal.pk}:{ask}"

    @property
    def site(self) -> str:
        return self.request.build_absolute_uri("/api/v1")


def of_member(view: View) -> View:
    """A page about the member on an open sale. Without one, the sale's own page says what to do."""

    @till_page()
    @wraps(view)
    def found(request: HttpRequest, seat: Seat, token: str, **named: Any) -> HttpResponse:
        draft = drafts.load(request.session, token)
        member, _refusal = holder(draft)
        return view(Visit(request, seat, draft, member), **named) if member else to_sale(token)

    return found


@of_member
def shelf(visit: Visit) -> HttpResponse:
    """What the member can have for points now, and what stands between them and the rest."""
    at, member_id = clock.now(), visit.member.member_id
    balance = points.balance(member_id, at)
    offered = catalogue.offerings(member_id, at=at, programme=visit.seat.programme, available=balance.available)
    return visit.page(
        "rewards",
        balance=balance,
        offered=sorted(offered, key=lambda each: not each.is_affordable),
        calls=[requests.rewards(visit.site, visit.member.number)],
    )


@of_member
def redeem(visit: Visit, reward: str) -> HttpResponse:
    """One reward: what it leaves, by what the member proves that it is them, and redeeming it, once a form."""
    request = visit.request
    try:
        offering = visit.offering(reward)
    except UnknownReward as refusal:
        messages.warning(request, str(refusal))
        return HttpResponseRedirect(reverse("till:rewards", args=[visit.draft.token]))
    if request.method != "POST":
        return _page(visit, offering, RedeemForm(initial={**_fresh(offering), "kind": _asked_kind(request)}))
    form = RedeemForm(request.POST)
    if not form.is_valid():
        return _page(visit, offering, form)
    return (_send if form.wants_code else _go_on)(visit, offering, form)


def _asked_kind(request: HttpRequest) -> str:
    kind = request.GET.get("by", "")
    return kind if kind in KINDS else Kind.QR


def _go_on(visit: Visit, offering: Offering, form: RedeemForm) -> HttpResponse:
    given = form.cleaned_data
    try:
        work = partial(_redeem, visit, offering.reward.code, form)
        refused = writes.once(visit.seat, f"till-redeem-{given['ask']}", visit.request.path, work)["refused"]
    except KeyInFlight:
        return _to_voucher(visit, given["ask"], "?wait=1")
    except LoyaltyError as refusal:
        return _again(visit, offering, form, str(refusal))
    if refused:
        return _again(visit, offering, form, refused, given["kind"])
    voucher = queries.asked_for(visit.member.member_id, visit.token(given["ask"]))
    if voucher and given["use_now"]:
        return _put_in(visit, voucher)
    return _to_voucher(visit, given["ask"])


def _redeem(visit: Visit, reward: str, form: RedeemForm) -> dict[str, Any]:
    """What is kept of it: why the proof was not taken, "" when it was. A wrong proof counts, so it is not raised."""
    at, given = clock.now(), form.cleaned_data
    if refusal := proofs.check(visit.member.member_id, form.proof(), at=at):
        return {"refused": str(refusal)}
    redemption.redeem(
        visit.member.member_id,
        reward,
        token=visit.token(given["ask"]),
        at=at,
        actor=visit.seat.actor,
        price=given["price"],
        programme=visit.seat.programme,
    )
    return {"refused": ""}


def _put_in(visit: Visit, voucher: Voucher) -> HttpResponse:
    """The voucher goes into the sale, which uses it when it is paid; unless a sale has used it meanwhile."""
    if voucher.state_at(clock.now()) == Voucher.State.ISSUED:
        visit.draft.put(Coupon(voucher.code, voucher.names, voucher.amount, voucher.percent))
        drafts.keep(visit.request.session, visit.draft)
        messages.success(visit.request, _("Redeemed, and in this sale."))
    return to_sale(visit.draft.token)


def _send(visit: Visit, offering: Offering, form: RedeemForm) -> HttpResponse:
    """A code is sent to the member, once a form."""
    request = visit.request
    try:
        key = f"till-code-{form.cleaned_data['ask']}"
        sent = writes.once(visit.seat, key, request.path, partial(_send_code, visit))
    except KeyInFlight:
        pass  # the first click is sending it
    except LoyaltyError as refusal:
        return _again(visit, offering, form, str(refusal), Kind.CODE)
    else:
        messages.success(request, _("A code is on its way to %(address)s.") % sent)
    return HttpResponseRedirect(f"{request.path}?by={Kind.CODE}")


def _send_code(visit: Visit) -> dict[str, Any]:
    member = Member.objects.get(pk=visit.member.member_id)
    return {"address": proofs.send_code(member, at=clock.now(), place=visit.seat.terminal.store.name).address}


def _again(visit: Visit, offering: Offering, form: RedeemForm, refusal: str, field: str | None = None) -> HttpResponse:
    """The form once more, as another request: what was wrong stands beside its FIELD, the reward is as it is now."""
    offering = visit.offering(offering.reward.code)
    return _page(visit, offering, form.once_more(_fresh(offering), refusal, field))


@of_member
def voucher(visit: Visit, ask: str) -> HttpResponse:
    """What a member was given here just now: to print, to use on this sale, or to keep."""
    found = queries.asked_for(visit.member.member_id, visit.token(ask))
    if found is None and "wait" not in visit.request.GET:
        return HttpResponseRedirect(reverse("till:rewards", args=[visit.draft.token]))
    is_ready = found is not None and found.state_at(clock.now()) == Voucher.State.ISSUED
    return visit.page(
        "voucher",
        voucher=found,
        qr=codes.fresh_qr(found.code) if found and is_ready else "",
        is_ready=is_ready,
        is_in_sale=found is not None and visit.draft.has(found.code),
    )


def _page(visit: Visit, offering: Offering, form: RedeemForm) -> HttpResponse:
    available = points.balance(visit.member.member_id, clock.now()).available
    return visit.page(
        "redeem",
        offering=offering,
        form=form,
        available=available,
        after=available - offering.reward.price,
        calls=_calls(visit, offering, form),
    )


def _calls(visit: Visit, offering: Offering, form: RedeemForm) -> list[Call]:
    known, ask = {"number": visit.member.number}, form["ask"].value()
    proof = {"kind": str(form["kind"].value()), "value": "…"}
    body = {"reward": offering.reward.code, "member": known, "proof": proof}
    return [
        requests.send_code(visit.site, {"member": known}, f"code-{ask}"),
        requests.redeem(visit.site, body, f"redeem-{ask}"),
    ]


def _fresh(offering: Offering) -> dict[str, Any]:
    """What a form begins with that nobody has sent yet: what it will be called, the price shown."""
    use_now = offering.reward.supply != Reward.Supply.CODES
    return {"ask": drafts.new_token(), "price": offering.reward.price, "use_now": use_now}


def _to_voucher(visit: Visit, ask: str, query: str = "") -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("till:redeemed", args=[visit.draft.token, ask]) + query)
