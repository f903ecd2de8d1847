"""What tills report, before it is a fact: receipts, and goods brought back."""

import hashlib
import secrets
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TypeVar

from campaigns.offerbook import Visit
from core import db

# A till's clock may be so much ahead of ours, and of another till's.
AHEAD = timedelta(minutes=2)
# Crockford's base 32: no I, L, O, U, so that a code can be read aloud from paper.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True, slots=True)
class Line:
    """Goods on a receipt: AMOUNT was paid for QUANTITY of them. Without category, the product's own counts."""

    sku: str
    quantity: Decimal
    amount: Decimal
    name: str = ""
    category: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """A sale as a till reports it. `at` is the moment it is booked for: now, or its own when history is replayed.

    Whose it is stands in `member_id`, or in `known_as`, by what the till knows them (see members.identity.known_as).
    """

    store_id: int
    store_code: str
    terminal_id: int
    terminal_code: str
    business_on: date
    number: str
    occurred_at: datetime
    at: datetime
    currency: str
    lines: tuple[Line, ...]
    member_id: int | None = None
    known_as: tuple[str, str] | None = None
    channel: str = "store"
    cashier: str = ""
    amount: Decimal = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "amount", sum((line.amount for line in self.lines), Decimal(0)))

    @property
    def key(self) -> tuple[int, int, date, str]:
        """The natural key, unique for ever."""
        return self.store_id, self.terminal_id, self.business_on, self.number

    @property
    def reference(self) -> str:
        """The words that the ledger knows it by."""
        return f"purchase:{self.store_code}/{self.terminal_code}/{self.business_on}/{self.number}"

    @property
    def visit(self) -> Visit:
        """When and where it was, as offers ask."""
        return Visit(self.occurred_at, self.store_code, self.business_on)

    def content_hash(self) -> str:
        """A digest of what was sold and when: the same receipt posted again has the same. To whom is compared apart."""
        return _digest(
            [
                self.occurred_at.astimezone(UTC).isoformat(),
                self.currency,
                self.channel,
                self.cashier,
                [
                    (line.sku, _plain(line.quantity), _plain(line.amount), line.name, line.category)
                    for line in self.lines
                ],
            ]
        )


@dataclass(frozen=True, slots=True)
class Brought:
    """Goods of one purchase brought back: (position of the line, quantity)."""

    purchase_id: int
    number: str
    goods: tuple[tuple[int, Decimal], ...]
    terminal_id: int
    occurred_at: datetime
    at: datetime

    def content_hash(self) -> str:
        """A digest of what came back: the same return posted again has the same."""
        return _digest([[(position, _plain(quantity)) for position, quantity in sorted(self.goods)]])


def new_claim_code() -> str:
    """The code on the paper by which a receipt without member is given to one: 50 random bits."""
    bits = secrets.randbits(50)
    return "".join(ALPHABET[bits >> shift & 31] for shift in range(0, 50, 5))


Thing = TypeVar("Thing")


def waves(things: Iterable[Thing], keys_of: Callable[[Thing], Sequence[Hashable]]) -> list[list[Thing]]:
    """Split THINGS into waves, so that no wave holds two with a key in common, and each key keeps its order.

    Everything of one wave can be posted as one set; what a member did is still one after another.
    """
    found: list[list[Thing]] = []
    latest: dict[Hashable, int] = {}
    for thing in things:
        keys = [k for k in keys_of(thing) if k is not None]
        wave = max((latest.get(k, -1) for k in keys), default=-1) + 1
        for k in keys:
            latest[k] = wave
        if wave == len(found):
            found.append([])
        found[wave].append(thing)
    return found


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _digest(content: list[object]) -> str:
    return hashlib.sha256(db.as_json(content).encode()).hexdigest()
