"""A browser in front of the portal as a signed-in member's, and what must hold for every page it opens."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Response

from members.models import Member
from tests.portal.people import signed_in

AXE = Axe()
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# On the first load, without pictures.
MOST_BYTES = 60 * 1024
SHIFTS = """() => new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => { for (const one of list.getEntries()) sum += one.value; })
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(sum), 150);
})"""


@contextmanager
def window(
    chromium: Browser,
    site: str,
    *,
    member: Member | None = None,
    width: int = 360,
    language: str = "en",
    scheme: Any = "light",
    **options: Any,
) -> Iterator[BrowserContext]:
    """A window of that width, colour scheme and language, signed in as MEMBER. What its pages complain of fails."""
    context = chromium.new_context(
        base_url=site,
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
        locale="zh-CN" if language == "zh-hans" else "en-GB",
        timezone_id="Europe/London",
        **options,
    )
    context.add_cookies([{"name": "django_language", "value": language, "url": site}])
    if member is not None:
        session = signed_in(member).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": site}])
    complaints: list[str] = []
    context.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    yield context
    context.close()
    assert complaints == []


def faults(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA on the page that is open."""
    found = AXE.run(page, options=RULES).response["violations"]
    return [
        f"{one['id']}: {node['html'][:120]} {node['failureSummary'][:200]}" for one in found for node in one["nodes"]
    ]


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def shift(page: Page) -> float:
    """How much of the page moved while it loaded."""
    return float(page.evaluate(SHIFTS))


def first_load(context: BrowserContext, address: str) -> int:
    """Bytes of the first load of an address, compressed, without pictures."""
    answers: list[Response] = []
    page = context.new_page()
    page.on("response", lambda answer: answers.extend([answer]))
    page.goto(address, wait_until="networkidle")
    counted = [one for one in answers if one.request.resource_type in ("document", "stylesheet", "script")]
    size = sum(len(gzip.compress(one.body())) for one in counted if one.ok)
    page.close()
    return size
