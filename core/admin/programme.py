"""The programme's settings: one page, one row. The site registers it, which knows when some of them are fixed."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from phonenumbers import SUPPORTED_REGIONS
from unfold.widgets import UnfoldAdminSelect2Widget, UnfoldAdminSelectWidget

from core.admin.base import StaffAdmin
from core.admin.bilingual import BilingualForm, both


class SingletonAdmin(StaffAdmin):
    """The one row of a table: its list is its page. It comes with the set-up and stays."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return HttpResponseRedirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[1]))


class ProgrammeForm(BilingualForm):
    """Time zone, country and language are chosen from those there are."""

    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=lambda: [(zone, zone) for zone in sorted(available_timezones())],
        widget=UnfoldAdminSelect2Widget,
    )
    country = forms.ChoiceField(
        label=_("Country"),
        choices=lambda: [(country, country) for country in sorted(SUPPORTED_REGIONS)],
        widget=UnfoldAdminSelect2Widget,
        help_text=_("For phone numbers without +."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, widget=UnfoldAdminSelectWidget)


class ProgrammeAdmin(SingletonAdmin):
    form = ProgrammeForm
    readonly_fields = ("currency",)
    fieldsets = (
        (None, {"fields": (both("name"), ("currency", "country"), ("language", "time_zone"), "day_ends_at")}),
        (_("Points"), {"fields": (("late_grace_days", "expiry_notice_days"),)}),
        (_("Tills"), {"fields": ("oldest_receipt_days",)}),
        (_("Members"), {"fields": ("age_of_consent",)}),
    )
