"""The office behind the shop: staff at a desk, in a real browser, signed in by password and authenticator app."""

import re

from playwright.sync_api import Page, expect

from access import factors
from access.models import User
from core import clock
from members.models import Member
from tests.admin.desk import PASSWORD, SECRET, colleague
from tests.journeys.phone import words


class Desk:
    """A desk, its browser open at the staff pages."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def sign_in(self, role: str) -> User:
        """Let a new colleague with this role in: by password, then by the code of their authenticator app."""
        user = colleague(role)
        self.page.context.clear_cookies()
        self.page.goto("/admin/")
        self.page.get_by_label("User name or e-mail").fill(role)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Log in").click()
        expect(self.page).to_have_url(re.compile("/staff/second-factor/show/$"))
        self.page.get_by_label("Code").fill(factors.code(SECRET, at=clock.now()))
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page).to_have_url(re.compile("/admin/$"))
        return user

    def look_up(self, member: Member) -> None:
        """Find the member by phone, and open their page."""
        self.page.goto("/admin/members/member/")
        self._search(str(member.phone))
        self.page.get_by_role("link", name=member.name).click()
        expect(self.page.locator(".staff-story-head h2")).to_have_text(member.name)

    def open_purchase(self, number: str) -> None:
        """Find a purchase by the number of its receipt, and open it."""
        self.page.goto("/admin/sales/purchase/")
        self._search(number)
        with self.page.expect_navigation():
            self.page.locator("#result_list tbody th a").click()

    def _search(self, text: str) -> None:
        self.page.locator("#searchbar").fill(text)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**q=**")

    def adjust(self, direction: str, points: str, reason: str, *, note: str = "", internal: str = "") -> None:
        """Fill in the form for points by hand, and look at what would happen."""
        self.choose("Adjust points")
        self.page.get_by_label(direction).check()
        self.page.get_by_label("How many").fill(points)
        self.page.get_by_label("Reason").select_option(label=reason)
        self.page.get_by_label("Note for the member").fill(note)
        self.page.get_by_label("Internal note").fill(internal)
        self.press("Show what will happen")

    def press(self, name: str) -> None:
        """Press a button, and wait for what comes."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name, exact=True).click()

    def choose(self, name: str) -> None:
        """Choose what to do with what is open, from its buttons or from the list below "More"."""
        wanted = self.page.locator("a:visible").filter(has_text=re.compile(rf"\b{name}\s*$"))
        more = self.page.locator("a").filter(has_text=re.compile(r"^\s*More\b"))
        expect(wanted.or_(more).first).to_be_visible()
        if not wanted.count():
            more.click()
        with self.page.expect_navigation():
            wanted.click()

    def is_told(self, sentence: str) -> None:
        """Read what the site says was done."""
        expect(self.page.get_by_text(sentence, exact=True)).to_be_visible()

    @property
    def preview(self) -> dict[str, str]:
        """What will happen, line by line."""
        lines = self.page.locator(".staff-preview .staff-facts > div").all()
        return {words(line.locator("dt")): words(line.locator("dd")) for line in lines}
