"""The product list, as a cashier looks through it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet

from core import money
from sales.models import Category, Product

PAGE = 24
# A cashier may sell at down to half the price of the list, and at up to twice of it.
LEAST, MOST = Decimal("0.5"), Decimal(2)


@dataclass(frozen=True, slots=True)
class Shelf:
    """A page of the product list, whether there is more of it, and what it was asked for."""

    products: Sequence[Product]
    is_more: bool
    wanted: str
    category: str
    start: int

    @property
    def further(self) -> int:
        return self.start + PAGE


def shelf(wanted: str, category: str, start: int) -> Shelf:
    """Products on sale whose name holds all words of WANTED, or whose SKU begins with it. One query."""
    start = max(0, start)
    found = _on_sale()
    if wanted:
        in_name = Q()
        for word in wanted.split():
            in_name &= Q(name__icontains=word)
        found = found.filter(in_name | Q(sku__istartswith=wanted))
    if category:
        found = found.filter(category__code=category)
    rows = list(found.order_by("name", "sku")[start : start + PAGE + 1])
    return Shelf(rows[:PAGE], len(rows) > PAGE, wanted, category, start)


def product(sku: str) -> Product | None:
    """The product on sale with this SKU, whatever its letters' case. One query."""
    return _on_sale().filter(sku__iexact=sku).first()


def categories() -> list[Category]:
    """The categories that something on sale belongs to. One query."""
    return list(Category.objects.filter(Exists(_on_sale().filter(category=OuterRef("pk")))).order_by("name"))


def reasonable(listed: Decimal, currency: str) -> tuple[Decimal, Decimal]:
    """The lowest and the highest price at which a cashier may sell what is listed at LISTED."""
    return money.rounded(listed * LEAST, currency), money.rounded(listed * MOST, currency)


def _on_sale() -> QuerySet[Product]:
    return Product.objects.filter(is_active=True)
