"""The pages for what went wrong, in a real browser, on each face: read by everybody, and with a way on."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import translation
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from portal.views import errors
from tests import factories
from tests.admin import desk
from tests.admin.test_looks import seat
from tests.journeys.portal_browser import window
from tests.looking import Look, faults, keep, overflow

VIEWS: dict[int, Callable[[HttpRequest], HttpResponse]] = {
    400: errors.bad_request,
    403: errors.permission_denied,
    404: errors.not_found,
    405: lambda request: errors.not_allowed(request, "POST"),
    429: errors.too_many_requests,
    500: errors.server_error,
}
FACES = {"till": "/till/sale/", "staff": "/admin/members/member/"}
LOOKS = [Look(1280, "en", "light"), Look(360, "zh-hans", "dark")]


def broken(address: str, status: int, language: str) -> str:
    """What stands at ADDRESS when the STATUS is what came of it."""
    request = RequestFactory().get(address)
    request.user = AnonymousUser()
    with translation.override(language):
        return VIEWS[status](request).content.decode()


def put(page: Page, address: str, text: str) -> None:
    """Let TEXT stand at ADDRESS, with the site's own styles around it."""
    page.route(f"**{address}", lambda route: route.fulfill(body=text, content_type="text/html; charset=utf-8"))


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: f"{look.width}-{look.language}")
def test_what_went_wrong_can_be_read_by_everybody(chromium: Browser, live_site: LiveServer, look: Look) -> None:
    factories.shop()
    wrong: dict[str, Any] = {}

    with window(chromium, live_site.url, **look._asdict()) as context:
        page = context.new_page()
        for face, address in FACES.items():
            for status in VIEWS:
                put(page, address, broken(address, status, look.language))
                page.goto(address)
                page.unroute_all()
                keep(page, face, f"error {status}", look)
                found = (faults(page), overflow(page), page.locator("a.button").count())
                if found != ([], 0, 1):
                    wrong[f"{face} {status}"] = found
        # Who may not use the till is told so on its own page.
        seat(context, live_site.url, desk.colleague("marketing"))
        refused = context.request.get("/till/")
        put(page, "/till/", refused.text())
        page.goto("/till/")
        keep(page, "till", "refused", look)
        found = (faults(page), overflow(page), page.locator("a.button").count())
        if (refused.status, found) != (403, ([], 0, 1)):
            wrong["till refused"] = (refused.status, found)

    assert wrong == {}
