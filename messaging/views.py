"""The development mailbox: all that would have left the building, to be read on a page."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core import programme as programmes
from messaging import letters
from messaging.models import Message

SHOWN = 100
# What a mail program would do with it, and nothing else.
FRAMED = (
    "default-src 'none'; img-src 'self' data: https:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox"
)


@require_safe
@never_cache
def mailbox(request: HttpRequest) -> HttpResponse:
    """The latest messages, newest first; with ?to= only those whose address holds that. Not there in production.

    What goes to inboxes does not leave the building: members find it there, and a code to sign in is not lost in it.
    """
    if not settings.DEBUG:
        raise Http404
    to = request.GET.get("to", "").strip()
    leaving = Message.objects.exclude(channel=Message.Channel.IN_APP)
    found = leaving.filter(address__icontains=to).order_by("-created_at", "-id")[:SHOWN]
    return render(request, "messaging/mailbox.html", {"found": found, "to": to})


@require_safe
@never_cache
def opened(request: HttpRequest, message_id: int) -> HttpResponse:
    """One e-mail of the mailbox, as a phone and a desktop show it. Not there in production."""
    message = _email(message_id)
    return render(request, "messaging/opened.html", {"letter": message})


@require_safe
@never_cache
def shown(request: HttpRequest, message_id: int) -> HttpResponse:
    """The HTML of an e-mail of the mailbox, for a frame. Not there in production."""
    message = _email(message_id)
    return framed(letters.page(message, letters.look(programmes.current())))


def framed(html: str) -> HttpResponse:
    """An e-mail's HTML for a frame of our own pages: it can run nothing, send nothing and take nobody anywhere."""
    answer = HttpResponse(html)
    answer["Content-Security-Policy"] = FRAMED
    answer["X-Frame-Options"] = "SAMEORIGIN"
    return answer


def _email(message_id: int) -> Message:
    if not settings.DEBUG:
        raise Http404
    return get_object_or_404(Message, pk=message_id, channel=Message.Channel.EMAIL)
