"""The programme's currencies: points, miles, stars."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.admin.base import StaffAdmin
from core.admin.bilingual import BilingualForm, both
from core.admin.columns import column
from points.models import PointType


class PointTypeForm(BilingualForm):
    """A currency of the programme. One of them is the main one."""

    def clean_is_default(self) -> bool:
        is_default: bool = self.cleaned_data["is_default"]
        main = PointType.objects.filter(is_default=True).first()
        if is_default and main and main.pk != self.instance.pk:
            raise forms.ValidationError(_("%(points)s are the main ones already.") % {"points": main})
        if main and main.pk == self.instance.pk and not is_default:
            raise forms.ValidationError(_("The programme needs a main point type."))
        return is_default


@admin.register(PointType)
class PointTypeAdmin(StaffAdmin):
    form = PointTypeForm
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
