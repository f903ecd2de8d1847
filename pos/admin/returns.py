"""Goods brought back, and the points taken back with them, to look at."""

from typing import Any, ClassVar, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core import once, words
from core.admin.base import ReadOnlyInline
from core.admin.columns import column, link_column
from pos.admin.receipts import ReceiptAdmin, point_types, taken_back
from pos.models import ReturnSettlement
from sales.models import Return, ReturnLine


class ReturnLinesInline(ReadOnlyInline):
    model = ReturnLine
    tab = False
    fields = ("position", "what", "how_many", "paid_back")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return cast("QuerySet[Any]", super().get_queryset(request).select_related("line"))

    @column(_("line"))
    def position(self, line: ReturnLine) -> int:
        return line.line.position

    @column(_("goods"))
    def what(self, line: ReturnLine) -> str:
        return line.line.name or line.line.sku

    @column(_("quantity"))
    def how_many(self, line: ReturnLine) -> str:
        return words.quantity(line.quantity)

    @column(_("amount"))
    def paid_back(self, line: ReturnLine) -> str:
        return words.amount(line.amount, once.programme().currency)


class ReturnSettlementsInline(ReadOnlyInline):
    model = ReturnSettlement
    tab = False
    verbose_name_plural = _("points taken back")
    fields = ("taken", "link")
    readonly_fields = fields
    link = link_column(_("posting"), "points_posting", "posting_id", "#{row.posting_id}")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return cast("QuerySet[Any]", super().get_queryset(request).select_related("posting"))

    @column(_("points"))
    def taken(self, settlement: ReturnSettlement) -> str:
        points = settlement.posting.points if settlement.posting else 0
        return f"{words.signed(points)} {point_types()[settlement.point_type_id]}"


@admin.register(Return)
class ReturnAdmin(ReceiptAdmin):
    list_display = ("occurred_at", "receipt", "of_purchase", "paid", "taken")
    list_display_links = ("occurred_at",)
    list_select_related = ("purchase", "terminal__store")
    list_filter = ("terminal__store",)
    search_fields = ("purchase__number__exact",)
    search_help_text = _("Number of the purchase's receipt")
    ordering = ("-id",)
    fields = (("number", "of_purchase"), ("terminal", "paid"), ("occurred_at", "recorded_at"))
    readonly_fields = ("of_purchase", "paid")
    inlines: ClassVar = [ReturnLinesInline, ReturnSettlementsInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return cast("QuerySet[Any]", super().get_queryset(request).prefetch_related("settlements__posting"))

    @column(_("of the purchase"))
    def of_purchase(self, found: Return) -> SafeString:
        url = reverse("admin:sales_purchase_change", args=[found.purchase_id])
        return format_html('<a href="{}">{}</a>', url, found.purchase.number)

    @column(_("points taken back"))
    def taken(self, found: Return) -> str:
        return taken_back(found)
