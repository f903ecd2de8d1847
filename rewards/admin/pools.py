"""Code pools, to look at: how many codes there were and are left. The codes themselves are shown to nobody."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.admin.base import ReadOnlyAdmin
from core.admin.columns import column, link_column, points_column
from rewards.models import CodePool


@admin.register(CodePool)
class CodePoolAdmin(ReadOnlyAdmin):
    list_display = ("name", "reward_link", "shown_size", "left", "uploaded_at", "uploaded_by")
    list_select_related = ("reward", "uploaded_by")
    list_filter = ("reward",)
    search_fields = ("name__icontains",)
    search_help_text = _("A part of the name")
    ordering = ("-id",)
    fields = (("name", "reward_link"), ("shown_size", "left"), ("uploaded_at", "uploaded_by"))
    readonly_fields = ("reward_link", "shown_size", "left")
    reward_link = link_column(_("reward"), "rewards_reward", "reward_id", "{row.reward.name}")
    shown_size = points_column("size", _("codes"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request).annotate(free=Count("units", filter=Q(units__voucher=None)))
        return cast("QuerySet[Any]", rows)

    @column(_("left"))
    def left(self, pool: Any) -> str:
        return f"{pool.free:,}"
