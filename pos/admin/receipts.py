"""What the pages of purchases and of returns have in common."""

from typing import Any

from django.db.models import QuerySet
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core import once, words
from core.admin.base import ReadOnlyAdmin
from core.admin.columns import column
from points.models import PointType
from sales.models import Category, Return


class ReceiptAdmin(ReadOnlyAdmin):
    """Receipts and returns: found by their number, or by a card of their member."""

    @column(_("receipt"), two_lines=True)
    def receipt(self, row: Any) -> tuple[str, str]:
        return row.number, str(row.terminal)

    @column(_("amount"), order="amount")
    def paid(self, row: Any) -> str:
        return words.amount(row.amount, once.programme().currency)


def point_types() -> dict[int, str]:
    """The names of the point types."""
    return once.read("point types", lambda: {row.pk: row.name_plural for row in PointType.objects.all()})


def category_names() -> dict[str, str]:
    """The names of the categories by their codes, which are what receipts keep."""
    return once.read("categories", lambda: {row.code: row.name for row in Category.objects.all()})


def with_goods(returns: QuerySet[Any]) -> QuerySet[Any]:
    return returns.prefetch_related("lines__line", "settlements__posting")


def goods(found: Return) -> SafeString:
    lines = ((words.quantity(line.quantity), line.line.name or line.line.sku) for line in found.lines.all())
    return format_html_join(", ", "{} × {}", lines)


def taken_back(found: Return) -> str:
    postings = [(each.point_type_id, each.posting) for each in found.settlements.all() if each.posting]
    return (
        words.listed(f"{words.signed(posting.points)} {point_types()[t]}" for t, posting in postings) or words.NOTHING
    )
