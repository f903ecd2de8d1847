"""Stories in a real Chromium at the counter: a tablet with scripts, a phone without, a scanner, a double click."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from access import factors
from access.models import User
from core import clock as clocks
from members.models import Member
from points.models import Account
from rewards import proofs
from rewards.models import Voucher
from sales.models import Purchase, Return, Terminal
from tests import factories, looking
from tests.admin import desk
from tests.journeys import portal_browser
from tests.pos.till_page.counter import seat
from tests.rewards import claims

TABLET = {"width": 1280, "height": 800}

# No fault: on a busy machine, a key may come before the page has put the focus where it should be.
QUICKER = "Autofocus processing was blocked"


@pytest.fixture
def counter(live_site: LiveServer) -> Terminal:
    """A shop with a mug and a lantern, and a cashier who may sign in."""
    shop = factories.shop()
    factories.product("MUG-1", name="Mug")
    factories.product("LAN-1", name="Lantern", price=Decimal("12.00"), category=factories.category("lights", "Lights"))
    desk.colleague("cashier")
    return seat(shop.store)


def opened(chromium: Browser, live_site: LiveServer, **wishes: object) -> BrowserContext:
    """A browser at the site, in English unless wished otherwise."""
    return chromium.new_context(**{"base_url": live_site.url, "viewport": TABLET, "locale": "en-GB", **wishes})  # type: ignore[arg-type]


@pytest.fixture
def tablet(chromium: Browser, live_site: LiveServer, counter: Terminal) -> Iterator[Page]:
    """A tablet on the counter, its cashier signed in and seated. Whatever its console complains of fails the test."""
    context = opened(chromium, live_site)
    told: list[str] = []
    page = context.new_page()
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    sit_down(page, live_site)
    yield page
    context.close()
    assert [said for said in told if not said.startswith(QUICKER)] == []


def sign_in(page: Page) -> None:
    """Password, then the code of this moment, on the way to the till."""
    page.goto("/till/")
    page.get_by_label("User name or e-mail").fill("cashier")
    page.get_by_label("Password").fill(desk.PASSWORD)
    page.locator("#login-form button").click()
    page.locator("[name=code]").fill(factors.code(desk.SECRET, at=clocks.now()))
    page.locator("[name=code]").press("Enter")
    page.wait_for_url("**/till/terminal/")


def sit_down(page: Page, site: LiveServer) -> None:
    """Come with a session of somebody who has signed in, and choose the terminal."""
    session = desk.signed_in(User.objects.get(username="cashier")).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": site.url}])
    page.goto("/till/")
    page.locator(".seats__one").click()
    page.wait_for_url("**/till/sale/**")


def test_a_cashier_signs_in_and_finds_the_till(chromium: Browser, live_site: LiveServer, counter: Terminal) -> None:
    context = opened(chromium, live_site)
    page = context.new_page()

    sign_in(page)
    page.get_by_role("button", name="Covent Garden").click()

    expect(page.get_by_text("Nothing here yet.")).to_be_visible()
    context.close()


def test_a_new_member_buys_and_brings_something_back(tablet: Page) -> None:
    page = tablet

    page.get_by_role("button", name="Lantern").click()
    expect(page.get_by_text("A member would get 12 points")).to_be_visible()
    page.get_by_label("Goods by name or barcode, a member, or a voucher").fill("mug-1")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="One more of Mug").click()
    expect(page.locator(".pay__total strong")).to_have_text("£21.00")
    page.locator("#who").fill("07700 900456")
    page.locator("#who").press("Enter")
    page.get_by_role("button", name="Enrol 07700 900456").click()
    expect(page.get_by_label("Phone")).to_have_value("07700 900456")
    page.get_by_label("Name").fill("Grace Hopper")
    page.get_by_label("They accept the terms and the privacy notice").check()
    page.get_by_role("button", name="Enrol, and back to the sale").click()
    expect(page.get_by_text("+21 points with this sale")).to_be_visible()
    page.get_by_role("button", name="Pay £21.00").click()

    expect(page.locator(".paper__gain")).to_have_text("+21 points")
    expect(page.get_by_role("link", name="Next sale")).to_be_focused()
    grace = Member.objects.get()
    assert Purchase.objects.get().member == grace

    page.get_by_role("link", name="Goods come back").click()
    page.get_by_label("Mug").fill("2")
    page.get_by_role("button", name="See what it takes back").click()
    expect(page.locator("#refund")).to_have_text("£9.00")
    expect(page.locator("#taken")).to_have_text("9 points")
    assert Return.objects.count() == 0
    page.get_by_role("button", name="Take the goods back").click()

    expect(page.get_by_text("The goods are back.")).to_be_visible()
    assert Account.objects.get(member=grace).available == 12
    page.get_by_role("link", name="Next sale").click()
    expect(page.get_by_text("Nothing here yet.")).to_be_visible()


def test_a_double_click_on_pay_and_the_back_button_sell_once(tablet: Page) -> None:
    tablet.get_by_role("button", name="Lantern").click()
    tablet.get_by_role("button", name="Pay £12.00").dblclick()
    expect(tablet.get_by_role("heading", level=1)).to_contain_text("Receipt")
    receipt = tablet.url

    tablet.go_back()

    tablet.wait_for_url(receipt)
    assert Purchase.objects.count() == 1


def test_a_double_click_without_scripts_sells_once(chromium: Browser, live_site: LiveServer, counter: Terminal) -> None:
    context = opened(chromium, live_site, java_script_enabled=False, viewport={"width": 360, "height": 780})
    page = context.new_page()
    sit_down(page, live_site)

    page.get_by_role("button", name="Lantern").click()
    page.get_by_label("Goods by name or barcode, a member, or a voucher").fill("mug")
    page.get_by_role("button", name="Find").first.click()
    page.get_by_role("button", name="Mug").first.click()
    page.get_by_role("button", name="Pay £16.50").dblclick()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Receipt")
    expect(page.locator("#receipt-code")).to_be_visible()
    assert Purchase.objects.get().amount == Decimal("16.50")
    context.close()


def test_a_scanner_types_wherever_the_focus_is(tablet: Page) -> None:
    ada = factories.member()
    tablet.get_by_role("link", name="All goods").focus()

    for scanned in ("LAN-1", "LAN-1", ada.number):
        tablet.keyboard.type(scanned)
        tablet.keyboard.press("Enter")
        tablet.locator("#scan").evaluate("box => box.blur()")

    expect(tablet.get_by_text("+24 points with this sale")).to_be_visible()
    expect(tablet.get_by_text("Ada Lovelace")).to_be_visible()


def test_a_sale_by_keyboard_alone(tablet: Page) -> None:
    tablet.keyboard.type("LAN-1")
    tablet.keyboard.press("Enter")
    expect(tablet.locator(".pay__total strong")).to_have_text("£12.00")
    pay = tablet.get_by_role("button", name="Pay £12.00")
    for _step in range(40):
        tablet.keyboard.press("Tab")
        if pay.evaluate("button => button === document.activeElement"):
            break
    tablet.keyboard.press("Enter")
    tablet.wait_for_url("**/till/receipts/**")
    expect(tablet.get_by_role("link", name="Next sale")).to_be_focused()
    tablet.keyboard.press("Enter")

    expect(tablet.locator("#scan")).to_be_focused()
    assert Purchase.objects.count() == 1


def test_a_refused_price_is_told_in_place(tablet: Page) -> None:
    tablet.get_by_role("button", name="Lantern").click()
    tablet.locator("#ticket").get_by_text("Price", exact=True).click()
    tablet.locator("#ticket").get_by_label("Price of one").fill("1")
    tablet.get_by_role("button", name="Change").click()

    expect(tablet.get_by_text("You may sell it at £6.00 to £24.00.")).to_be_visible()
    expect(tablet.locator('#ticket [aria-invalid="true"]')).to_be_focused()


@pytest.mark.parametrize("has_scripts", [True, False])
def test_a_double_click_on_redeem_takes_points_once(
    chromium: Browser, live_site: LiveServer, counter: Terminal, has_scripts: bool
) -> None:
    ada = claims.rich(500)
    proofs.set_pin(ada, "4711", at=clocks.now())
    factories.reward("mug", stock=5)
    context = opened(chromium, live_site, java_script_enabled=has_scripts)
    page = context.new_page()
    sit_down(page, live_site)
    page.locator("#who").fill(ada.number)
    page.locator("#who").press("Enter")
    page.get_by_role("link", name="Use points").click()
    page.get_by_role("link", name="Mug").click()
    page.get_by_label("PIN", exact=True).check()
    page.get_by_label("The member’s PIN").fill("4711")

    page.get_by_role("button", name="Redeem for 100 points").dblclick()

    expect(page.get_by_text("Mug", exact=True).first).to_be_visible()
    page.wait_for_url(lambda url: "/rewards/" not in url)
    context.close()
    assert (Account.objects.get(member=ada).available, Voucher.objects.count()) == (400, 1)


@pytest.mark.parametrize("width", [360, 768, 1280])
@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("zh-hans", "dark")])
def test_every_page_fits_its_window_and_everybody(
    chromium: Browser, live_site: LiveServer, counter: Terminal, width: int, language: str, scheme: str
) -> None:
    """No sideways scrolling, no fault by axe, no complaint of the console; with long words and large amounts."""
    long = "Weihnachtsbaumkerzenhalterklammerzange " * 3
    factories.product("LONG", name=long.strip(), price=Decimal("123456.78"))
    ada = claims.rich(100_000_000, name="Bartholomew Featherstonehaugh-Cholmondeley")
    proofs.set_pin(ada, "4711", at=clocks.now())
    factories.reward("long", name_en=long.strip()[:80], name_zh_hans="圣诞树蜡烛夹" * 8)
    factories.reward("gone", stock=0)
    wrong: dict[str, object] = {}

    def look(page: Page, name: str) -> None:
        page.evaluate("scrollTo(0, 0)")  # what lies half under the bar at the top is too small for axe
        looking.keep(page, "till", name, looking.Look(width, language, scheme))
        found = (looking.overflow(page), looking.faults(page))
        if found != (0, []):
            wrong[name] = found

    with portal_browser.window(chromium, live_site.url, width=width, language=language, scheme=scheme) as context:
        page = context.new_page()
        sit_down(page, live_site)
        sale = page.url
        look(page, "empty sale")
        for scanned in ("LONG", ada.number):
            page.locator("#scan").fill(scanned)
            page.locator("#scan").press("Enter")
            expect(page.locator("#scan")).to_have_value("")
        expect(page.locator(".who__name")).to_be_visible()
        page.locator(".line__edit summary").click()
        page.locator("#ticket [name=price]").fill("1")
        page.locator("#ticket button[value=set]").click()
        expect(page.locator('#ticket [aria-invalid="true"]')).to_be_visible()
        page.locator(".calls summary").click()
        look(page, "sale")
        for name, address in (("enrol", f"{sale}enrol/"), ("receipts", "/till/receipts/"), ("seat", "/till/terminal/")):
            page.goto(address)
            look(page, name)
        page.goto(f"{sale}rewards/")
        look(page, "rewards")
        page.locator(".ware__name a").click()
        page.get_by_role("button").filter(has=page.locator("[href$='#gift']")).click()
        expect(page.locator('[aria-invalid="true"]')).to_be_focused()
        look(page, "proof")
        page.locator("#id_kind_1").check()
        look(page, "proof by code")
        page.locator("#id_kind_2").check()
        page.locator("[name=pin]").fill("4711")
        page.locator("[name=use_now]").uncheck()
        page.locator("[name=pin]").press("Enter")
        expect(page.locator(".paper__qr svg")).to_be_visible()
        page.wait_for_load_state()
        look(page, "voucher")
        page.goto(sale)
        page.locator(".pay button").click()
        page.wait_for_url("**/till/receipts/**")
        look(page, "receipt")
        page.goto(f"{page.url}return/")
        look(page, "return")
        page.locator("[name=all]").click()
        expect(page.locator("#refund")).to_be_visible()
        look(page, "what a return does")
        page.goto("/till/sale/")
        page.locator("#scan").fill("LAN-1")
        page.locator("#scan").press("Enter")
        expect(page.locator("#scan")).to_have_value("")
        page.locator(".pay button").click()
        page.wait_for_url("**/till/receipts/**")
        look(page, "receipt of nobody")
        page.goto(f"{page.url}give/")
        look(page, "give")

    assert wrong == {}


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("zh-hans", "dark")])
def test_who_may_not_use_the_till_page_can_read_why(
    chromium: Browser, live_site: LiveServer, counter: Terminal, language: str, scheme: str
) -> None:
    context = opened(chromium, live_site, color_scheme=scheme, viewport={"width": 360, "height": 780})
    session = desk.signed_in(desk.colleague("marketing")).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_site.url}])
    context.add_cookies([{"name": "django_language", "value": language, "url": live_site.url}])
    page = context.new_page()

    answer = page.goto("/till/")

    looking.keep(page, "till", "refused", looking.Look(360, language, scheme))
    assert (answer and answer.status, looking.overflow(page), looking.faults(page)) == (403, 0, [])
    context.close()


def test_the_first_page_is_light(chromium: Browser, live_site: LiveServer, counter: Terminal) -> None:
    with portal_browser.window(chromium, live_site.url, width=768) as context:
        page = context.new_page()
        sit_down(page, live_site)

        assert portal_browser.first_load(context, page.url) <= portal_browser.MOST_BYTES
        page.reload()
        assert looking.shift(page) == 0
