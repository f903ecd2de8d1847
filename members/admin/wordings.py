"""The texts that members accept or consent to. A published one never changes; a new version takes its place."""

from typing import Any

from django import forms
from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from access.models import User
from core import clock
from core.admin.base import StaffAdmin
from core.admin.bilingual import both
from core.admin.columns import column
from members import wordings
from members.models import Wording


class WordingForm(forms.ModelForm):  # type: ignore[type-arg]
    """Both languages are needed: a member must be able to read what they accept."""

    class Meta:
        model = Wording
        fields = ("kind", *both("text"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for column_name, label in zip(both("text"), (_("Text in English"), _("Text in Chinese")), strict=True):
            self.fields[column_name] = forms.CharField(label=label, widget=UnfoldAdminTextareaWidget({"rows": 14}))


@admin.register(Wording)
class WordingAdmin(StaffAdmin):
    list_display = ("kind", "version", "beginning", "published_at")
    list_filter = ("kind",)
    ordering = ("kind", "-version")
    add_fieldsets = ((None, {"fields": ("kind", *both("text"))}),)
    fieldsets = ((None, {"fields": (("kind", "version", "published_at"), *both("text"))}),)
    form = WordingForm

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: "ModelForm[Any]", change: bool) -> None:
        """Publishing is the verb's: it gives the version its number and writes the audit trail."""
        english, chinese = both("text")
        told = form.cleaned_data
        published = wordings.publish(
            told["kind"],
            text_en=told[english],
            text_zh_hans=told[chinese],
            at=clock.now(),
            actor=request.user if isinstance(request.user, User) else None,
        )
        obj.pk, obj.version, obj.published_at = published.pk, published.version, published.published_at

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """Recorded by the verb."""

    @column(_("text"))
    def beginning(self, wording: Wording) -> str:
        return f"{wording.text[:80]}…" if len(wording.text) > 80 else wording.text
