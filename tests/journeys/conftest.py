"""The stage of the stories: a January morning, a shop in London, its till, and a member's phone."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from messaging.sms import Sms
from tests.factories import Shop
from tests.journeys import street
from tests.journeys.office import Desk
from tests.journeys.phone import Network, Phone, Reader
from tests.journeys.street import Days, Wire


@pytest.fixture
def days() -> Iterator[Days]:
    """Time stands still at eleven on Saturday, 10 January 2026, until the story goes on."""
    with time_machine.travel(street.in_london(2026, 1, 10, 11), tick=False) as traveller:
        yield Days(traveller)


@pytest.fixture
def shop(live_site: LiveServer, days: Days) -> Shop:
    """The gift shop in London; points can be used after a fortnight."""
    return street.shop(pending_days=14)


@pytest.fixture
def till(shop: Shop, live_site: LiveServer) -> Wire:
    """The shop's till, whose cashier reads English."""
    return Wire(shop.terminal, live_site.url)


@pytest.fixture(params=["en", "zh-hans"])
def reader(request: pytest.FixtureRequest) -> Reader:
    """Who reads the portal, once in each language."""
    return Reader(request.param)


@pytest.fixture
def network(settings: Any) -> list[Sms]:
    """The text messages that left the building."""
    settings.SMS_PROVIDER = "tests.journeys.phone.Network"
    Network.received.clear()
    return Network.received


@pytest.fixture
def phone(chromium: Browser, live_site: LiveServer, days: Days, reader: Reader, network: list[Sms]) -> Iterator[Phone]:
    """The member's phone. An error in a script of a page fails the test."""
    context = chromium.new_context(
        base_url=live_site.url,
        viewport={"width": 390, "height": 844},
        locale="zh-CN" if reader.language == "zh-hans" else "en-GB",
    )
    errors: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield Phone(page, reader, days)
    context.close()
    assert errors == []


@pytest.fixture
def desk(chromium: Browser, live_site: LiveServer) -> Iterator[Desk]:
    """A desk in the office. An error in a script of a page fails the test."""
    context = chromium.new_context(base_url=live_site.url, viewport={"width": 1280, "height": 900}, locale="en-GB")
    errors: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield Desk(page)
    context.close()
    assert errors == []
