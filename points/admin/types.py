"""The programme's currencies: points, miles, stars."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.admin.base import StaffAdmin
from core.admin.bilingual import BilingualForm, both
from core.admin.columns import column
from points.models import PointType


@admin.register(PointType)
class PointTypeAdmin(StaffAdmin):
    form = BilingualForm
    list_display = ("code", "name_plural", "is_default", "worth", "pending_days", "lifetime")
    ordering = ("code",)
    fieldsets = (
        (None, {"fields": (("code", "is_default"), both("name"), both("name_plural"))}),
        (_("Worth and dates"), {"fields": (("pending_days", "expiry_months"), "worth")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("code",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Accounts may hold such points."""
        return False

    @column(_("expiry"), order="expiry_months")
    def lifetime(self, point_type: PointType) -> str:
        if point_type.expiry_months is None:
            return str(_("never"))
        return _("%(months)d months, to the end of the month") % {"months": point_type.expiry_months}
