"""Every page of the portal in a real browser: readable by everybody, in both languages, light and dark, at any size."""

import re
import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone, translation
from playwright.sync_api import Browser, Page, Route
from pytest_django.live_server_helper import LiveServer

from campaigns import referrals
from core import branding
from core.models import Programme
from members.models import Member
from messaging.models import Message
from portal.views import errors
from rewards.models import Voucher
from tests import factories
from tests.campaigns import friends
from tests.campaigns.collecting import SPEND, VISITS, challenge, complete
from tests.factories import Shop
from tests.journeys.portal_browser import MOST_BYTES, first_load, window
from tests.looking import Look, faults, keep, overflow, press, shift, shift_anew
from tests.points.grants import grant
from tests.portal.test_brand import picture
from tests.pos.selling import receipt, sell
from tests.rewards.claims import redeem

GERMAN = "Donaudampfschifffahrtsgesellschaftskapitän"
CHINESE = "手绘青花缠枝莲纹盖碗配紫檀木勺限量典藏版景德镇手工制作附赠锦盒"
# What a busy machine paints half and completes later is less; a part of a page that moves is much more.
SHIFTED = 0.01
LOOKS = [
    Look(360, "en", "light"), Look(360, "zh-hans", "dark"), Look(768, "en", "dark"), Look(1280, "zh-hans", "light"),
]  # fmt: skip
# Where there is little to break, two of them are enough: an empty page, and those for guests.
NARROW_AND_WIDE, IN_THE_DARK = LOOKS[::3], LOOKS[1:3]
# What changes with every run, and names no page.
WITHOUT_IDS = re.compile(r"[0-9a-f-]{36}|\?token=.*")
LONGEST = ["/", "/rewards/", "/vouchers/", "/activity/", "/inbox/", "/me/data/"]
GUESTS_PAGES = ["/", "/join/", "/sign-in/", "/rewards/", "/rewards/reward-7/", "/about/privacy/", "/offline/"]


def _letter(member: Member, nth: int, **changes: Any) -> None:
    values: dict[str, Any] = {
        "reference": f"test:{nth}", "kind": "welcome", "channel": "email", "address": "ada@example.com",
        "language": "en", "subject": f"{GERMAN} {nth}", "body": "Dear Ada.\n\nWelcome.", "state": "sent",
        "sent_at": timezone.now(),
    }  # fmt: skip
    Message.objects.create(member=member, **values | changes)


def nothing(shop: Shop) -> Member:
    """A member who has just joined; there is nothing to show."""
    return factories.member(name="", phone="+447700900123")


def one(shop: Shop) -> Member:
    """One of everything."""
    ada = factories.member(name="Ada Lovelace", phone="+447700900123", email="ada@example.com")
    factories.reward("mug", price=100, stock=2)
    sell(receipt(shop, "R-1", "620.50", member=ada, at=timezone.now() - timedelta(hours=1)))
    redeem(ada, "mug", at=timezone.now())
    challenge()
    challenge("done", goal=Decimal(1), most_times=1, badge="leaf", title_en="One piece", title_zh_hans="买一件")
    challenge("visits", **VISITS, title_en="Come by", title_zh_hans="常来")
    complete(timezone.now())
    _letter(ada, 1)
    friends.scheme()
    friends.joins(ada, at=timezone.now())
    return ada


def plenty(shop: Shop) -> Member:
    """So much of everything, and of such length, that a careless page would break. The shop has a brand of its own."""
    branding.set_logo(picture(size=(400, 120)))
    Programme.objects.update(
        theme_colour="#ffd400", name_en=f"{GERMAN} & Co.", name_zh_hans=CHINESE, name=f"{GERMAN} & Co."
    )
    ada = factories.member(
        name=f"Bartholomäus {GERMAN} 欧阳娜娜", phone="+447700900123", email=f"{'a' * 50}@{'b' * 50}.example.com"
    )
    at = timezone.now() - timedelta(hours=1)
    grant(ada, shop.point_type, 123_456_789, until=at + timedelta(days=20), at=at)
    for nth in range(60):
        sell(receipt(shop, f"{GERMAN[:20]}-{nth}", "1234.56", member=ada, at=at + timedelta(seconds=nth)))
    for nth in range(500):
        factories.reward(
            f"reward-{nth}", price=1000 + nth if nth < 60 else 10**9, limit_per_member=3,
            name_en=f"{GERMAN} {nth}", name_zh_hans=f"{CHINESE}{nth}",
            description_en=" ".join([GERMAN] * 20), description_zh_hans=CHINESE * 10,
        )  # fmt: skip
    long: dict[str, Any] = {"title_en": GERMAN[:60], "title_zh_hans": CHINESE[:60], "badge_title_en": GERMAN[:40]}
    challenge("plenty", goal=Decimal(18), badge="gem", **long)
    challenge("spend", **SPEND, goal=Decimal(10**9), **long)
    complete(timezone.now())
    for nth in range(40):
        redeem(ada, f"reward-{nth}", token=str(nth), at=timezone.now())
        _letter(ada, nth)
    friends.scheme(milestones=[[3, 300], [1000, 100_000]], invitation_en=" ".join([GERMAN] * 7))
    for nth in range(60):
        friends.joins(ada, at=timezone.now(), name=f"{GERMAN} {nth}", devices=[ada.pk] if nth % 2 else [])
    return ada


