"""The facts that others hear of, to look at."""

from django.contrib import admin

from core.admin.base import ReadOnlyAdmin
from core.models import Event


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ("id", "kind", "reference", "occurred_at", "booked_at")
    search_fields = ("id__exact", "kind__exact", "reference__exact")
    ordering = ("-id",)
    fields = (("kind", "reference"), ("occurred_at", "booked_at"), ("member_id", "transaction"), "payload")
