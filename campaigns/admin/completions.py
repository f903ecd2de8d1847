"""Completed challenges, to look at: who completed which, and what they got for it."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from campaigns.models import Completion
from core.admin.base import ReadOnlyAdmin
from core.admin.columns import link_column, points_column


@admin.register(Completion)
class CompletionAdmin(ReadOnlyAdmin):
    list_display = ("completed_at", "challenge_link", "member_link", "round", "gave", "voucher_link")
    list_display_links = ("completed_at",)
    list_select_related = ("challenge", "member", "voucher", "purchase")
    list_filter = ("challenge",)
    search_fields = ("member__cards__number__exact",)
    search_help_text = _("Member number")
    ordering = ("-id",)
    fields = ("challenge_link", ("member_link", "round"), ("gave", "voucher_link"), "purchase_link", "completed_at")
    readonly_fields = ("challenge_link", "member_link", "voucher_link", "purchase_link", "gave")
    challenge_link = link_column(_("challenge"), "campaigns_challenge", "challenge_id", "{row.challenge}")
    member_link = link_column(_("member"), "members_member", "member_id", "{row.member}")
    voucher_link = link_column(_("voucher"), "rewards_voucher", "voucher_id", "{row.voucher}")
    purchase_link = link_column(_("purchase"), "sales_purchase", "purchase_id", "{row.purchase}")
    gave = points_column("points", _("points"), sortable=False)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Completion], search_term: str
    ) -> tuple[QuerySet[Completion], bool]:
        if term := search_term.strip():
            queryset = queryset.filter(member__cards__number=term)
        return queryset, False
