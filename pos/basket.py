"""What a member keeps of a purchase, after what was brought back of it.

A line's amount goes with its quantity: what is kept of it is its amount times the share kept, rounded to the
currency. That depends only on the total brought back, so many small returns end where one large one ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from core import money
from sales.models import PurchaseLine


@dataclass(frozen=True, slots=True)
class Kept:
    """A line, how much of it was brought back so far."""

    line_id: int
    purchase_id: int
    position: int
    category: str
    quantity: Decimal
    amount: Decimal
    returned: Decimal

    @property
    def left(self) -> Decimal:
        return self.quantity - self.returned

    def amount_left(self, currency: str, *, less: Decimal = Decimal(0)) -> Decimal:
        """What was paid for what is kept, once LESS more is brought back."""
        return money.rounded(self.amount * (self.left - less) / self.quantity, currency)


def lines(purchase_ids: Sequence[int]) -> dict[int, list[Kept]]:
    """The lines of purchases with what was brought back of each. One query."""
    found: dict[int, list[Kept]] = {purchase_id: [] for purchase_id in purchase_ids}
    rows = (
        PurchaseLine.objects.filter(purchase_id__in=purchase_ids)
        .annotate(back=Sum("returned__quantity", default=Decimal(0)))
        .order_by("purchase_id", "position")
    )
    # Values, not objects: an import brings back thousands of baskets.
    for row in rows.values_list("pk", "purchase_id", "position", "category", "quantity", "amount", "back"):
        kept = Kept(*row)
        found[kept.purchase_id].append(kept)
    return found


def goods(kept: Sequence[Kept], currency: str) -> list[tuple[str, Decimal]]:
    """The goods kept, as the quote takes them."""
    return [(line.category, line.amount_left(currency)) for line in kept if line.left > 0]
