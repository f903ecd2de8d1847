"""Lines of receipts as a file has them, and the real ones: 292 lines of a real shop's year that show every case."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from pos.history import plan
from pos.history.lines import FileLine, Survey
from pos.history.plan import Event, Rest

REAL = Path(__file__).with_name("receipts.csv")
HEADING = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"


def local(*moment: int) -> datetime:
    """A moment of the shop's clock, without a zone as in the file."""
    return datetime(*moment)  # type: ignore[arg-type]  # noqa: DTZ001


class Book:
    """Writes lines one below the other, a minute apart."""

    def __init__(self) -> None:
        self.lines: list[FileLine] = []

    def line(self, invoice: str, sku: str, quantity: int, price: str, customer: str = "17850") -> "Book":
        number = len(self.lines) + 2
        at = local(2026, 3, 2, 9, number)
        self.lines.append(FileLine(number, invoice, sku, f"A {sku}", quantity, at, Decimal(price), customer))
        return self

    @property
    def survey(self) -> Survey:
        found = Survey(lines=len(self.lines), amount=sum((line.amount for line in self.lines), Decimal(0)))
        found.ends = {line.invoice: line.number for line in self.lines}
        found.returned = {(line.customer, line.sku) for line in self.lines if line.quantity < 0}
        return found

    def planned(self) -> tuple[list[Event], list[Rest]]:
        rest: list[Rest] = []
        return list(plan.events(self.lines, self.survey, currency="GBP", rest=rest.append)), rest

    def write(self, path: Path) -> Path:
        """The lines as a file."""
        return write(
            path,
            (f"{x.invoice},{x.sku},{x.name},{x.quantity},{x.at},{x.price},{x.customer},UK" for x in self.lines),
        )


def write(path: Path, rows: Iterable[str]) -> Path:
    """A file with the usual heading."""
    path.write_text("\n".join([HEADING, *rows]) + "\n", encoding="utf-8")
    return path
