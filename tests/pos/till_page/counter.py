"""Somebody of the staff at the till page: what they press, and what they read."""

import re
from html import unescape
from typing import Any
from uuid import UUID

from django.test import Client

from access.models import User
from members.models import Member
from pos import terminals
from pos.till import drafts
from sales.models import Purchase, Store, Terminal
from tests.admin.desk import colleague, signed_in, text


def seat(store: Store, code: str = "page") -> Terminal:
    """A terminal of the till page in a store."""
    return terminals.open_page(store, code, name="Till page", actor=None)


class Counter:
    """A browser at the till page, its cashier signed in and sitting at a terminal, a sale open."""

    def __init__(self, terminal: Terminal, role: str = "cashier", user: User | None = None) -> None:
        self.user = user or colleague(role)
        self.client: Client = signed_in(self.user)
        self.client.post("/till/terminal/", {"terminal": terminal.pk})
        self.token = drafts.new_token()
        self.page: Any = None

    @property
    def text(self) -> str:
        """What the page says that was shown last."""
        return text(self.page)

    @property
    def html(self) -> str:
        return str(self.page.content.decode())

    def at(self, part: str) -> str:
        """The address of the open sale, or of a step of it."""
        return f"/till/sale/{self.token}/{part}"

    def open(self, address: str = "") -> str:
        """Open a page, the open sale unless another is named; what it says."""
        self.page = self.client.get(address or self.at(""), follow=True)
        return self.text

    def next_sale(self) -> str:
        """Begin another sale: its token."""
        self.token = drafts.new_token()
        return self.token

    def press(self, step: str, **data: Any) -> str:
        """Do a step of the open sale; what the page says then."""
        self.page = self.client.post(self.at(f"{step}/"), data, follow=True)
        return self.text

    def scan(self, typed: str) -> str:
        return self.press("scan", text=typed)

    def member(self, who: Member | str) -> str:
        return self.press("member", who=who if isinstance(who, str) else who.number)

    def item(self, name: str) -> str:
        """The key of an item by its name."""
        draft = drafts.load(self.client.session, self.token)
        (key,) = [item.key for item in draft.items if item.name == name]
        return str(key)

    def seen(self) -> str:
        """What the page shown last would send along with Pay."""
        return hidden(self.html)["seen"]

    def pay(self, seen: str = "") -> str:
        """Press Pay, as the open sale's page stands now (or stood when it said SEEN)."""
        if not seen:
            self.open()
            seen = self.seen()
        return self.press("pay", seen=seen)

    def sell(self, *skus: str, to: Member | None = None) -> Purchase:
        """A whole sale, and the next one open."""
        for sku in skus:
            self.scan(sku)
        if to:
            self.member(to)
        self.pay()
        sold = Purchase.objects.get(number=self.token)
        self.next_sale()
        return sold

    def fill_in(self, address: str, **data: Any) -> str:
        """Open a form, and send it with what the page keeps in it."""
        self.open(address)
        return self.send(address, **data)

    def send(self, address: str, **data: Any) -> str:
        """Send the form that is shown, with what it keeps."""
        self.page = self.client.post(address, {**hidden(self.html), **data}, follow=True)
        return self.text


def hidden(html: str) -> dict[str, str]:
    """The hidden fields of the page's forms, but for the token against forgery."""
    main = html[html.index("<main") :]
    found = (dict(re.findall(r'(\w+)="([^"]*)"', tag)) for tag in re.findall(r'<input type="hidden"[^>]*>', main))
    return {tag["name"]: unescape(tag.get("value", "")) for tag in found if tag["name"] != "csrfmiddlewaretoken"}


def receipt_of(uuid: UUID) -> str:
    """The address of a receipt."""
    return f"/till/receipts/{uuid}/"
