"""Bringing friends: a member's own link and what came of it, and the page on which a friend lands."""

from http import HTTPStatus
from urllib.parse import quote, urlencode

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaigns import referral_figures, referral_words, referrals
from core import clock, codes
from core.errors import LoyaltyError
from members.models import Member
from portal import figures, overview
from portal.views import cookies
from portal.views.guard import PortalRequest, member_of, member_page, page


@require_safe
@member_page
def refer(request: PortalRequest, member: Member) -> HttpResponse:
    """The member's own code, link and QR code, and how far the friends are who came by it."""
    at, programme = clock.now(), request.programme
    scheme = referrals.scheme(programme)
    context = {
        "member": member,
        "scheme": scheme,
        "standing": referral_figures.of_member(member.pk, programme, at=at),
        "invited": referral_figures.invited(member.pk),
    }
    if not scheme.is_active:
        return page(request, "refer", **context)
    code = referrals.code_of(member, at=at)
    link = request.build_absolute_uri(reverse("invitation", args=[code]))
    words = scheme.invitation or _invitation(request, scheme.friend_points)
    letter = urlencode({"subject": programme.name, "body": f"{words}\n\n{link}"}, quote_via=quote)
    response = page(
        request, "refer", code=code, link=link, qr=codes.qr(link), words=words, letter=f"mailto:?{letter}", **context
    )
    cookies.remember_member(request, response, member.pk)
    return response


@require_safe
@never_cache
def invitation(request: PortalRequest, code: str) -> HttpResponse:
    """Who invites, by the first name, and what both get; the invitation is kept for whoever joins within thirty days.

    Who is a member already is told so, and a code that does not count leads to joining without it.
    """
    limited: HttpResponse | None = ratelimit.consume_or_429(request, action="invitation", limit_get=True)
    if limited:
        return limited
    member = member_of(request)
    try:
        found = referrals.invitation(code, request.programme)
    except LoyaltyError as refusal:
        answer = page(request, "invitation", member=member, refusal=str(refusal))
        answer.status_code = HTTPStatus.NOT_FOUND
        return answer
    if member and member.pk == found.referrer.pk:
        return HttpResponseRedirect(reverse("refer"))
    inviter = referral_words.given_name(found.referrer.name)
    response = page(request, "invitation", member=member, scheme=found.scheme, inviter=inviter)
    if member is None:
        cookies.keep_invitation(response, found.code)
    return response


def invited_by(request: PortalRequest) -> str:
    """The code that the browser keeps, if it still counts."""
    code = cookies.invited_by(request)
    try:
        return referrals.invitation(code, request.programme).code if code else ""
    except LoyaltyError:
        return ""


def _invitation(request: PortalRequest, points: int) -> str:
    """Our own words, where the shop has none."""
    if not points:
        return _("Come along to %(programme)s.") % {"programme": request.programme.name}
    one, many = overview.units(request.programme)[_language(request)]
    return _("Come along to %(programme)s: by my invitation you get %(points)s %(unit)s after your first purchase.") % {
        "programme": request.programme.name,
        "points": figures.number(points),
        "unit": one if points == 1 else many,
    }


def _language(request: HttpRequest) -> str:
    return str(getattr(request, "LANGUAGE_CODE", "en"))
