"""What was sent to whom, to look at. Sign-in codes are nobody's business."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.admin.base import ReadOnlyAdmin
from core.admin.columns import column
from members.models import Member
from messaging import kinds
from messaging.models import Message

STATE_COLOURS = {
    "queued": "info",
    "sending": "info",
    "sent": "success",
    "failed": "danger",
    "expired": "warning",
    "suppressed": "default",
}


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "what", "channel", "address", "holder", "shown_state", "sent_at")
    list_display_links = ("created_at",)
    list_select_related = ("member",)
    list_filter = ("state", "channel")
    search_fields = ("reference__exact",)
    search_help_text = _("Member number, phone, e-mail, or reference")
    ordering = ("-id",)
    fields = (
        ("member", "what"),
        ("channel", "address"),
        ("state", "attempts"),
        "error",
        "subject_read",
        "body_read",
        ("created_at", "due_at"),
        ("sent_at", "expires_at"),
        ("language_name", "reference"),
    )
    readonly_fields = ("what", "language_name", "subject_read", "body_read")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if term := search_term.strip():
            known = Q(cards__number=term) | Q(phone=term) | Q(email=term.lower())
            members = list(Member.objects.filter(known).values_list("pk", flat=True)[:1])
            queryset = queryset.filter(member__in=members) if members else queryset.filter(reference=term)
        return queryset, False

    @column(_("kind"))
    def what(self, message: Message) -> str:
        return kinds.title(message.kind)

    @column(_("language"))
    def language_name(self, message: Message) -> str:
        return str(dict(settings.LANGUAGES).get(message.language, message.language))

    @column(_("member"))
    def holder(self, message: Message) -> str:
        return str(message.member or "")

    @column(_("state"), colours=STATE_COLOURS, order="state")
    def shown_state(self, message: Message) -> tuple[str, str]:
        return message.state, message.get_state_display()

    @column(_("subject"))
    def subject_read(self, message: Message) -> str:
        return str(_("Not shown: it holds a sign-in code.")) if message.is_secret else message.subject

    @column(_("text"))
    def body_read(self, message: Message) -> str:
        return str(_("Not shown: it holds a sign-in code.")) if message.is_secret else message.body
