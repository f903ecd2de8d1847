"""The facts that others hear of, to look at."""

from datetime import datetime

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core.admin.base import ReadOnlyAdmin
from core.admin.columns import column
from core.models import Event


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ("number", "what", "about", "happened", "written")
    search_fields = ("id__exact", "kind__exact", "reference__exact")
    search_help_text = _("Number, kind (purchase.recorded) or reference")
    ordering = ("-id",)
    fields = (("what", "about"), ("happened", "written"), "payload")
    readonly_fields = ("what", "about", "happened", "written")

    @column(_("number"), order="id")
    def number(self, event: Event) -> str:
        return f"#{event.pk}"

    @column(_("kind"))
    def what(self, event: Event) -> str:
        return event.kind

    @column(_("reference"))
    def about(self, event: Event) -> str:
        return event.reference

    @column(_("happened"))
    def happened(self, event: Event) -> datetime:
        return event.occurred_at

    @column(_("written"))
    def written(self, event: Event) -> datetime:
        return event.booked_at
