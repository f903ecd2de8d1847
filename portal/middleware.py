"""Every page knows the programme, before there is one leads to its set-up, and is ours whatever went wrong."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseNotFound, HttpResponseRedirect
from django.urls import reverse

from core import db
from core import programme as programmes
from core.models import Programme
from portal.views import errors

Handler = Callable[[HttpRequest], HttpResponse]
# Tills are told by a refusal of their own, developers read their mail before there is a programme, and mail providers
# ask for no page.
UNCONCERNED = ("/api/", "/dev/", "/reports/")
REVISION = "select revision from core_programme where id = 1"


class ProgrammeMiddleware:
    """Hang the programme on the request, as `request.programme`; without one, lead to the set-up page. One query."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.open_before_set_up = (reverse("setup"), reverse("set_language"), f"/{settings.STATIC_URL.lstrip('/')}")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(UNCONCERNED):
            return self.get_response(request)
        revision = db.value(REVISION)
        programme: Programme | None = None if revision is None else programmes.known(revision)
        if programme is None and not request.path.startswith(self.open_before_set_up):
            return HttpResponseRedirect(reverse("setup"))
        request.programme = programme  # type: ignore[attr-defined]
        return self.get_response(request)


class TroubleMiddleware:
    """Put our pages where Django answers by itself.

    That is an empty page to whoever opens an address that only takes forms, and, where DEBUG is on, the list of all
    addresses to whoever opens one that doesn't exist. What breaks is still shown with its traceback there.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed):
            return errors.not_allowed(request, response["Allow"])
        if isinstance(response, HttpResponseNotFound):
            return errors.not_found(request)
        return response
