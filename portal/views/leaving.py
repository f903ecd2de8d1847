"""Taking one's data along, and leaving."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from care import closing, dossier
from core import clock
from members.models import Member
from points import queries
from portal import passkeys
from portal.forms import CLOSING_WORD, ClosingForm
from portal.joining import SOURCE
from portal.views.guard import PortalRequest, member_page, page


@require_safe
@member_page
def data(request: PortalRequest, member: Member) -> HttpResponse:
    """Everything we know about the member, to be read."""
    told = dossier.export(member, request.programme, at=clock.now())
    return page(request, "me/data", member=member, told=told)


@require_safe
@member_page
def data_file(request: PortalRequest, member: Member) -> HttpResponse:
    """Everything we know about the member, for programs."""
    told = dossier.export(member, request.programme, at=clock.now())
    response = JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = f'attachment; filename="member-{member.number}.json"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def close(request: PortalRequest, member: Member) -> HttpResponse:
    """End the membership, when the member has typed that they mean it."""
    form = ClosingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if member.user and not member.user.is_staff:
            passkeys.remove_all(member.user)
        closing.close(member, source=SOURCE, at=clock.now())
        logout(request)
        messages.success(request, _("Your membership has ended. Thank you for the time with us."))
        return forget_device(HttpResponseRedirect(reverse("home")))
    balance = queries.balance(member.pk, clock.now())
    return page(request, "me/close", member=member, form=form, balance=balance, word=CLOSING_WORD)


def forget_device(response: HttpResponse) -> HttpResponse:
    """Let the browser forget the card that it keeps for times without a network."""
    response["Clear-Site-Data"] = '"storage"'
    return response
