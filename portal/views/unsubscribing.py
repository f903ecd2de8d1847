"""The page behind the link in marketing messages. Only a POST unsubscribes: mail scanners fetch every link they see."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from core import clock
from messaging import unsubscribing
from portal.views.guard import page


@csrf_exempt  # mail programs send the POST, without cookies (RFC 8058); the token is the secret
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether to end marketing over the channel of the token; by POST, end it at once."""
    try:
        found = unsubscribing.find(token)
    except unsubscribing.UnknownLink as refusal:
        raise Http404 from refusal
    is_done = request.method == "POST"
    if is_done:
        unsubscribing.unsubscribe(found, at=clock.now())
    with translation.override(found.member.language):
        return page(request, "unsubscribe", channel=found.channel, is_done=is_done)
