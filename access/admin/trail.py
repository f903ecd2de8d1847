"""The audit trail: what staff did, to look at."""

import json

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateTimeFilter

from access.models import AuditEntry
from core import words
from core.admin.base import ReadOnlyAdmin
from core.admin.columns import column


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ("at", "who", "action", "subject", "reason", "changed")
    list_select_related = ("actor",)
    list_filter = (("at", RangeDateTimeFilter),)
    list_filter_submit = True
    search_fields = ("subject__exact", "action__exact", "actor__username__exact", "request_id__exact")
    search_help_text = _("Subject (member:12), action (points.adjusted), user name or request")
    ordering = ("-at", "-id")
    fields = (("at", "actor"), ("action", "subject"), "reason", "changed", "request_id")
    readonly_fields = ("changed",)

    @column(_("who"))
    def who(self, entry: AuditEntry) -> str:
        return str(entry.actor) if entry.actor else words.NOTHING

    @column(_("changes"))
    def changed(self, entry: AuditEntry) -> SafeString | str:
        if not entry.changes:
            return words.NOTHING
        return format_html("<code class='staff-changes'>{}</code>", json.dumps(entry.changes, ensure_ascii=False))
