"""What must hold for every page that a browser opens, whoever it is for."""

from typing import NamedTuple

from axe_playwright_python.sync_playwright import Axe
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


class Look(NamedTuple):
    """How somebody looks at a page: how wide their window is, what they read, and whether by day or by night."""

    width: int
    language: str
    scheme: str


def faults(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA on the page that is open."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found: list[str] = page.evaluate(FAULTS, RULES)
    return found


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def shift(page: Page) -> float:
    """How much of the page moved while it loaded."""
    return float(page.evaluate(SHIFTS))
