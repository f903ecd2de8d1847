"""Pages for what went wrong, in the house's own voice. Each leads back to where its reader came from."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import context_processors

# Where the addresses of a face begin, where it begins, and what leads there.
FACES = (
    ("till:start", gettext_lazy("To the till")),
    ("admin:index", gettext_lazy("To the staff pages")),
    ("staff_home", gettext_lazy("To the staff pages")),
)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return HttpResponse(render_to_string("400.html", _known(request)), status=HTTPStatus.BAD_REQUEST)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return _page(request, HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return _page(request, HTTPStatus.NOT_FOUND)


def not_allowed(request: HttpRequest, allowed: str) -> HttpResponse:
    """405: somebody looks up an address that only takes what a form sends. ALLOWED is what it takes."""
    response = _page(request, HTTPStatus.METHOD_NOT_ALLOWED)
    response["Allow"] = allowed
    return response


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """429, by allauth's limits."""
    return _page(request, HTTPStatus.TOO_MANY_REQUESTS)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: nothing is asked of the database, which may be what broke."""
    return HttpResponse(render_to_string("500.html", _known(request)), status=HTTPStatus.INTERNAL_SERVER_ERROR)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was sent without its token: old, or from elsewhere."""
    words = _("This page has grown old. Please go back, load it again and send the form once more.")
    return _page(request, HTTPStatus.FORBIDDEN, words=words)


def _page(request: HttpRequest, status: HTTPStatus, **context: str) -> HttpResponse:
    return render(request, f"{status.value}.html", {**_way_on(request), **context}, status=status)


def _known(request: HttpRequest) -> dict[str, str | Promise]:
    """What a page needs that asks nothing of the database."""
    return {**_way_on(request), "look": context_processors.look(request)}


def _way_on(request: HttpRequest) -> dict[str, str | Promise]:
    for name, words in FACES:
        if request.path.startswith(reverse(name)):
            return {"way_on": reverse(name), "way_on_words": words}
    return {"way_on": reverse("home"), "way_on_words": _("To the home page")}
