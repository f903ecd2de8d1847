"""Staff pages of stores, goods and their categories. Purchases and terminals have theirs in `pos`."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelect2Widget

from core import words
from core.admin.base import StaffAdmin
from core.admin.bilingual import BilingualForm, both
from core.admin.columns import column
from core.errors import LoyaltyError
from sales import hours
from sales.models import Category, Product, Store


class CodedAdmin(StaffAdmin):
    """What receipts and references name by its code: the code stays."""

    coded = "code"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fields = tuple(super().get_readonly_fields(request, obj))
        return (*fields, self.coded) if obj else fields


class StoreForm(forms.ModelForm):  # type: ignore[type-arg]
    """A store. Its time zone can't be changed after its first purchase."""

    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=lambda: [("", _("The programme's")), *((zone, zone) for zone in sorted(available_timezones()))],
        required=False,
        widget=UnfoldAdminSelect2Widget,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.instance.pk and hours.OF_STORE.intersection(self.changed_data):
            try:
                hours.require_no_purchases(self.instance)
            except LoyaltyError as refusal:
                self.add_error("time_zone", str(refusal))
        return cleaned


@admin.register(Store)
class StoreAdmin(CodedAdmin):
    form = StoreForm
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
