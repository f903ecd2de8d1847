"""What was sent to whom, to look at. Sign-in codes are nobody's business."""

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminRadioSelectWidget

from access.admin.acting import acting
from core import clock
from core.admin import acts
from core.admin.base import ReadOnlyAdmin, StaffAdmin
from core.admin.columns import button, column, reference_column
from members.models import Member
from messaging import delivery, kinds
from messaging.models import Message, SendingHours

STATE_COLOURS = {
    "queued": "info",
    "sending": "info",
    "sent": "success",
    "failed": "danger",
    "expired": "warning",
    "suppressed": "default",
}


# Each opening is a report.
SHOWN = 20


class SettleForm(acts.ReasonForm):
    """What became of a message, as the provider says or the member."""

    arrived = forms.ChoiceField(
        label=_("What became of it"),
        choices=[("yes", _("It arrived")), ("no", _("It did not arrive"))],
        widget=UnfoldAdminRadioSelectWidget,
    )
    field_order = ("arrived", "reason")


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
        ("language_name", "whole_reference"),
        ("proof", "reported"),
    )
    whole_reference = reference_column(_("reference"), whole=True)
    readonly_fields = ("what", "language_name", "whole_reference", "subject_read", "body_read", "proof", "reported")
    actions_detail: ClassVar = ["settle"]

    def idle(self, request: HttpRequest, object_id: Any) -> set[str]:
        message = self.get_object(request, object_id)
        return set() if message and delivery.is_unclear(message, at=clock.now()) else {"settle"}

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if term := search_term.strip():
            known = Q(cards__number=term) | Q(phone=term) | Q(email=term.lower())
            members = list(Member.objects.filter(known).values_list("pk", flat=True)[:1])
            queryset = queryset.filter(member__in=members) if members else queryset.filter(reference=term)
        return queryset, False

    @button(_("Say what became of it"), path="settle", permissions=("messaging.settle_message",), look="main")
    def settle(self, request: HttpRequest, object_id: str) -> HttpResponse:
        message = self.get_object(request, object_id)
        if message is None:
            raise PermissionDenied

        def do(given: dict[str, Any]) -> acts.Text:
            has_arrived = given["arrived"] == "yes"
            delivery.settle(
                message, has_arrived=has_arrived, reason=given["reason"], actor=acting(request), at=clock.now()
            )
            return _("Noted.")

        act = acts.Act(
            title=_("A message that may have arrived"),
            explanation=_(
                "The connection broke while it was handed over. It is not sent again, so that nobody gets it twice. "
                "Please ask the provider, or the member, and say here what became of it."
            ),
            button=_("Save"),
            form=SettleForm(request.POST or None),
            do=do,
            back=reverse("admin:messaging_message_change", args=[message.pk]),
            about=[acts.Line(_("kind"), kinds.title(message.kind)), acts.Line(_("error"), message.error or "–")],
        )
        return acts.page(self.admin_site, request, act)

    @column(_("consent"))
    def proof(self, message: Message) -> str:
        """By which consent a marketing message went, and when that was asked last."""
        if message.consent is None:
            return "–"
        said = message.consent
        return f"#{said.pk} · {formats.date_format(timezone.localtime(said.at), 'DATETIME_FORMAT')} · {said.source}"

    @column(_("reported by the provider"))
    def reported(self, message: Message) -> str:
        """What the mail provider told afterwards, first to last."""
        return (
            " · ".join(
                f"{report.get_kind_display()} {formats.date_format(timezone.localtime(report.at), 'DATETIME_FORMAT')}"
                for report in message.reports.order_by("at", "id")[:SHOWN]
            )
            or "–"
        )

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


@admin.register(SendingHours)
class SendingHoursAdmin(StaffAdmin):
    list_display = ("channel", "begins", "ends")
    fields = ("channel", ("begins", "ends"))
    readonly_fields = ("channel",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: SendingHours | None = None) -> bool:
        return False
