"""A browser in front of the portal as a signed-in member's, and what its first load weighs."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Response

from members.models import Member
from tests.looking import AXE
from tests.portal.people import signed_in

# On the first load, without pictures.
MOST_BYTES = 60 * 1024


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
    context.add_init_script(AXE)  # quicker than to send it to each page
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


def first_load(context: BrowserContext, address: str) -> int:
    """Bytes of the first load of an address, compressed, without pictures."""
    answers: list[Response] = []
    page = context.new_page()
    page.on("response", lambda answer: answers.extend([answer]))
    page.goto(address)  # until all that the page names is here
    counted = [one for one in answers if one.request.resource_type in ("document", "stylesheet", "script")]
    size = sum(len(gzip.compress(one.body())) for one in counted if one.ok)
    page.close()
    return size
