"""The development mailbox: all that would have left the building, to be read on a page."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from messaging.models import Message

SHOWN = 100


@require_safe
@never_cache
def mailbox(request: HttpRequest) -> HttpResponse:
    """The latest messages, newest first; with ?to= only those whose address holds that. Not there in production."""
    if not settings.DEBUG:
        raise Http404
    to = request.GET.get("to", "").strip()
    found = Message.objects.filter(address__icontains=to).order_by("-created_at", "-id")[:SHOWN]
    return render(request, "messaging/mailbox.html", {"found": found, "to": to})
