"""How the demo's receipts were chosen from the real shop's year. Run once, by people who work on the project:

    python -m loyalty_site.demo.builder online_retail.csv.gz

The choice depends on the file alone. All lines of a chosen customer are kept as they are, returns included.
"""

import csv
import gzip
import io
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

from loyalty_site.demo.year import DATA
from pos.history import lines
from pos.history.lines import FileLine

HEADING = ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID"]
# How many customers of each kind; who shops as in a gift shop, not as a wholesaler.
WANTED = {"regular": 40, "returning": 40, "lapsed": 40, "new": 40, "occasional": 70, "once": 50}
WALK_INS = 120
LARGEST_RECEIPT = Decimal(600)
LONGEST_RECEIPT = 30
REGULAR_RECEIPTS = 9
LAPSED_BEFORE = datetime(2011, 5, 1)  # noqa: DTZ001  the shop's clock
NEW_SINCE = datetime(2011, 9, 15)  # noqa: DTZ001


@dataclass
class Customer:
    """What one customer did in the year."""

    receipts: dict[str, list[FileLine]] = field(default_factory=lambda: defaultdict(list))
    returned: int = 0

    @property
    def sold(self) -> list[list[FileLine]]:
        return [receipt for number, receipt in self.receipts.items() if not number.startswith("C")]

    @property
    def kind(self) -> str | None:
        """What kind of customer this is; None for those who don't suit the demo."""
        sold = self.sold
        longest = max((len(receipt) for receipt in sold), default=0)
        largest = max((sum(line.amount for line in receipt) for receipt in sold), default=0)
        if not sold or longest > LONGEST_RECEIPT or largest > LARGEST_RECEIPT:
            return None
        first, last = sold[0][0].at, sold[-1][0].at
        kinds = {
            "regular": len(sold) >= REGULAR_RECEIPTS,
            "returning": self.returned > 0,
            "lapsed": last < LAPSED_BEFORE and len(sold) > 1,
            "new": first >= NEW_SINCE,
            "occasional": len(sold) > 1,
            "once": True,
        }
        return next(kind for kind, fits in kinds.items() if fits)


def build(source: Path, target: Path = DATA) -> Counter[str]:
    """Choose from SOURCE and write TARGET. Answers how many of each kind were taken."""
    customers: dict[str, Customer] = defaultdict(Customer)
    walk_ins: dict[str, list[FileLine]] = defaultdict(list)
    for line in lines.read(source):
        if line.customer:
            customers[line.customer].receipts[line.invoice].append(line)
            customers[line.customer].returned += line.quantity < 0
        elif line.invoice.isdigit() and line.quantity > 0 and line.price > 0:
            walk_ins[line.invoice].append(line)
    chosen = set()
    taken: Counter[str] = Counter()
    for number in sorted(customers, key=_shuffled):
        kind = customers[number].kind
        if kind and taken[kind] < WANTED[kind]:
            taken[kind] += 1
            chosen.add(number)
    small = [n for n, receipt in walk_ins.items() if 1 < len(receipt) <= LONGEST_RECEIPT // 2]
    receipts = set(sorted(small, key=_shuffled)[:WALK_INS])
    taken["walk-in receipts"] = len(receipts)
    kept = [line for line in lines.read(source) if line.customer in chosen or line.invoice in receipts]
    target.write_bytes(packed(kept))
    return taken


def _shuffled(key: str) -> bytes:
    return sha256(f"changke {key}".encode()).digest()


def packed(kept: Iterable[FileLine]) -> bytes:
    """The lines as gzipped CSV: the same bytes for the same lines."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADING)
    for line in kept:
        row = [line.invoice, line.sku, line.name, line.quantity, line.at, line.price, line.customer]
        writer.writerow(row)
    return gzip.compress(text.getvalue().encode(), mtime=0)


if __name__ == "__main__":
    for kind, count in build(Path(sys.argv[1])).items():
        sys.stdout.write(f"{count:5} {kind}\n")
