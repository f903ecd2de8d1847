"""Where mail providers report what became of messages. They come without a session and show a secret instead."""

from http import HTTPStatus

import structlog
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from core import clock
from messaging import tracking
from messaging.api import providers

log = structlog.get_logger(__name__)


@csrf_exempt
@never_cache
@require_http_methods(["POST", "HEAD"])
def reported(request: HttpRequest, provider: str) -> HttpResponse:
    """Note what PROVIDER reports. The same once more changes nothing and is answered the same; so is a message that is
    not ours. 404: this provider is not set up; 401: the secret or signature is wrong; 400: not what it sends."""
    if request.method == "HEAD":
        return HttpResponse()  # some ask so whether the address is there, when it is entered
    try:
        heard = providers.read(provider, request, at=clock.now())
    except providers.NotSetUp as error:
        raise Http404 from error
    except providers.NotFromProvider:
        log.warning("report_refused", provider=provider)
        answer = _plain("The secret or the signature is not the one of the settings.", HTTPStatus.UNAUTHORIZED)
        answer["WWW-Authenticate"] = 'Basic realm="reports"'
        return answer
    except providers.Unreadable as error:
        log.warning("report_unreadable", provider=provider, error=type(error.__cause__).__name__)
        return _plain(f"This is not a report of {provider}.", HTTPStatus.BAD_REQUEST)
    return _plain(f"{tracking.note(heard)} new\n", HTTPStatus.OK)


def _plain(text: str, status: HTTPStatus) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
