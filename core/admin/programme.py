"""The programme's settings: one page, one row. The site registers it, which knows when some of them are fixed."""

import base64
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from phonenumbers import SUPPORTED_REGIONS
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelect2Widget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from core import branding, money, words
from core.admin.base import StaffAdmin
from core.admin.bilingual import BilingualForm, both
from core.admin.columns import column
from core.errors import LoyaltyError
from core.models import Logo, Programme


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
    new_logo = forms.FileField(
        label=_("New logo"),
        required=False,
        widget=UnfoldAdminFileFieldWidget({"accept": "image/png,image/jpeg,image/webp"}),
        help_text=_("PNG, JPEG or WebP of at most 2 MB; a square one also makes the best icon on a phone."),
    )
    without_logo = forms.BooleanField(
        label=_("Show our seal instead of the logo"), required=False, widget=UnfoldBooleanWidget
    )

    class Meta:
        widgets = {  # noqa: RUF012
            "theme_colour": UnfoldAdminTextInputWidget(
                {"placeholder": "#b93a22", "maxlength": 7, "spellcheck": "false"}
            )
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if field := self.fields.get("largest_purchase"):
            usual = money.shown(money.large(self.instance.currency), self.instance.currency)
            field.help_text = _("What comes to more is refused as a slip. Empty: %(amount)s.") % {"amount": usual}

        if field := self.fields.get("expiry_notice_days"):
            field.help_text = _("So early, members' pages point it out. The messages about it are greetings.")

    def clean_new_logo(self) -> bytes:
        """The file, unless it is no picture: refused before anything is saved."""
        given = self.cleaned_data.get("new_logo")
        if not given:
            return b""
        data: bytes = given.read()
        try:
            branding.picture(data)
        except LoyaltyError as refusal:
            raise ValidationError(str(refusal), code=refusal.code) from refusal
        return data


class ProgrammeAdmin(SingletonAdmin):
    form = ProgrammeForm
    private_fields = ("new_logo",)
    readonly_fields = ("currency", "logo")
    fieldsets = (
        (None, {"fields": (both("name"), ("currency", "country"), ("language", "time_zone"), "day_ends_at")}),
        (_("Members' pages"), {"fields": ("theme_colour", "logo", ("new_logo", "without_logo"))}),
        (_("Points"), {"fields": (("late_grace_days", "expiry_notice_days"),)}),
        (_("Tills"), {"fields": (("oldest_receipt_days", "largest_purchase"),)}),
        (_("Members"), {"fields": ("age_of_consent",)}),
    )

    @column(_("logo"))
    def logo(self, _programme: Programme) -> str | SafeString:
        """The logo as members see it."""
        found = Logo.objects.first()
        if found is None:
            return words.NOTHING
        picture = base64.b64encode(bytes(found.image)).decode()
        return format_html('<img src="data:image/png;base64,{}" alt="" height="64">', picture)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if form.cleaned_data.get("without_logo"):
            branding.remove_logo()
        elif given := form.cleaned_data.get("new_logo"):
            branding.set_logo(given)
