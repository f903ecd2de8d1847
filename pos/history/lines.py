"""Reading a file of receipt lines in the Online Retail format: CSV, plain or gzipped, one line per item of a receipt.

The file is read twice and never held in memory: `survey` first checks every line and notes where each invoice ends.
"""

import csv
import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple, TextIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.characters import UNWRITABLE
from core.errors import InvalidInput

# Column, and what it is called in the second edition of the same data.
COLUMNS = {
    "InvoiceNo": "Invoice",
    "StockCode": "StockCode",
    "Description": "Description",
    "Quantity": "Quantity",
    "InvoiceDate": "InvoiceDate",
    "UnitPrice": "Price",
    "CustomerID": "Customer ID",
}
# Codes that are no goods: postage, carriage, fees, discounts, samples, corrections by hand, gift vouchers.
NO_GOODS = {"POST", "DOT", "C2", "M", "D", "S", "B", "PADS", "CRUK", "AMAZONFEE", "BANK CHARGES"}
NO_GOODS_PREFIX = "GIFT_"
LONGEST = 40


class UnreadableFile(InvalidInput):
    """A file of receipts that can't be read: which line, and why. Nothing of it was posted."""

    code = "unreadable_file"
    sentence = gettext_lazy("Line %(line)s of the file can't be read: %(problem)s.")


class FileLine(NamedTuple):
    """One line of the file. `number` counts from 1, the heading included, as editors do; `at` is the shop's clock."""

    number: int
    invoice: str
    sku: str
    name: str
    quantity: int
    at: datetime
    price: Decimal
    customer: str

    @property
    def amount(self) -> Decimal:
        """What the line says was paid; negative for goods that came back."""
        return self.quantity * self.price

    @property
    def is_goods(self) -> bool:
        return self.sku not in NO_GOODS and not self.sku.startswith(NO_GOODS_PREFIX)


@dataclass
class Survey:
    """What is known of a file before any of it is posted."""

    lines: int = 0
    amount: Decimal = Decimal(0)
    first_at: datetime | None = None
    last_at: datetime | None = None
    ends: dict[str, int] = field(default_factory=dict)
    """The last line of each invoice: that is where its receipt is complete."""
    returned: set[tuple[str, str]] = field(default_factory=set)
    """Customer and SKU of whatever came back: only sales of these have to be remembered."""


def survey(path: Path) -> Survey:
    """Read the file once. Raises UnreadableFile for the first line that can't be understood or is out of order."""
    found = Survey()
    for line in read(path):
        if found.last_at and line.at < found.last_at:
            raise UnreadableFile(line=line.number, problem=_("it is earlier than the line before it"))
        if len(line.sku) > LONGEST or len(line.invoice) > LONGEST:
            raise UnreadableFile(line=line.number, problem=_("a code is longer than 40 characters"))
        if UNWRITABLE.search(line.sku + line.invoice + line.name + line.customer):
            raise UnreadableFile(line=line.number, problem=_("it holds characters that can't be seen"))
        found.first_at = found.first_at or line.at
        found.last_at = line.at
        found.lines += 1
        found.amount += line.amount
        found.ends[line.invoice] = line.number
        if line.quantity < 0 and line.customer:
            found.returned.add((line.customer, line.sku))
    return found


def read(path: Path) -> Iterator[FileLine]:
    """The lines of the file, in its order. Raises UnreadableFile."""
    with _open(path) as text:
        rows = csv.reader(text, strict=True)
        try:
            places = _columns(next(rows, []))
            pick = itemgetter(*places)
            moment, at = "", datetime(1, 1, 1)  # noqa: DTZ001  the shop's clock, without a zone as in the file
            prices: dict[str, Decimal] = {}
            for row in rows:
                try:
                    invoice, sku, name, quantity, written, price, customer = pick(row)
                    if written != moment:
                        moment, at = written, datetime.fromisoformat(written).replace(tzinfo=None)
                    # A shop has few prices, and making Decimals of them takes longer than all the rest.
                    if (paid := prices.get(price)) is None:
                        paid = prices[price] = _price(price)
                    pieces = int(quantity)
                except (ValueError, InvalidOperation, IndexError) as error:
                    raise UnreadableFile(line=rows.line_num, problem=_trouble(row, places)) from error
                who = customer.strip().removesuffix(".0")
                yield FileLine(rows.line_num, invoice.strip(), sku.strip().upper(), name.strip(), pieces, at, paid, who)
        except (ValueError, csv.Error, OSError, EOFError) as error:
            raise UnreadableFile(line=max(1, rows.line_num), problem=error) from error


def _trouble(row: list[str], places: list[int]) -> str:
    """What is wrong with a line that can't be understood, in a few words."""
    if len(row) <= max(places):
        return _("it is cut off: it has %(found)s cells, and %(needed)s are needed") % {
            "found": len(row),
            "needed": max(places) + 1,
        }
    _invoice, _sku, _name, quantity, written, price, _customer = (row[place] for place in places)
    try:
        int(quantity)
    except ValueError:
        return _("the quantity “%(cell)s” is no whole number") % {"cell": quantity[:LONGEST]}
    try:
        datetime.fromisoformat(written)
    except ValueError:
        return _("“%(cell)s” is no date and time such as 2010-12-01 08:26:00") % {"cell": written[:LONGEST]}
    return _("the price “%(cell)s” is no number") % {"cell": price[:LONGEST]}


def _price(text: str) -> Decimal:
    price = Decimal(text)
    if not price.is_finite():
        raise ValueError(f"{text} is no price")
    return price


def _open(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _columns(heading: list[str]) -> list[int]:
    """Where each column stands."""
    places = []
    for name, second_edition in COLUMNS.items():
        if found := [heading.index(known) for known in (name, second_edition) if known in heading]:
            places.append(found[0])
        else:
            raise UnreadableFile(line=1, problem=_("it names no column %(name)s") % {"name": name})
    return places
