"""Every page of the staff in a real browser: read by everybody, in both languages, light and dark, wide and narrow.

No page breaks its own policy: whatever its console complains of fails.
"""

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext
from pytest_django.live_server_helper import LiveServer

from access.models import User
from tests import factories
from tests.admin import desk
from tests.admin.test_permissions import ACTS, OF_A_LIST, PAGES, one_of_each, url
from tests.journeys.portal_browser import window
from tests.looking import Look, faults, keep, overflow, press

LOOKS = [Look(1280, "en", "light"), Look(360, "zh-hans", "dark")]

# Not WCAG but good practice. Unfold's script calls each of its two scrolling parts "scrollable content".
GOOD_ENOUGH = ("landmark-unique",)


def addresses(things: dict[str, object]) -> dict[str, str]:
    """Every page of the staff, by a name."""
    found = {
        "overview": "/admin/",
        "overview of own days": "/admin/?period=custom&since=2026-05-20&until=2026-06-01",
        "month": "/admin/month/",
        "password": "/admin/password_change/",
        "second factor": "/staff/second-factor/",
        "second factor, remove": "/staff/second-factor/app/remove/",
        "second factor, new codes": "/staff/second-factor/codes/new/",
        "second factor, passkeys": "/staff/second-factor/passkeys/",
        "second factor, new passkey": "/staff/second-factor/passkeys/add/",
        "member found": "/admin/members/member/?q=ada",
        "member not found": "/admin/members/member/?q=nobody",
        "user, password": reverse("admin:auth_user_password_change", args=[things["access.user"]]),
    }
    for page, (_who, add, _change) in PAGES.items():
        found[f"{page} list"] = url(page, "changelist")
        found[f"{page} one"] = url(page, "change", things[page])
        if add:
            found[f"{page} add"] = url(page, "add")
    for act in ACTS:
        app, model, _name = act.split("_", 2)
        found[act] = reverse(f"admin:{act}", args=[] if act in OF_A_LIST else [things[f"{app}.{model}"]])
    return found


def seat(context: BrowserContext, site: str, user: User) -> None:
    """Let USER be signed in."""
    session = desk.signed_in(user).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": site}])


@pytest.mark.slow
@pytest.mark.parametrize("look", LOOKS, ids=lambda look: f"{look.width}-{look.language}")
def test_every_page_of_the_staff_can_be_used_by_everybody(chromium: Browser, live_site: LiveServer, look: Look) -> None:
    things = one_of_each(desk.story(factories.shop()))
    user = desk.colleague("superuser")
    wrong: dict[str, Any] = {}
    warned: list[str] = []

    with window(chromium, live_site.url, **look._asdict()) as context:
        context.on("console", lambda message: warned.append(message.text) if message.type == "warning" else None)
        seat(context, live_site.url, user)
        page = context.new_page()
        for name, address in addresses(things).items():
            answer = page.goto(address)
            assert (name, answer and answer.status) == (name, 200)
            keep(page, "admin", name, look)
            found = (faults(page, but=GOOD_ENOUGH), overflow(page))
            if found != ([], 0):
                wrong[name] = found

    assert (wrong, warned) == ({}, [])


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: f"{look.width}-{look.language}")
def test_the_way_in_can_be_used_by_everybody(chromium: Browser, live_site: LiveServer, look: Look) -> None:
    factories.shop()
    factories.staff("newcomer", is_superuser=True)
    desk.colleague("support")
    wrong: dict[str, Any] = {}

    def look_at(name: str) -> None:
        keep(page, "admin", name, look)
        found = (faults(page, but=GOOD_ENOUGH), overflow(page))
        if found != ([], 0):
            wrong[name] = found

    with window(chromium, live_site.url, **look._asdict()) as context:
        page = context.new_page()
        page.goto("/admin/")
        look_at("sign in")
        page.locator("[name=username]").fill("support")
        page.locator("[name=password]").fill("wrong")
        press(page, "#login-form button")
        look_at("sign in, wrong")
        page.locator("[name=password]").fill(desk.PASSWORD)
        press(page, "#login-form button")
        page.locator("[name=code]").wait_for()
        look_at("second factor, code")
        context.clear_cookies(name="sessionid")
        page.goto("/admin/")
        page.locator("[name=username]").fill("newcomer")
        page.locator("[name=password]").fill(desk.PASSWORD)
        press(page, "#login-form button")
        look_at("second factor, none yet")
        page.goto("/staff/second-factor/app/")
        look_at("second factor, new app")

    assert wrong == {}