def own_pages(member: Member) -> list[str]:
    """Every page that MEMBER can open."""
    pages = [
        "/", "/card/", "/card/spend/", "/activity/", "/activity/?flow=out", "/tiers/", "/stamps/", "/rewards/",
        "/rewards/?show=affordable", "/vouchers/", "/vouchers/?show=used", "/inbox/", "/me/", "/me/details/",
        "/refer/", "/me/letters/", "/me/security/", "/me/security/passkeys/add/", "/me/pin/", "/me/data/", "/me/close/",
        "/about/terms/", "/offline/",
    ]  # fmt: skip
    if voucher := Voucher.objects.filter(member=member).order_by("-id").first():
        code = voucher.reward.code
        pages += [f"/vouchers/{voucher.uuid}/", f"/rewards/{code}/", f"/rewards/{code}/confirm/?token={uuid.uuid4()}"]
    if letter := Message.objects.filter(member=member).first():
        pages.append(f"/inbox/{letter.pk}/")
    return pages


def wrong_with(page: Page, address: str, look: Look, who: str) -> dict[str, Any]:
    """What is wrong with the page at ADDRESS: nothing, when everybody can use it."""
    answer = page.goto(address)
    assert (address, answer and answer.status) == (address, 200)
    moved = shift(page)
    keep(page, "portal", f"{who}-{WITHOUT_IDS.sub('', address)}", look)
    found: dict[str, Any] = {"axe": faults(page), "overflow": overflow(page)}
    if moved >= SHIFTED and (again := shift_anew(page)) >= SHIFTED:
        found["shift"] = [moved, again]
    return {kind: what for kind, what in found.items() if what}


@pytest.mark.slow
@pytest.mark.parametrize(("amount", "looks"), [(nothing, NARROW_AND_WIDE), (one, LOOKS), (plenty, LOOKS)])
def test_every_page_of_a_member_can_be_used_by_everybody(
    chromium: Browser, live_site: LiveServer, amount: Callable[[Shop], Member], looks: Sequence[Look]
) -> None:
    member = amount(factories.shop())
    wrong: dict[Any, Any] = {}

    for look in looks:
        with window(chromium, live_site.url, member=member, **look._asdict()) as context:
            page = context.new_page()
            for address in own_pages(member):
                if found := wrong_with(page, address, look, amount.__name__):
                    wrong[look, address] = found

    assert wrong == {}


@pytest.mark.slow
def test_every_page_of_a_guest_can_be_used_by_everybody(chromium: Browser, live_site: LiveServer) -> None:
    code = referrals.code_of(plenty(factories.shop()), at=timezone.now())
    wrong: dict[Any, Any] = {}

    for look in IN_THE_DARK:
        with window(chromium, live_site.url, **look._asdict()) as context:
            page = context.new_page()
            for address in [*GUESTS_PAGES, f"/r/{code}/"]:
                if found := wrong_with(page, address, look, "guest"):
                    wrong[look, address] = found
            page.goto("/join/")
            press(page, "main form button")
            keep(page, "portal", "guest-join-with-errors", look)
            if found_at_errors := faults(page):
                wrong[look, "/join/ with errors"] = found_at_errors

    assert wrong == {}


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: f"{look.width}-{look.language}")
def test_what_went_wrong_is_told_to_everybody(chromium: Browser, live_site: LiveServer, look: Look) -> None:
    """Each of the pages for it, on each face."""
    factories.shop()
    wrong: dict[Any, Any] = {}
    context = chromium.new_context(
        base_url=live_site.url,
        viewport={"width": look.width, "height": 800},
        color_scheme=look.scheme,  # type: ignore[arg-type]
        service_workers="block",  # it would answer instead of us
    )
    page = context.new_page()

    for status, said in told_in(look.language).items():
        # On the other faces it is the same page with another way on.
        for face in ("", "till/", "admin/", "staff/") if status == HTTPStatus.NOT_FOUND else ("",):
            address = f"{live_site.url}/{face}went-wrong-{status}/"
            page.route(address, partial(_fulfil, body=said(address)))
            page.goto(address)
            keep(page, "trouble", f"{status}-{face or 'portal'}", look)
            if (found := (faults(page), overflow(page))) != ([], 0):
                wrong[address] = found
    context.close()

    assert wrong == {}


