"""Sales that are put together, kept in the session: each under a token of its own, the number of its receipt to be.

A sale has an address with its token, so that a reload, a second tab and the back button find it as it is. Once it is
paid, the token stands for its receipt, and can't be paid again.
"""

import hashlib
import re
import secrets
from collections.abc import MutableMapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from core import db, money
from pos import discounts
from pos.discounts import Coupon
from pos.receipts import ALPHABET, Line

TOKEN = re.compile(rf"[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}")
KEPT = "till"
MOST_ITEMS = 200
MOST_OPEN = 20
ONE = Decimal(1)

Session = MutableMapping[str, Any]


@dataclass(frozen=True, slots=True)
class Item:
    """Goods in a sale. `price`: for one; None until somebody says it. `listed`: what the product list says, if it does.

    `category`: None for what the product list knows.
    """

    key: int
    sku: str
    name: str
    price: Decimal | None
    listed: Decimal | None
    quantity: Decimal = ONE
    category: str | None = None

    def amount(self, currency: str) -> Decimal:
        """What is to be paid for it; nothing as long as its price isn't said."""
        return money.rounded((self.price or Decimal(0)) * self.quantity, currency)

    @property
    def is_changed(self) -> bool:
        """Whether it is sold at another price than the list says."""
        return self.listed is not None and self.price != self.listed


@dataclass(slots=True)
class Draft:
    """A sale before it is paid. `member`: the number of the card that was shown, "" for none."""

    token: str
    member: str = ""
    items: list[Item] = field(default_factory=list)
    last_key: int = 0
    coupons: list[Coupon] = field(default_factory=list)

    @property
    def is_priced(self) -> bool:
        return all(item.price is not None for item in self.items)

    @property
    def revision(self) -> str:
        """What tells this state of the sale from any other: who pays has seen it."""
        return hashlib.sha256(db.as_json(_written(self)).encode()).hexdigest()[:16]

    @property
    def pieces(self) -> dict[str, Decimal]:
        """How many of each article."""
        found: dict[str, Decimal] = {}
        for item in self.items:
            found[item.sku] = found.get(item.sku, Decimal(0)) + item.quantity
        return found

    @property
    def hands_over(self) -> bool:
        """Whether there is a gift to hand over, and nothing to pay."""
        return not self.items and any(coupon.is_gift for coupon in self.coupons)

    def full_price(self, currency: str) -> Decimal:
        """What the goods cost before any voucher."""
        return sum((item.amount(currency) for item in self.items), Decimal(0))

    def taken_off(self, currency: str) -> list[tuple[Coupon, Decimal]]:
        """Each voucher, and what it takes off."""
        off = discounts.taken_off(self.full_price(currency), self.coupons, currency)
        return list(zip(self.coupons, off, strict=True))

    def total(self, currency: str) -> Decimal:
        """What is to be paid."""
        return self.full_price(currency) - sum((off for _coupon, off in self.taken_off(currency)), Decimal(0))

    def lines(self, currency: str) -> tuple[Line, ...]:
        """The lines of the receipt, with what is paid for each."""
        full = [item.amount(currency) for item in self.items]
        paid = discounts.spread(full, sum(full, Decimal(0)) - self.total(currency), currency)
        return tuple(
            Line(item.sku, item.quantity, amount, item.name, item.category)
            for item, amount in zip(self.items, paid, strict=True)
        )

    def add(
        self,
        sku: str,
        name: str,
        price: Decimal | None,
        *,
        listed: Decimal | None = None,
        quantity: Decimal = ONE,
        category: str | None = None,
    ) -> Item:
        """Put goods into the sale: more of the same where it stands there already, at that price."""
        for place, item in enumerate(self.items):
            if (item.sku, item.name, item.price, item.category) == (sku, name, price, category):
                self.items[place] = replace(item, quantity=item.quantity + quantity)
                return self.items[place]
        self.last_key += 1
        new = Item(self.last_key, sku, name, price, listed, quantity, category)
        self.items.append(new)
        return new

    def has(self, code: str) -> bool:
        """Whether the voucher of that code is in the sale."""
        return any(coupon.code == code for coupon in self.coupons)

    def put(self, coupon: Coupon) -> None:
        """Put a voucher into the sale; one that is there stays there."""
        if not self.has(coupon.code):
            self.coupons.append(coupon)

    def item(self, key: int) -> Item | None:
        return next((item for item in self.items if item.key == key), None)

    def change(self, key: int, *, quantity: Decimal, price: Decimal | None) -> None:
        """Sell so many of an item at that price; none of it takes it out. An item that has gone stays gone."""
        self.items = [
            replace(item, quantity=quantity, price=price) if item.key == key else item
            for item in self.items
            if item.key != key or quantity > 0
        ]


