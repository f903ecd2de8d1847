"""What staff pages need around them."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from core import once

Handler = Callable[[HttpRequest], HttpResponse]


class StaffPagesMiddleware:
    """On staff pages, times are the programme's, and the page may do what Unfold's scripts and styles need.

    Every other page keeps the strict policy of CONTENT_SECURITY_POLICY.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.roots = (reverse("admin:index"), reverse("staff_home"))

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(self.roots):
            return self.get_response(request)
        with once.request():
            known = getattr(request, "programme", None)
            programme = once.read("programme", lambda: known) if known else once.programme_or_none()
            with timezone.override(ZoneInfo(programme.time_zone) if programme else settings.TIME_ZONE):
                response = self.get_response(request)
        response._csp_replace = settings.ADMIN_CONTENT_SECURITY_POLICY  # type: ignore[attr-defined]
        return response
