"""Staff pages of stores, goods and their categories. Purchases and terminals have theirs in `pos`."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core import words
from core.admin.base import StaffAdmin
from core.admin.bilingual import BilingualForm, both
from core.admin.columns import column
from sales.models import Category, Product, Store


class CodedAdmin(StaffAdmin):
    """What receipts and references name by its code: the code stays."""

    coded = "code"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fields = tuple(super().get_readonly_fields(request, obj))
        return (*fields, self.coded) if obj else fields


@admin.register(Store)
class StoreAdmin(CodedAdmin):
    list_display = ("code", "name", "time_zone", "is_active")
    list_filter = ("is_active",)
    search_fields = ("code__istartswith", "name__icontains")
    ordering = ("code",)
    fields = (("code", "name"), "time_zone", "is_active")


@admin.register(Category)
class CategoryAdmin(CodedAdmin):
    form = BilingualForm
    list_display = ("code", *both("name"))
    search_fields = ("code__istartswith", *(f"{name}__icontains" for name in both("name")))
    ordering = ("code",)
    fields = ("code", both("name"))


@admin.register(Product)
class ProductAdmin(CodedAdmin):
    coded = "sku"
    list_display = ("sku", "name", "category", "price_written", "is_active")
    list_select_related = ("category",)
    list_filter = ("is_active", "category")
    search_fields = ("sku__exact", "name__icontains")
    search_help_text = _("SKU or a part of the name")
    ordering = ("sku",)
    fields = (("sku", "name"), ("category", "price"), "is_active")

    @column(_("price"), order="price")
    def price_written(self, product: Product) -> str:
        return words.NOTHING if product.price is None else f"{product.price.normalize():,f}"
