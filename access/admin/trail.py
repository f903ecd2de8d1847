"""The audit trail: what staff did, to look at."""

import json
from typing import Any, cast

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateTimeFilter

from access.models import AuditEntry
from core import naming, words
from core.admin.base import ReadOnlyAdmin
from core.admin.columns import column


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ("at", "who", "what", "about", "reason", "changed")
    list_select_related = ("actor",)
    list_filter = (("at", RangeDateTimeFilter),)
    list_filter_submit = True
    search_fields = ("subject__exact", "action__exact", "actor__username__exact", "request_id__exact")
    search_help_text = _("Subject (member:12), action (points.adjusted), user name or request")
    ordering = ("-at", "-id")
    fields = (("at", "actor"), ("deed", "about"), "reason", "changed", "request_id")
    readonly_fields = ("deed", "about", "changed")

    @column(_("who"))
    def who(self, entry: AuditEntry) -> str:
        return str(entry.actor) if entry.actor else words.NOTHING

    @column(_("action"), order="action", two_lines=True)
    def what(self, entry: AuditEntry) -> tuple[str, str]:
        return naming.deed(entry.action), entry.action

    @column(_("action"))
    def deed(self, entry: AuditEntry) -> str:
        return f"{naming.deed(entry.action)} ({entry.action})"

    @column(_("subject"), order="subject")
    def about(self, entry: AuditEntry) -> str:
        return naming.thing(entry.subject)

    @column(_("changes"))
    def changed(self, entry: AuditEntry) -> SafeString | str:
        if not entry.changes:
            return words.NOTHING
        lines = ((_label(entry, name), _values(value)) for name, value in entry.changes.items())
        return format_html("<ul class='staff-changes'>{}</ul>", format_html_join("", "<li><b>{}</b> {}</li>", lines))


def _label(entry: AuditEntry, name: str) -> str:
    """What the column NAME of the entry's subject is called."""
    kinds = {model._meta.model_name: model for model in apps.get_models()}
    model = kinds.get(entry.subject.partition(":")[0])
    try:
        return str(cast("Any", model)._meta.get_field(name).verbose_name) if model else name
    except FieldDoesNotExist:
        return str(naming.NOUNS.get(name, name))


def _values(value: Any) -> str:
    """What something is, or was and became."""
    is_change = isinstance(value, list) and len(value) == len(("before", "after"))
    return " → ".join(map(_value, value)) if is_change else _value(value)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return words.NOTHING if value is None or value == "" else str(value)
