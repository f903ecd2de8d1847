"""Every page knows the programme; before there is one, every page leads to its set-up."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from core import db
from core import programme as programmes
from core.models import Programme

Handler = Callable[[HttpRequest], HttpResponse]
# Tills are told by a refusal of their own, and developers read their mail before there is a programme.
UNCONCERNED = ("/api/", "/dev/")
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