def _fulfil(route: Route, *, body: bytes) -> None:
    route.fulfill(body=body, content_type="text/html")


def told_in(language: str) -> dict[int, Callable[[str], bytes]]:
    """The pages for what went wrong, by status: what each says to whoever asked for an address."""

    def page_of(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[str], bytes]:
        def said(address: str) -> bytes:
            request = RequestFactory().get(urlsplit(address).path)
            request.user = AnonymousUser()
            with translation.override(language):
                return answer(request).content

        return said

    answers = {
        400: errors.bad_request, 403: errors.permission_denied, 404: errors.not_found,
        405: lambda request: errors.not_allowed(request, "POST"), 429: errors.too_many_requests,
        500: errors.server_error,
    }  # fmt: skip
    return {status: page_of(answer) for status, answer in answers.items()}


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: f"{look.width}-{look.language}")
def test_the_set_up_can_be_used_by_everybody(
    chromium: Browser, live_site: LiveServer, look: Look, settings: Any
) -> None:
    settings.SETUP_TOKEN = "the-token-of-this-install"
    wrong: dict[str, Any] = {}
    context = chromium.new_context(
        base_url=live_site.url,
        viewport={"width": look.width, "height": 800},
        color_scheme=look.scheme,  # type: ignore[arg-type]
        locale="zh-CN" if look.language == "zh-hans" else "en-GB",
    )
    page = context.new_page()

    def look_at(name: str) -> None:
        keep(page, "portal", name, look)
        if (found := (faults(page), overflow(page))) != ([], 0):
            wrong[name] = found

    page.goto("/setup/")
    look_at("set-up-locked")
    page.goto(f"/setup/?token={settings.SETUP_TOKEN}")
    look_at("set-up")
    press(page, "main form button")
    look_at("set-up-with-errors")
    page.locator("[name=name_en]").fill("Tea Club")
    page.locator("[name=name_zh_hans]").fill("茶友会")
    page.locator("[name=country]").fill("GB")
    page.locator("[name=currency]").fill("GBP")
    page.locator("[name=time_zone]").select_option("Europe/London")
    page.locator("[name=store_name]").fill("Covent Garden")
    page.locator("[name=email]").fill("boss@example.com")
    page.locator("[name=password]").fill("eleven teapots")
    press(page, "main form button")
    page.locator("#terminal-key").wait_for()
    look_at("set-up-done")
    context.close()

    assert wrong == {}


def test_no_page_weighs_more_than_a_slow_phone_likes(chromium: Browser, live_site: LiveServer) -> None:
    ada = one(factories.shop())
    guests = ["/", "/join/", "/sign-in/", "/rewards/", "/rewards/mug/", "/about/privacy/", "/offline/", "/nowhere/"]

    with window(chromium, live_site.url, member=ada, service_workers="block") as context:
        sizes = {address: first_load(context, address) for address in own_pages(ada)}
    context = chromium.new_context(base_url=live_site.url, service_workers="block")
    sizes |= {f"guest {address}": first_load(context, address) for address in guests}
    context.close()

    assert {address: size for address, size in sizes.items() if size > MOST_BYTES} == {}


def test_no_list_weighs_more_than_a_slow_phone_likes_however_long_it_is(
    chromium: Browser, live_site: LiveServer
) -> None:
    ada = plenty(factories.shop())

    with window(chromium, live_site.url, member=ada, service_workers="block") as context:
        sizes = {address: first_load(context, address) for address in LONGEST}

    assert {address: size for address, size in sizes.items() if size > MOST_BYTES} == {}
