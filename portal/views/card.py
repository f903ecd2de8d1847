"""The card: to collect points with, and, with a code that changes, to use them."""

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock, codes
from members.models import Member
from points import queries
from portal import emblem, overview
from portal.forms import PinForm
from portal.views.guard import PortalRequest, member_page, page
from portal.wallet import apple, contents, credentials, google
from rewards import proofs


@require_safe
@member_page
def card(request: PortalRequest, member: Member) -> HttpResponse:
    """The card, as large as a till's reader likes it."""
    at = clock.now()
    return page(
        request,
        "card",
        member=member,
        climb=overview.climb(member, request.programme, at=at),
        qr=codes.qr(member.number),
        barcode=codes.barcode(member.number),
        has_apple=credentials.apple(at) is not None,
        has_google=credentials.google() is not None,
    )


@require_safe
@member_page
def apple_pass(request: PortalRequest, member: Member) -> HttpResponse:
    """The card for Apple Wallet."""
    at, programme = clock.now(), request.programme
    signing = credentials.apple(at)
    if signing is None:
        raise Http404
    pictures = {name: emblem.icon(programme, size, maskable=False) for name, size in apple.SIZES.items()}
    built = apple.build(contents.of(member, programme, at=at), pictures, signing)
    # No attachment: a browser that knows passes opens it, the others keep it under the name in the address.
    return HttpResponse(built, content_type=apple.CONTENT_TYPE)


@require_safe
@member_page
def google_pass(request: PortalRequest, member: Member) -> HttpResponse:
    """On to Google Wallet, with the card in the link."""
    at = clock.now()
    issuer = credentials.google()
    if issuer is None:
        raise Http404
    return HttpResponseRedirect(google.link(contents.of(member, request.programme, at=at), issuer, at=at))


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
