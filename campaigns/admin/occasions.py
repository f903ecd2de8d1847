"""Occasions, to look at: whom a greeting was for, and what became of it."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from campaigns import keys
from campaigns.models import Occasion
from core.admin.base import ReadOnlyAdmin
from core.admin.columns import column, link_column, points_column
from members.models import Member

STATE_COLOURS = {"planned": "info", "written": "success", "suppressed": "default", "expired": "warning"}


@admin.register(Occasion)
class OccasionAdmin(ReadOnlyAdmin):
    list_display = ("on", "greeting_link", "member_link", "channel", "shown_state", "shown_reason", "bonus", "what")
    list_display_links = ("on",)
    list_select_related = ("member", "greeting")
    list_filter = ("state", "reason", "greeting", "channel")
    search_fields = ("key__exact",)
    search_help_text = _("Member number")
    ordering = ("-id",)
    fields = (
        ("greeting_link", "what"),
        ("member_link", "channel"),
        ("on", "time_zone"),
        ("due_at", "ends_at"),
        ("shown_state", "shown_reason"),
        ("message_link", "bonus", "voucher_link"),
        ("planned_at", "done_at"),
    )
    readonly_fields = (
        "greeting_link", "what", "member_link", "shown_state", "shown_reason", "message_link", "bonus", "voucher_link",
    )  # fmt: skip
    greeting_link = link_column(_("greeting"), "campaigns_greeting", "greeting_id", "{row.greeting}")
    member_link = link_column(_("member"), "members_member", "member_id", "{row.member}")
    message_link = link_column(_("message"), "messaging_message", "message_id", "#{row.message_id}")
    voucher_link = link_column(_("voucher"), "rewards_voucher", "voucher_id", "#{row.voucher_id}")
    bonus = points_column("points", _("bonus points"), sortable=False)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if term := search_term.strip():
            members = list(Member.objects.filter(cards__number=term).values_list("pk", flat=True))
            queryset = queryset.filter(Q(member__in=members) | Q(key=term))
        return queryset, False

    @column(_("occasion"))
    def what(self, occasion: Occasion) -> str:
        return keys.in_words(occasion.key)

    @column(_("state"), colours=STATE_COLOURS)
    def shown_state(self, occasion: Occasion) -> tuple[str, str]:
        return occasion.state, occasion.get_state_display()

    @column(_("why not"))
    def shown_reason(self, occasion: Occasion) -> str:
        return occasion.get_reason_display() if occasion.reason else ""
