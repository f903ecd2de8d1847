"""The member's vouchers."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from core import clock, codes
from core.errors import LoyaltyError
from members.models import Member
from portal import figures, wares
from portal.views.guard import PortalRequest, member_page, page
from portal.views.rewards import SPENDER
from rewards import queries, redemption
from rewards import vouchers as verbs
from rewards.models import Voucher

MOST_SHOWN = 200


@require_safe
@member_page
def vouchers(request: PortalRequest, member: Member) -> HttpResponse:
    """What is ready; and by themselves what was used, and what is over."""
    at = clock.now()
    found = [wares.slip(each, request.programme, at=at) for each in queries.vouchers(member.pk, limit=MOST_SHOWN)]
    shelves = {name: [slip for slip in found if slip.shelf == name] for name in wares.SHELVES}
    wanted = request.GET.get("show", "")
    shown = wanted if wanted in shelves else "ready"
    ready = sorted(shelves["ready"], key=lambda slip: slip.voucher.expires_at)
    counts = [(name, wares.SHELVES[name], len(shelves[name])) for name in shelves]
    slips = ready if shown == "ready" else shelves[shown]
    return page(request, "rewards/vouchers", member=member, slips=slips, shown=shown, counts=counts)


@require_safe
@member_page
def voucher(request: PortalRequest, member: Member, voucher_id: UUID) -> HttpResponse:
    """One voucher, as a till reads it."""
    slip = wares.slip(_own(member, voucher_id), request.programme, at=clock.now())
    qr = codes.qr(slip.voucher.code) if slip.shelf == "ready" else ""
    return page(request, "rewards/voucher", member=member, slip=slip, qr=qr, stay=request.path)


@require_POST
@member_page
def cancel(request: PortalRequest, member: Member, voucher_id: UUID) -> HttpResponse:
    """Give a voucher back that was not used; a repeat finds it done."""
    try:
        done = redemption.cancel(_own(member, voucher_id), at=clock.now(), actor=SPENDER)
    except LoyaltyError as refusal:
        messages.warning(request, str(refusal))
    else:
        told = ngettext("%(number)s point is back.", "%(number)s points are back.", done.points)
        messages.success(request, _("Cancelled.") + " " + told % {"number": figures.number(done.points)})
    return HttpResponseRedirect(reverse("voucher", args=[voucher_id]))


def _own(member: Member, voucher_id: UUID) -> Voucher:
    try:
        return verbs.own(member.pk, voucher_id)
    except verbs.UnknownVoucher as error:
        raise Http404 from error
