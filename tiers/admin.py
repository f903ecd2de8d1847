"""Staff pages of the ladder: tiers, how members qualify, and who rose or stepped down."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminColorInputWidget

from core.admin.base import ReadOnlyAdmin, StaffAdmin
from core.admin.bilingual import BilingualForm, both
from core.admin.columns import column
from core.admin.programme import SingletonAdmin
from members.models import Member
from tiers.models import Scheme, Tier, TierChange


class TierForm(BilingualForm):
    """A tier, its colour picked by eye."""

    class Meta:
        widgets = {"colour": UnfoldAdminColorInputWidget}  # noqa: RUF012


@admin.register(Tier)
class TierAdmin(StaffAdmin):
    form = TierForm
    list_display = ("badge", "code", "rank", "threshold_written", "multiplier")
    ordering = ("rank",)
    fieldsets = (
        (None, {"fields": (("code", "rank"), both("name"), ("threshold", "multiplier"))}),
        (_("What members see"), {"fields": (("colour", "picture"), both("benefits"))}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("code", "rank") if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Members hold tiers, and the history names them."""
        return False

    @column(_("tier"), order="rank")
    def badge(self, tier: Tier) -> SafeString:
        return format_html('<span class="staff-dot" style="background:{}"></span> {}', tier.colour, tier.name)

    @column(_("threshold"), order="threshold")
    def threshold_written(self, tier: Tier) -> str:
        return f"{tier.threshold.normalize():,f}"


@admin.register(Scheme)
class SchemeAdmin(SingletonAdmin):
    fields = ("basis", ("window", "months"))


@admin.register(TierChange)
class TierChangeAdmin(ReadOnlyAdmin):
    list_display = ("at", "holder", "step", "cause", "reference")
    list_select_related = ("member", "from_tier", "to_tier")
    list_filter = ("cause", "to_tier")
    search_fields = ("member__number",)
    search_help_text = _("Member number")
    ordering = ("-id",)
    fields = ("member", ("from_tier", "to_tier"), ("on", "at"), ("cause", "reference"))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if search_term:
            queryset = queryset.filter(member__in=Member.objects.filter(cards__number="".join(search_term.split())))
        return queryset, False

    @column(_("member"), two_lines=True)
    def holder(self, change: TierChange) -> tuple[str, str]:
        return str(change.member), change.member.number

    @column(_("step"))
    def step(self, change: TierChange) -> str:
        return f"{change.from_tier or '–'} → {change.to_tier}"
