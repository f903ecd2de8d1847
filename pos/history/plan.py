"""Pure: what the lines of a file amount to: sales, goods brought back, and a rest that is neither.

The plan depends on the file alone, never on the database, so that the same file gives the same plan on every run.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from core import money
from pos.history.lines import FileLine, Survey
from pos.history.matching import Part, Shelf, Sold
from pos.receipts import Line

CANCELLATION = "C"
DISCOUNT = "D"
SERVICE = "service"
NAME_LENGTH = 160


class Reason(TextChoices):
    """Why something of the file became neither purchase nor return."""

    NO_CUSTOMER = "return_without_customer", _("goods back, nobody knows whose")
    NO_SALE = "return_without_sale", _("goods back, no earlier sale of them to this customer")
    MORE_THAN_SOLD = "return_of_more_than_sold", _("more goods back than were sold")
    PRICE_DIFFERS = "return_at_another_price", _("goods back at another price: the difference")
    DISCOUNT = "discount_afterwards", _("discount given afterwards")
    STOCK = "stock_correction", _("correction of the stock, nothing sold")
    BOOKKEEPING = "bookkeeping", _("bookkeeping, nothing sold")
    ROUNDING = "less_than_smallest_coin", _("less than the smallest coin")
    CONFLICT = "receipt_conflict", _("recorded already, with other contents")
    TOO_LARGE = "purchase_too_large", _("more than a purchase may come to")
    NOT_ACTIVE = "member_not_active", _("the member is suspended or closed")


@dataclass(frozen=True, slots=True)
class Rest:
    """A line, or the part of one, that was not posted. Quantity and amount are signed as in the file.

    Where only the price differs, the goods are posted and the quantity is 0.
    """

    line: int
    invoice: str
    customer: str
    sku: str
    quantity: int
    amount: Decimal
    reason: Reason


@dataclass(frozen=True, slots=True)
class SaleLine:
    line: FileLine
    amount: Decimal
    goods: Line


@dataclass(frozen=True, slots=True)
class Sale:
    """A receipt of the file. It happened when its last line was entered. `comes_back`: a later return refers to it."""

    number: str
    at: datetime
    customer: str
    lines: tuple[SaleLine, ...]
    comes_back: bool

    @property
    def amount(self) -> Decimal:
        return sum((line.amount for line in self.lines), Decimal(0))


@dataclass(frozen=True, slots=True)
class Back:
    """Goods that one cancellation brings back of one sale: (position, quantity, file line it stands on)."""

    number: str
    at: datetime
    customer: str
    sale: str
    parts: tuple[tuple[Part, FileLine], ...]

    @property
    def amount(self) -> Decimal:
        """What was paid for them when they were sold."""
        return sum((part.quantity * part.price for part, _ in self.parts), Decimal(0))


Event = Sale | Back


def events(
    lines: Iterable[FileLine], survey: Survey, *, currency: str, rest: Callable[[Rest], None]
) -> Iterator[Event]:
    """The sales and returns of the file in order of time; whatever is neither is handed to REST."""
    shelf = Shelf(survey.returned)
    coin = Decimal(1).scaleb(-money.places(currency))
    for invoice in invoices(lines, survey):
        sold: list[FileLine] = []
        back: list[FileLine] = []
        for line in invoice:
            if reason := _is_no_trade(line):
                rest(rest_of(line, reason))
            else:
                (sold if line.quantity > 0 else back).append(line)
        if sold and not sold[0].customer and not any(line.price for line in sold):
            for line in sold:
                rest(rest_of(line, Reason.STOCK))
        elif sold:
            yield _sale(sold, shelf, coin, rest)
        yield from _backs(back, shelf, rest)


def invoices(lines: Iterable[FileLine], survey: Survey) -> Iterator[list[FileLine]]:
    """The lines of each invoice, in order of their ends: another one may come in between."""
    open_ones: dict[str, list[FileLine]] = {}
    for line in lines:
        open_ones.setdefault(line.invoice, []).append(line)
        if survey.ends[line.invoice] == line.number:
            yield open_ones.pop(line.invoice)


def _is_no_trade(line: FileLine) -> Reason | None:
    """Why a line is neither a sale nor goods coming back, if so."""
    if line.price < 0 or not line.invoice.removeprefix(CANCELLATION)[:1].isdigit():
        return Reason.BOOKKEEPING
    if line.quantity == 0 or (line.quantity < 0 and not line.price):
        return Reason.STOCK
    if line.quantity < 0 and line.sku == DISCOUNT:
        return Reason.DISCOUNT
    if line.quantity < 0 and not line.customer:
        return Reason.NO_CUSTOMER
    return None


def rest_of(line: FileLine, reason: Reason, quantity: int | None = None, amount: Decimal | None = None) -> Rest:
    return Rest(
        line.number,
        line.invoice,
        line.customer,
        line.sku,
        line.quantity if quantity is None else quantity,
        (line.amount if amount is None else amount) + Decimal(0),  # minus nothing is nothing
        reason,
    )


def _sale(sold: list[FileLine], shelf: Shelf, coin: Decimal, rest: Callable[[Rest], None]) -> Sale:
    lines = []
    comes_back = False
    last = sold[-1]
    for position, line in enumerate(sold, start=1):
        amount = line.amount
        if amount % coin:
            amount = amount.quantize(coin)
            rest(rest_of(line, Reason.ROUNDING, 0, line.amount - amount))
        lines.append(SaleLine(line, amount, _goods(line, amount)))
        if shelf.sell(line.customer, line.sku, Sold(line.invoice, position, line.quantity, line.price)):
            comes_back = True
    return Sale(last.invoice, last.at, last.customer, tuple(lines), comes_back)


def _goods(line: FileLine, amount: Decimal) -> Line:
    category = None if line.is_goods else SERVICE
    return Line(line.sku, Decimal(line.quantity), amount, line.name[:NAME_LENGTH], category)


def _backs(back: list[FileLine], shelf: Shelf, rest: Callable[[Rest], None]) -> Iterator[Back]:
    """One return for each sale that the goods of one cancellation belong to."""
    by_sale: dict[str, list[tuple[Part, FileLine]]] = {}
    for line in back:
        parts = shelf.take(line.customer, line.sku, -line.quantity, line.price, same_price_only=not line.is_goods)
        for part in parts:
            by_sale.setdefault(part.invoice, []).append((part, line))
            if difference := part.quantity * (part.price - line.price):
                rest(rest_of(line, Reason.PRICE_DIFFERS, 0, difference))
        if left := -line.quantity - sum(part.quantity for part in parts):
            known = shelf.knows(line.customer, line.sku, None if line.is_goods else line.price)
            reason = Reason.MORE_THAN_SOLD if known else Reason.NO_SALE
            rest(rest_of(line, reason, -left, -left * line.price))
    for sale, found in by_sale.items():
        yield Back(back[-1].invoice, back[-1].at, back[-1].customer, sale, tuple(found))
