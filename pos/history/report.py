"""Where every line and every penny of a file went: what was posted, and the rest with its reason."""

import csv
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from decimal import Decimal
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pos.history.lines import Survey
from pos.history.plan import Back, Reason, Rest, Sale


@dataclass
class Total:
    """So many receipts (or returns), of so many lines of the file, and what they come to, signed as in the file."""

    label: str | Promise
    receipts: int = 0
    lines: int = 0
    amount: Decimal = Decimal(0)

    def count(self, lines: int, amount: Decimal, receipts: int = 1) -> None:
        self.receipts += receipts
        self.lines += lines
        self.amount += amount


@dataclass
class Report:
    """What became of a file. Purchases and returns are counted as planned; `booked` is what the database says."""

    survey: Survey
    rest: list[Rest] = field(default_factory=list)
    member_purchases: Total = field(default_factory=lambda: Total(_("purchases of members")))
    other_purchases: Total = field(default_factory=lambda: Total(_("purchases without member")))
    returns: Total = field(default_factory=lambda: Total(_("returns")))
    booked: Decimal = Decimal(0)

    def leave(self, rest: Rest) -> None:
        """Note what was not posted."""
        self.rest.append(rest)

    def add(self, sales: Sequence[Sale], backs: Sequence[tuple[Back, Decimal]], booked: Decimal) -> None:
        """Note what was posted, BACKS with what was given back, and what it comes to in the database."""
        for sale in sales:
            total = self.member_purchases if sale.customer else self.other_purchases
            total.count(len(sale.lines), sale.amount)
        for back, amount in backs:
            self.returns.count(len({line.number for _part, line in back.parts}), -amount)
        self.booked += booked

    def plan(self, sales: Sequence[Sale], backs: Sequence[Back]) -> None:
        """Note what would be posted."""
        sold, back = (sum((each.amount for each in things), Decimal(0)) for things in (sales, backs))
        self.add(sales, [(each, each.amount) for each in backs], sold - back)

    @property
    def receipts(self) -> int:
        return self.member_purchases.receipts + self.other_purchases.receipts

    @property
    def difference(self) -> Decimal:
        """What the file comes to, less what is booked and what is listed. Anything but zero is a mistake of ours."""
        return self.survey.amount - self.booked - sum((rest.amount for rest in self.rest), Decimal(0))

    def totals(self) -> list[Total]:
        """Purchases, returns, and the rest by reason; those that occur."""
        by_reason: dict[Reason, Total] = {}
        for rest in self.rest:
            total = by_reason.setdefault(rest.reason, Total(rest.reason.label))
            total.count(1, rest.amount, 0)
        rests = [by_reason[reason] for reason in Reason if reason in by_reason]
        return [self.member_purchases, self.other_purchases, self.returns, *rests]

    def write(self, path: Path) -> None:
        """Write the rest in order of its lines: as CSV, or with the totals as JSON when the name ends so."""
        rows = [asdict(rest) for rest in sorted(self.rest, key=lambda rest: (rest.line, rest.reason))]
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as text:
            if path.suffix == ".json":
                json.dump(self._as_data() | {"rest": rows}, text, default=str, ensure_ascii=False, indent=1)
                return
            writer = csv.DictWriter(text, [column.name for column in fields(Rest)], lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)

    def _as_data(self) -> dict[str, object]:
        return {
            "file": {
                "lines": self.survey.lines,
                "invoices": len(self.survey.ends),
                "amount": self.survey.amount,
                "first_at": self.survey.first_at,
                "last_at": self.survey.last_at,
            },
            "totals": [asdict(total) for total in self.totals()],
            "difference": self.difference,
        }
