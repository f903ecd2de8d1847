"""The inbox."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core import clock
from members.models import Member
from messaging import inbox as letters
from portal.views.guard import PortalRequest, cursor, member_page, page

PAGE_OF_LETTERS = 20


@require_safe
@member_page
def inbox(request: PortalRequest, member: Member) -> HttpResponse:
    """What was written to the member, the latest first, twenty at a time."""
    before = cursor(request)
    found = letters.letters(member.pk, before=before, limit=PAGE_OF_LETTERS + 1)
    shown = found[:PAGE_OF_LETTERS]
    older = f"{reverse('inbox')}?before={shown[-1].pk}" if len(found) > len(shown) else ""
    unread = letters.unread(member.pk)
    return page(request, "inbox", member=member, letters=shown, older=older, is_first=before is None, unread=unread)


@require_safe
@member_page
def letter(request: PortalRequest, member: Member, message_id: int) -> HttpResponse:
    """One message, read from now on."""
    found = letters.open_letter(member.pk, message_id, at=clock.now())
    if found is None:
        raise Http404
    return page(request, "letter", member=member, letter=found)


@require_POST
@member_page
def read_all(request: PortalRequest, member: Member) -> HttpResponse:
    """Take all messages as read."""
    letters.read_all(member.pk, at=clock.now())
    return HttpResponseRedirect(reverse("inbox"))
