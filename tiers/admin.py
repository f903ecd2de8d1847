"""Staff pages of the ladder: tiers, how members qualify, and who rose or stepped down."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminColorInputWidget

from core.admin.base import ReadOnlyAdmin, StaffAdmin
from core.admin.bilingual import BilingualForm, both
from core.admin.columns import column, reference_column
from core.admin.programme import SingletonAdmin
from members.models import Member
from tiers.models import Scheme, Tier, TierChange

CALENDAR_MONTHS = (1, 3, 6, 12)
MOST_MONTHS = 36


class TierForm(BilingualForm):
    """A tier, its colour picked by eye. Each rung asks for more than the one below."""

    class Meta:
        widgets = {"colour": UnfoldAdminColorInputWidget}  # noqa: RUF012

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        rank = cleaned.get("rank", self.instance.rank)
        threshold = cleaned.get("threshold")
        if rank is None or threshold is None:
            return cleaned
        below = Tier.objects.filter(rank__lt=rank).order_by("-rank").first()
        above = Tier.objects.filter(rank__gt=rank).order_by("rank").first()
        if below is None and threshold:
            self.add_error("threshold", _("The lowest tier asks for nothing: 0."))
        elif below and threshold <= below.threshold:
            self.add_error("threshold", _("More than %(tier)s asks for.") % {"tier": below.name})
        elif above and threshold >= above.threshold:
            self.add_error("threshold", _("Less than %(tier)s asks for.") % {"tier": above.name})
        return cleaned


class SchemeForm(forms.ModelForm):  # type: ignore[type-arg]
    """How members qualify. A calendar period must fit into the year."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        window, months = cleaned.get("window"), cleaned.get("months")
        if window == Scheme.Window.CALENDAR and months not in CALENDAR_MONTHS:
            self.add_error("months", _("A calendar period has 1, 3, 6 or 12 months."))
        elif months is not None and months > MOST_MONTHS:
            self.add_error("months", _("At most 36 months."))
        return cleaned


@admin.register(Tier)
class TierAdmin(StaffAdmin):
    form = TierForm
    list_display = ("badge", "code", "rank", "threshold_written", "multiplier")
    ordering = ("rank",)
    fieldsets = (
        (
            None,
            {
                "fields": (("code", "rank"), both("name"), ("threshold", "multiplier")),
                "description": _("A changed threshold counts from the next review on."),
            },
        ),
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
    form = SchemeForm
    fieldsets = (
        (
            None,
            {"fields": ("basis", ("window", "months")), "description": _("A change counts from the next review on.")},
        ),
    )


@admin.register(TierChange)
class TierChangeAdmin(ReadOnlyAdmin):
    list_display = ("at", "holder", "step", "cause", "about")
    list_select_related = ("member", "from_tier", "to_tier")
    list_filter = ("cause", "to_tier")
    search_fields = ("member__number",)
    search_help_text = _("Member number")
    ordering = ("-id",)
    fields = ("member", ("from_tier", "to_tier"), ("on", "at"), ("cause", "whole_reference"))
    readonly_fields = ("whole_reference",)
    about = reference_column(_("reference"))
    whole_reference = reference_column(_("reference"), whole=True)

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
