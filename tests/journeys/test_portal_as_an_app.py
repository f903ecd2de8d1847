"""What only a browser with scripts does: the card offline, passkeys, codes that change, buttons pressed twice."""

import re
from collections.abc import Iterator

import pytest
from django.test import override_settings
from playwright.sync_api import Browser, BrowserContext, expect
from pytest_django.live_server_helper import LiveServer

from members.models import Member
from rewards.models import Voucher
from tests import factories
from tests.journeys.portal_browser import window
from tests.rewards.claims import available, rich


@pytest.fixture
def ada(live_site: LiveServer) -> Member:
    factories.shop()
    factories.reward("mug", price=200)
    return rich(500, name="Ada", phone="+447700900123", email="ada@example.com")


@pytest.fixture
def phone(chromium: Browser, live_site: LiveServer, ada: Member) -> Iterator[BrowserContext]:
    with window(chromium, live_site.url, member=ada) as context:
        yield context


def test_the_card_is_there_without_a_network_until_its_member_signs_out(
    chromium: Browser, live_site: LiveServer, ada: Member
) -> None:
    context = chromium.new_context(base_url=live_site.url)
    with window(chromium, live_site.url, member=ada) as signed_in:
        context.add_cookies(signed_in.cookies())  # type: ignore[arg-type]
    page = context.new_page()
    page.goto("/card/")
    expect(page.get_by_text("Also here when there is no network.")).to_be_visible()

    context.set_offline(True)
    page.goto("/card/")
    expect(page.locator(".show__number")).to_have_text(re.sub(r"(\d{4})(?=\d)", r"\1 ", ada.number))
    expect(page.locator(".show svg.code")).to_be_visible()
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == "rgb(255, 255, 255)"
    page.goto("/rewards/")
    expect(page.get_by_role("heading", level=1)).to_have_text("The line is down")

    context.set_offline(False)
    page.goto("/me/")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You have signed out. See you soon.")).to_be_visible()
    assert page.evaluate("caches.match('/card/').then((kept) => Boolean(kept))") is False
    context.close()


def test_a_reward_is_redeemed_once_by_a_double_click_and_the_back_button(phone: BrowserContext, ada: Member) -> None:
    page = phone.new_page()
    page.goto("/rewards/")
    page.get_by_role("link", name="Mug").click()
    page.get_by_role("button", name="Redeem").click()
    expect(page.locator(".sum")).to_contain_text("300 points")

    page.get_by_role("button", name="Redeem for 200 points").dblclick()
    expect(page.get_by_text("It is yours. Show this at the till.")).to_be_visible()
    voucher = Voucher.objects.get()
    code = voucher.code
    expect(page.locator(".stub__code")).to_have_text(f"{code[:4]}-{code[4:8]}-{code[8:12]}-{code[12:]}")

    page.go_back()
    page.get_by_role("button", name="Redeem for 200 points").click()
    expect(page.get_by_text("No points were taken again.")).to_be_visible()
    assert Voucher.objects.count() == 1
    assert available(ada, voucher.issued_at) == 300

    page.get_by_text("Give it back").first.click()
    page.get_by_role("button", name="Give it back").click()
    expect(page.get_by_text("Cancelled. 200 points are back.")).to_be_visible()
    assert available(ada, voucher.issued_at) == 500


def test_the_code_to_spend_is_renewed_by_itself(phone: BrowserContext) -> None:
    page = phone.new_page()
    page.goto("/card/")
    page.get_by_role("link", name="Use points").click()
    before = page.locator("[data-spend] svg").inner_html()
    expect(page.locator("[data-clock]")).to_be_visible()

    page.route("**/card/spend/code/", lambda route: route.fulfill(json={"picture": "<svg><path/></svg>", "seconds": 9}))
    page.clock.install()
    page.reload()
    page.clock.fast_forward(31_000)

    expect(page.locator("[data-spend] svg")).not_to_have_attribute("class", "code")
    assert page.locator("[data-spend] svg").inner_html() != before


def test_a_passkey_is_made_and_signs_in_without_a_code(chromium: Browser, live_site: LiveServer, ada: Member) -> None:
    site = live_site.url.replace("127.0.0.1", "localhost")
    with (
        override_settings(ALLOWED_HOSTS=["*"], MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN=True),
        window(chromium, site, member=ada) as context,
    ):
        page = context.new_page()
        device = context.new_cdp_session(page)
        device.send("WebAuthn.enable")
        device.send("WebAuthn.addVirtualAuthenticator", {"options": {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": True, "automaticPresenceSimulation": True,
        }})  # fmt: skip

        page.goto("/me/security/")
        page.get_by_role("link", name="Add a passkey").click()
        page.get_by_role("button", name="Make a passkey").click()
        expect(page.get_by_text("The passkey is ready")).to_be_visible()
        expect(page.get_by_text("Chrome on Linux", exact=True)).to_be_visible()

        page.goto("/me/")
        page.get_by_role("button", name="Sign out").click()
        page.goto("/sign-in/")
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.locator(".balance__points")).to_have_text("500")
        page.goto("/me/security/")
        expect(page.get_by_text("this device")).to_be_visible()


def test_a_member_leaves_by_the_word_and_meets_no_page_of_theirs_again(phone: BrowserContext, ada: Member) -> None:
    page = phone.new_page()
    page.goto("/me/")
    page.get_by_role("link", name="Close my membership").click()
    expect(page.get_by_text("500 points can't be used any more.")).to_be_visible()

    page.get_by_label("To confirm, type the word").fill("bye")
    page.get_by_role("button", name="Close my membership").click()
    expect(page.get_by_text("Please type “goodbye”")).to_be_visible()
    page.get_by_label("To confirm, type the word").fill("goodbye")
    page.get_by_role("button", name="Close my membership").click()

    expect(page.get_by_text("Your membership has ended.")).to_be_visible()
    page.goto("/card/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Welcome back")
