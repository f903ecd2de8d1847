"""The card: to collect points with, and, with a code that changes, to use them."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock
from members.models import Member
from points import queries
from portal import codes, overview
from portal.forms import PinForm
from portal.views.guard import PortalRequest, member_page, page
from rewards import proofs


@require_safe
@member_page
def card(request: PortalRequest, member: Member) -> HttpResponse:
    """The card, as large as a till's reader likes it."""
    climb = overview.climb(member, request.programme, at=clock.now())
    number = member.number
    return page(request, "card", member=member, climb=climb, qr=codes.qr(number), barcode=codes.barcode(number))


@require_safe
@member_page
def spend(request: PortalRequest, member: Member) -> HttpResponse:
    """The code by which a till knows that it is the member who uses points. It changes every half minute."""
    at = clock.now()
    shown = proofs.issue_qr(member, at=at)
    return page(
        request,
        "spend",
        member=member,
        qr=codes.fresh_qr(shown.text),
        seconds=_seconds(shown, at),
        balance=queries.balance(member.pk, at),
        has_pin=proofs.has_pin(member.pk),
    )


@require_safe
@member_page
def spending_code(request: PortalRequest, member: Member) -> JsonResponse:
    """The code of this moment, and for how many seconds to show it."""
    at = clock.now()
    shown = proofs.issue_qr(member, at=at)
    return JsonResponse({"picture": codes.fresh_qr(shown.text), "seconds": _seconds(shown, at)})


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def pin(request: PortalRequest, member: Member) -> HttpResponse:
    """Choose a PIN to use points with where no phone is at hand, or choose another one."""
    form = PinForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            proofs.set_pin(member, form.cleaned_data["pin"], at=clock.now())
        except proofs.WeakPin as refusal:
            form.add_error("pin", str(refusal))
        else:
            messages.success(request, _("Your PIN is set."))
            return HttpResponseRedirect(reverse("security"))
    has_pin, is_locked = proofs.has_pin(member.pk), proofs.is_pin_locked(member.pk)
    return page(request, "me/pin", member=member, form=form, has_pin=has_pin, is_locked=is_locked)


@require_POST
@member_page
def remove_pin(request: PortalRequest, member: Member) -> HttpResponse:
    """Take the PIN away."""
    proofs.remove_pin(member, at=clock.now())
    messages.success(request, _("The PIN was removed."))
    return HttpResponseRedirect(reverse("security"))


def _seconds(shown: proofs.Qr, at: datetime) -> int:
    return max(1, round((shown.changes_at - at).total_seconds()))