def new_token() -> str:
    """A token nobody can guess nor will draw again: 40 random bits, in letters that can be read aloud."""
    letters = [secrets.choice(ALPHABET) for _place in range(8)]
    return f"{''.join(letters[:4])}-{''.join(letters[4:])}"


def load(session: Session, token: str) -> Draft:
    """The sale under TOKEN; an empty one when nothing was put into it yet."""
    written = session.get(KEPT, {}).get("sales", {}).get(token)
    return _read(token, written) if written else Draft(token)


def keep(session: Session, draft: Draft) -> None:
    """Keep the sale as it is now, as the latest one. One with nothing in it isn't kept."""
    sales = _sales(session)
    sales.pop(draft.token, None)
    if draft.items or draft.member or draft.coupons:
        sales[draft.token] = _written(draft)
    _put(session, sales)


def drop(session: Session, token: str) -> None:
    """Forget a sale: it is paid, or nobody wants it."""
    sales = _sales(session)
    sales.pop(token, None)
    _put(session, sales)


def opened(session: Session) -> list[Draft]:
    """The sales that are not paid yet, the latest first."""
    return [_read(token, written) for token, written in reversed(_sales(session).items())]


def terminal(session: Session) -> int | None:
    """The terminal that was chosen."""
    found: int | None = session.get(KEPT, {}).get("terminal")
    return found


def sit_down(session: Session, terminal_id: int) -> None:
    """Choose a terminal. Open sales go along under new tokens: what a token was paid as stays with its terminal."""
    if terminal(session) == terminal_id:
        return
    sales = {new_token(): written for written in _sales(session).values()}
    session[KEPT] = {**session.get(KEPT, {}), "terminal": terminal_id, "sales": sales}


def remember(session: Session, receipt: str) -> None:
    """Note that whoever works here has held this receipt: sold it, or typed the code on it."""
    known = [one for one in session.get(KEPT, {}).get("receipts", []) if one != receipt]
    session[KEPT] = {**session.get(KEPT, {}), "receipts": [*known, receipt][-MOST_OPEN:]}


def has_held(session: Session, receipt: str) -> bool:
    """Whether that was noted."""
    return receipt in session.get(KEPT, {}).get("receipts", [])


def _sales(session: Session) -> dict[str, Any]:
    return dict(session.get(KEPT, {}).get("sales", {}))


def _put(session: Session, sales: dict[str, Any]) -> None:
    session[KEPT] = {**session.get(KEPT, {}), "sales": sales}


def _written(draft: Draft) -> dict[str, Any]:
    items = [
        [item.key, item.sku, item.name, _text(item.price), _text(item.listed), str(item.quantity), item.category]
        for item in draft.items
    ]
    coupons = [[each.code, dict(each.names), _text(each.amount), each.percent] for each in draft.coupons]
    return {"member": draft.member, "items": items, "last_key": draft.last_key, "coupons": coupons}


def _read(token: str, written: dict[str, Any]) -> Draft:
    items = [
        Item(key, sku, name, _number(price), _number(listed), Decimal(quantity), category)
        for key, sku, name, price, listed, quantity, category in written["items"]
    ]
    coupons = [_coupon(each) for each in written["coupons"]]
    return Draft(token, written["member"], items, written["last_key"], coupons)


def _coupon(written: list[Any]) -> Coupon:
    code, names, amount, percent = written
    return Coupon(code, names, _number(amount), percent)


def _text(number: Decimal | None) -> str | None:
    return None if number is None else str(number)


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
