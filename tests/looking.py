"""What must hold for every page that a browser opens, whoever it is for; and a picture of it for people to look at."""

import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Page

# WCAG 2.2 AA, and what axe holds to be good practice. Only what is wrong is told: on a page of 500 rewards, telling of
# all that is right takes five times as long as looking.
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
AXE = Axe().axe_script
FAULTS = """async (rules) => {
  const { violations } = await axe.run(document, rules);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 120)} ${failureSummary.slice(0, 200)}`));
}"""
# What moved is told before the next picture is drawn; of the second one, nothing of the loading is left to be told.
SHIFTS = """() => new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => { for (const one of list.getEntries()) sum += one.value; })
    .observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(sum))));
})"""

# Where pictures are kept: in CI always, elsewhere where SCREENSHOTS=1 asks for them.
PICTURES = Path(settings.BASE_DIR) / "artifacts" / "screenshots"
IS_KEPT = os.environ.get("CI") == "true" or bool(os.environ.get("SCREENSHOTS"))
# Of a list of 500 rewards, the first screens are enough.
TALLEST = 3000


class Look(NamedTuple):
    """How somebody looks at a page: how wide their window is, what they read, and whether by day or by night."""

    width: int
    language: str
    scheme: str


def faults(page: Page, *, but: Iterable[str] = ()) -> list[str]:
    """What axe finds against WCAG 2.2 AA and good practice on the page that is open, BUT for some rules."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found: list[str] = page.evaluate(FAULTS, {**RULES, "rules": {rule: {"enabled": False} for rule in but}})
    return found


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def shift(page: Page) -> float:
    """How much of the page moved while it loaded."""
    return float(page.evaluate(SHIFTS))


def shift_anew(page: Page) -> float:
    """How much of the page moves when it is loaded once more, with nothing kept of it.

    For what moved once: a machine that stalls at the wrong moment paints half a page. What moves by itself moves again.
    """
    page.context.new_cdp_session(page).send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.reload()
    return shift(page)


def press(page: Page, button: str) -> None:
    """Press the BUTTON that sends a form, and wait for the page that comes of it."""
    with page.expect_navigation():
        page.locator(button).last.click()


def keep(page: Page, face: str, name: str, look: Look) -> None:
    """Keep a picture of the page that is open, as FACE/NAME-LOOK.jpg."""
    if not IS_KEPT:
        return
    words = "-".join(re.findall(r"\w+", name)) or "home"
    where = PICTURES / face / f"{words}-{look.width}-{look.language}-{look.scheme}.jpg"
    height = min(TALLEST, int(page.evaluate("document.documentElement.scrollHeight")))
    clip = {"x": 0, "y": 0, "width": look.width, "height": height}
    page.screenshot(path=where, type="jpeg", quality=75, full_page=True, clip=clip)  # type: ignore[arg-type]


def clear() -> None:
    """Throw away the pictures of the run before."""
    if IS_KEPT:
        shutil.rmtree(PICTURES, ignore_errors=True)
