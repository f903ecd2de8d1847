"""Staff in a real Chromium: signing in with a code, adjusting points, on every screen and in both languages."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect
from pytest_django.live_server_helper import LiveServer

from access import factors
from access.models import AuditEntry, User
from core import clock as clocks
from points.models import Account
from tests import factories
from tests.admin import desk
from tests.admin.desk import PASSWORD, SECRET


@pytest.fixture
def staff_page(chromium: Browser, live_site: LiveServer) -> Iterator[Page]:
    """A page the size of a desk's screen, in English. Any error in its console fails the test, also refusals by CSP."""
    context = chromium.new_context(base_url=live_site.url, viewport={"width": 1280, "height": 900}, locale="en-GB")
    errors: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            errors.append(f"{message.text} at {message.location.get('url')}")

    page = context.new_page()
    page.on("console", heard)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


def sign_in(page: Page, username: str) -> None:
    """Password, then the code of this moment."""
    page.goto("/admin/")
    page.get_by_label("User name or e-mail").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").or_(page.get_by_role("button", name="Log in")).click()
    page.locator("[name=code]").fill(factors.code(SECRET, at=clocks.now()))
    page.get_by_role("button", name="Sign in").click()


def test_support_gives_points_after_signing_in_with_a_code(staff_page: Page) -> None:
    told = desk.story(factories.shop())
    desk.colleague("support")
    page = staff_page

    sign_in(page, "support")
    expect(page.get_by_role("heading", name="The books")).to_be_visible()
    page.get_by_role("link", name="Members", exact=True).click()
    page.get_by_role("link", name="Ada Lovelace").click()
    expect(page.locator("#available-points")).to_have_text("70")
    page.get_by_role("link", name="Adjust points").click()
    page.get_by_label("How many").fill("30")
    page.get_by_label("Reason").select_option("goodwill")
    page.get_by_label("Note for the member").fill("Thank you for waiting")
    page.get_by_role("button", name="Show what will happen").click()
    expect(page.get_by_role("heading", name="What will happen")).to_be_visible()
    expect(page.locator(".staff-preview")).to_contain_text("100")
    page.get_by_role("button", name="Adjust the points").click()

    expect(page.locator("#available-points")).to_have_text("100")
    page.get_by_role("link", name="Points", exact=True).click()
    expect(page.get_by_text("Thank you for waiting")).to_be_visible()
    assert Account.objects.get(member=told.member).available == 100
    assert AuditEntry.objects.get(action="points.adjusted").subject == f"member:{told.member.pk}"


def test_somebody_new_sets_up_an_app_on_a_phone(page: Page) -> None:
    factories.programme()
    factories.staff("sam", is_superuser=True)

    page.goto("/admin/")
    page.get_by_label("User name or e-mail").fill("sam")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("#login-form button").click()
    page.get_by_role("link", name="Set up an app").click()
    secret = page.locator("#authenticator_secret").inner_text()
    page.locator("[name=code]").fill(factors.code(secret, at=clocks.now()))
    page.get_by_role("button", name="Set up").click()
    page.get_by_role("link", name="To the staff pages").click()

    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    assert factors.is_enrolled(User.objects.get(username="sam"))


def test_a_passkey_lets_in(staff_page: Page) -> None:
    """With the browser's own virtual authenticator, as a finger on the sensor would."""
    factories.programme()
    factories.staff("sam", is_superuser=True)
    page = staff_page
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
            }
        },
    )
    here = page.url

    page.goto("/admin/login/")
    page.goto(page.url.replace("127.0.0.1", "localhost"))
    page.get_by_label("User name or e-mail").fill("sam")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("#login-form button").click()
    page.get_by_role("link", name="Add a passkey").click()
    page.locator("[name=name]").fill("Laptop")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("link", name="To the staff pages").click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()

    page.context.clear_cookies()
    page.goto(f"{page.url.split('/admin')[0]}/admin/login/")
    page.get_by_label("User name or e-mail").fill("sam")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("#login-form button").click()
    page.get_by_role("button", name="Use a passkey instead").click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    assert here == "about:blank"


def test_the_staff_pages_speak_chinese(staff_page: Page) -> None:
    factories.shop()
    desk.colleague("superuser")
    sign_in(staff_page, "superuser")

    staff_page.get_by_text("superuser@example.com").click()
    staff_page.get_by_role("button", name="简体中文").click()

    expect(staff_page.locator("html")).to_have_attribute("lang", "zh-hans")
    expect(staff_page.get_by_role("link", name="会员", exact=True)).to_be_visible()


def test_pages_fit_a_phone(page: Page) -> None:
    told = desk.story(factories.shop())
    desk.colleague("support")
    sign_in(page, "support")

    wide = []
    for address in ("/admin/", "/admin/members/member/", f"/admin/members/member/{told.member.pk}/change/#points"):
        page.goto(address)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(address)

    assert wide == []


def test_the_overview_fits_every_screen_and_its_charts_open_as_tables(staff_page: Page) -> None:
    told = desk.story(factories.shop())
    desk.colleague("administrator")
    sign_in(staff_page, "administrator")

    for width in (360, 768, 1280):
        staff_page.set_viewport_size({"width": width, "height": 900})
        staff_page.goto("/admin/?period=custom&since=2026-05-20&until=2026-06-01")
        assert staff_page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0

    expect(staff_page.locator("#card-accrued")).to_contain_text("100")
    table = staff_page.get_by_role("table", name="Points in and out")
    expect(table).to_be_hidden()
    staff_page.get_by_text("As a table").first.click()
    expect(table.get_by_role("row", name="1 June")).to_contain_text("100")
    staff_page.locator("#card-liability").get_by_role("link").click()
    expect(staff_page.get_by_role("heading", name="Month for the accountant")).to_be_visible()
    assert told.sale.purchase_id
