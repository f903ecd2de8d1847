"""Pure: which sales the goods that came back belong to.

A return names its customer and product, not its sale. It is taken to be of the latest earlier sale of that product to
that customer of which enough has not yet come back: first among sales at the same price, then among all. When no
single sale has enough, several share it, latest first, again those at the same price before the others. What is not
goods (postage, corrections by hand) says nothing by its code, so that only sales at the same price count.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple


@dataclass(slots=True)
class Sold:
    """So many of a line of a sale have not come back yet."""

    invoice: str
    position: int
    left: int
    price: Decimal


class Part(NamedTuple):
    """So many that came back of one line of one sale, at the price they were sold for."""

    invoice: str
    position: int
    quantity: int
    price: Decimal


class Shelf:
    """What customers bought and have not brought back, as far as anything of that kind comes back at all."""

    def __init__(self, returned: set[tuple[str, str]]) -> None:
        self._returned = returned
        self._sold: dict[tuple[str, str], list[Sold]] = defaultdict(list)

    def sell(self, customer: str, sku: str, sold: Sold) -> bool:
        """Remember a sold line; whether anything of it may come back."""
        if (customer, sku) not in self._returned:
            return False
        self._sold[customer, sku].append(sold)
        return True

    def knows(self, customer: str, sku: str, price: Decimal | None = None) -> bool:
        """Whether the customer ever bought the product before (at that price, if one is given)."""
        return any(price in {None, sold.price} for sold in self._sold.get((customer, sku), ()))

    def take(
        self, customer: str, sku: str, quantity: int, price: Decimal, *, same_price_only: bool = False
    ) -> list[Part]:
        """Take QUANTITY back off the sales it belongs to; less than that, or nothing, where they don't have enough."""
        latest_first = [sold for sold in reversed(self._sold.get((customer, sku), ())) if sold.left]
        same = [sold for sold in latest_first if sold.price == price]
        others = [] if same_price_only else [sold for sold in latest_first if sold.price != price]
        whole = next((sold for sold in (*same, *others) if sold.left >= quantity), None)
        return _take_from([whole] if whole else [*same, *others], quantity)


def _take_from(sales: Iterable[Sold], quantity: int) -> list[Part]:
    parts = []
    for sold in sales:
        taken = min(sold.left, quantity)
        sold.left -= taken
        quantity -= taken
        parts.append(Part(sold.invoice, sold.position, taken, sold.price))
        if not quantity:
            break
    return parts
