"""What there is for points: the catalogue, one reward, and the way from points to a voucher."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core import clock
from core.errors import LoyaltyError
from members.models import Member
from points import queries
from portal import wares
from portal.forms import RedeemForm
from portal.views.guard import PortalRequest, member_of, member_page, page
from rewards import catalogue, redemption

SPENDER = "portal"
# Whether the dearest come first, by the word in the address. Without one, the shop's own order.
ORDERS = {"fewest": False, "most": True}
# With fewer on the shelf, one sees what there is.
WORTH_SORTING = 6


@require_safe
@never_cache
def shelf(request: PortalRequest) -> HttpResponse:
    """The catalogue, as it stands for the member or for a guest."""
    member = member_of(request)
    found = catalogue.offerings(member.pk if member else None, at=clock.now(), programme=request.programme)
    wanted, order = request.GET.get("show", ""), request.GET.get("order", "")
    shown = [each for each in found if wanted != "affordable" or each.is_affordable]
    if order in ORDERS:
        shown.sort(key=lambda each: each.reward.price, reverse=ORDERS[order])
    available = queries.balance(member.pk, clock.now()).available if member else None
    return page(
        request,
        "rewards/shelf",
        member=member,
        wares=[wares.of(each, request.programme) for each in shown],
        all_count=len(found),
        affordable_count=sum(each.is_affordable for each in found),
        wanted=wanted if wanted == "affordable" else "",
        order=order if order in ORDERS else "",
        orders=_orders(len(found)),
        available=available,
    )


def _orders(count: int) -> list[tuple[str, str]]:
    if count < WORTH_SORTING:
        return []
    return [("", _("Our order")), ("fewest", _("Fewest points")), ("most", _("Most points"))]


@require_safe
@never_cache
def reward(request: PortalRequest, code: str) -> HttpResponse:
    """One reward: what it is, what it costs, what stands between it and the reader."""
    member = member_of(request)
    ware = _ware(request, code, member)
    return page(request, "rewards/reward", member=member, ware=ware, token=uuid.uuid4(), stay=request.path)


@require_safe
@member_page
def confirm(request: PortalRequest, member: Member, code: str) -> HttpResponse:
    """Before and after, and the button. The token in the address makes the button good for one voucher."""
    form = RedeemForm(request.GET)
    if not form.is_valid():
        return HttpResponseRedirect(reverse("reward", args=[code]))
    ware = _ware(request, code, member)
    if not ware.offering.is_affordable:
        return HttpResponseRedirect(reverse("reward", args=[code]))
    available = queries.balance(member.pk, clock.now()).available
    return page(
        request,
        "rewards/confirm",
        member=member,
        ware=ware,
        token=form.cleaned_data["token"],
        available=available,
        after=available - ware.offering.reward.price,
        expires_on=wares.last_day(ware.offering.reward, clock.now(), request.programme),
    )


@require_POST
@member_page
def redeem(request: PortalRequest, member: Member, code: str) -> HttpResponse:
    """Take the points and give the voucher, once for each token: whoever asks twice is led to the first voucher."""
    form = RedeemForm(request.POST)
    if not form.is_valid():
        return HttpResponseRedirect(reverse("reward", args=[code]))
    try:
        done = redemption.redeem(
            member.pk,
            code,
            token=f"portal:{form.cleaned_data['token']}",
            price=form.cleaned_data["price"],
            at=clock.now(),
            actor=SPENDER,
            programme=request.programme,
        )
    except catalogue.UnknownReward as error:
        raise Http404 from error
    except LoyaltyError as refusal:
        messages.warning(request, str(refusal))
        return HttpResponseRedirect(reverse("reward", args=[code]))
    if done.is_repeat:
        messages.info(request, _("You have redeemed this already: here is your voucher. No points were taken again."))
    else:
        messages.success(request, _("It is yours. Show this at the till."))
    return HttpResponseRedirect(reverse("voucher", args=[done.voucher.uuid]))


def _ware(request: PortalRequest, code: str, member: Member | None) -> wares.Ware:
    try:
        found = catalogue.one(member.pk if member else None, code, at=clock.now(), programme=request.programme)
    except catalogue.UnknownReward as error:
        raise Http404 from error
    return wares.of(found, request.programme)
