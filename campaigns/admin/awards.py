"""Awards, to look at: which purchase won whom how many points by which offer."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from campaigns.models import Award
from core.admin.base import ReadOnlyAdmin
from core.admin.columns import link_column, points_column


@admin.register(Award)
class AwardAdmin(ReadOnlyAdmin):
    list_display = ("awarded_at", "offer_link", "member_link", "number", "gave", "purchase_link")
    list_display_links = ("awarded_at",)
    list_select_related = ("offer", "member", "purchase")
    list_filter = ("offer",)
    search_fields = ("member__cards__number__exact",)
    search_help_text = _("Member number")
    ordering = ("-id",)
    fields = (("offer_link", "version"), ("member_link", "number"), ("purchase_link", "gave"), "awarded_at")
    readonly_fields = ("offer_link", "member_link", "purchase_link", "gave")
    offer_link = link_column(_("offer"), "campaigns_offer", "offer_id", "{row.offer}")
    member_link = link_column(_("member"), "members_member", "member_id", "{row.member}")
    purchase_link = link_column(_("purchase"), "sales_purchase", "purchase_id", "{row.purchase}")
    gave = points_column("points", _("points"), sortable=False)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Award], search_term: str
    ) -> tuple[QuerySet[Award], bool]:
        if term := search_term.strip():
            queryset = queryset.filter(member__cards__number=term)
        return queryset, False
