"""The facts that others hear of, to look at."""

import json

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core import naming, words
from core.admin.base import ReadOnlyAdmin
from core.admin.columns import column, reference_column
from core.models import Event


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ("number", "kind_and_code", "about", "happened", "written")
    search_fields = ("id__exact", "kind__exact", "reference__exact")
    search_help_text = _("Number, kind (purchase.recorded) or reference")
    ordering = ("-id",)
    fields = (("what", "whole_reference"), ("happened", "written"), "contents")
    readonly_fields = ("what", "whole_reference", "happened", "written", "contents")
    about = reference_column(_("reference"))
    whole_reference = reference_column(_("reference"), whole=True)

    @column(_("number"), order="id")
    def number(self, event: Event) -> str:
        return f"#{event.pk}"

    @column(_("kind"), two_lines=True)
    def kind_and_code(self, event: Event) -> tuple[str, str]:
        return naming.deed(event.kind), event.kind

    @column(_("kind"))
    def what(self, event: Event) -> str:
        return f"{naming.deed(event.kind)} ({event.kind})"

    @column(_("happened"))
    def happened(self, event: Event) -> str:
        return words.moment(event.occurred_at)

    @column(_("written"))
    def written(self, event: Event) -> str:
        return words.moment(event.booked_at)

    @column(_("contents"))
    def contents(self, event: Event) -> SafeString:
        return format_html("<pre>{}</pre>", json.dumps(event.payload, ensure_ascii=False, indent=2))
