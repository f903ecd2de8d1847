"""Stories in a real browser on a phone, without a single script: everything essential works by links and forms."""

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import override_settings
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from members.models import Consent, Member
from tests import factories
from tests.portal.people import code_sent_to
from tests.pos.selling import receipt, sell

TOKEN = "the-token-of-this-install"


@pytest.fixture
def phone(chromium: Browser, live_site: LiveServer) -> Iterator[Page]:
    """A small phone in English whose browser runs no scripts."""
    context = chromium.new_context(
        base_url=live_site.url,
        viewport={"width": 360, "height": 780},
        locale="en-GB",
        java_script_enabled=False,
    )
    yield context.new_page()
    context.close()


def test_somebody_joins_by_phone_buys_and_reads_what_it_earned(phone: Page) -> None:
    shop = factories.shop()

    phone.goto("/")
    phone.get_by_role("link", name="Become a member").click()
    phone.get_by_label("Phone or e-mail").fill("07700 900123")
    phone.get_by_label("Name").fill("Grace Hopper")
    phone.get_by_text("Add your birthday").click()
    phone.get_by_text("Lunar calendar", exact=True).click()
    phone.get_by_label("Month", exact=True).select_option("8")
    phone.get_by_label("Day", exact=True).select_option("15")
    phone.get_by_label("by SMS").check()
    phone.get_by_label("I accept the terms and have read the privacy notice.").check()
    phone.get_by_role("button", name="Send me a code").click()

    code = phone.get_by_label("Code")
    assert code.get_attribute("autocomplete") == "one-time-code"
    assert Member.objects.count() == 0
    code.fill(code_sent_to("+447700900123"))
    phone.get_by_role("button", name="Sign in").click()

    expect(phone.get_by_role("heading", level=1)).to_have_text("Good to see you, Grace Hopper")
    expect(phone.get_by_text("Nothing here yet")).to_be_visible()
    grace = Member.objects.get()
    assert (grace.birth_calendar, grace.birth_month, grace.birth_day) == ("lunar", 8, 15)
    assert Consent.objects.get().channel == "sms"

    sell(receipt(shop, "R-1", "620.50", member=grace, at=timezone.now() - timedelta(hours=1)))
    phone.reload()
    expect(phone.locator(".balance__points")).to_have_text("620")
    expect(phone.get_by_text("Spend £1,379.50 more to reach Gold.")).to_be_visible()
    expect(phone.locator(".card .badge")).to_have_text("Silver")

    phone.get_by_role("link", name="Activity", exact=True).click()
    expect(phone.locator(".ledger__title")).to_have_text("Purchase · Covent Garden")
    expect(phone.locator(".reasons")).to_contain_text("1 point per £1")

    phone.get_by_role("link", name="Card", exact=True).click()
    expect(phone.locator(".show__number")).to_have_text(re.compile(r"^\d{4} \d{4} \d{4}$"))

    phone.get_by_role("link", name="Back to the home page").click()
    phone.get_by_role("link", name="Me", exact=True).click()
    phone.get_by_role("button", name="Sign out").click()
    expect(phone.get_by_text("You have signed out. See you soon.")).to_be_visible()
    phone.goto("/me/")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Welcome back")


def test_a_member_enrolled_at_a_till_claims_the_portal_and_mistypes_the_code_once(phone: Page) -> None:
    shop = factories.shop()
    ada = factories.member(phone="+447700900123")
    sell(receipt(shop, "R-1", "25.40", member=ada, at=timezone.now() - timedelta(days=2)))

    phone.goto("/card/")
    phone.get_by_label("Phone or e-mail").fill("+44 7700 900123")
    phone.get_by_role("button", name="Send me a code").click()
    right = code_sent_to("+447700900123")
    phone.get_by_label("Code").fill("000000" if right != "000000" else "000001")
    phone.get_by_role("button", name="Sign in").click()
    expect(phone.get_by_text("Incorrect code.")).to_be_visible()
    phone.get_by_label("Code").fill(right)
    phone.get_by_role("button", name="Sign in").click()

    expect(phone.get_by_role("heading", level=1)).to_have_text("Your card")
    phone.get_by_role("link", name="Back to the home page").click()
    expect(phone.locator(".balance__points")).to_have_text("25")
    ada.refresh_from_db()
    assert ada.user is not None

    phone.get_by_role("button", name="中文").click()
    expect(phone.locator("html")).to_have_attribute("lang", "zh-hans")
    expect(phone.locator(".card .badge")).to_have_text("会员")
    ada.refresh_from_db()
    assert ada.language == "zh-hans"


def test_a_programme_is_founded_and_sells_at_once(phone: Page, live_site: LiveServer) -> None:
    with override_settings(SETUP_TOKEN=TOKEN):
        phone.goto("/")
        phone.get_by_label("Token").fill(TOKEN)
        phone.get_by_role("button", name="Continue").click()
        phone.get_by_label("Name in English").fill("Tea Club")
        phone.get_by_label("Name in Chinese").fill("茶友会")
        phone.get_by_label("Country").fill("GB")
        phone.get_by_label("Currency").fill("GBP")
        phone.get_by_label("Time zone").select_option("Europe/London")
        phone.get_by_label("Name of the first store").fill("Covent Garden")
        phone.get_by_label("Your e-mail").fill("boss@example.com")
        phone.get_by_label("Your password").fill("short")
        phone.get_by_role("button", name="Found the programme").click()
        expect(phone.get_by_text("This password is too short. It must contain at least 10 characters.")).to_be_visible()
        expect(phone.get_by_label("Name in English")).to_have_value("Tea Club")

        phone.get_by_label("Your password").fill("eleven teapots")
        phone.get_by_role("button", name="Found the programme").click()
        expect(phone.get_by_role("heading", level=1)).to_have_text("Tea Club is founded")
        key = phone.locator("#terminal-key").inner_text()

        answer = phone.request.get("/api/v1/ping", headers={"Authorization": f"Bearer {key}"})
        assert answer.ok
        phone.goto("/")
        expect(phone.get_by_text("1 point for each £1 spent")).to_be_visible()
        assert phone.request.get(f"/setup/?token={TOKEN}").status == 404


@pytest.mark.parametrize("width", [360, 768, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_their_window_and_break_no_rule_of_the_content_policy(
    chromium: Browser, live_site: LiveServer, width: int, scheme: str
) -> None:
    shop = factories.shop()
    ada = factories.member(name="Bartholomew Featherstonehaugh-Cholmondeley", phone="+447700900123")
    shop.programme.largest_purchase = Decimal(999999999)
    shop.programme.save()
    sell(receipt(shop, "R-1", "123456789.00", member=ada, at=timezone.now() - timedelta(days=2)))
    context = chromium.new_context(
        base_url=live_site.url,
        viewport={"width": width, "height": 800},
        locale="en-GB",
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))

    page.goto("/sign-in/")
    page.get_by_label("Phone or e-mail").fill("+447700900123")
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("Code").fill(code_sent_to("+447700900123"))
    page.get_by_role("button", name="Sign in").click()
    for address in ["/", "/card/", "/activity/", "/tiers/", "/me/", "/me/details/", "/about/terms/"]:
        page.goto(address)
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert (address, wider) == (address, 0)

    context.close()
    assert told == []
