"""The catalogue: what there is for points. Staff write it, and say what there is of each."""

from collections.abc import Callable
from typing import Any, ClassVar, cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from access.admin.acting import acting
from core import clock, once, words
from core.admin import acts
from core.admin.base import ReadOnlyInline, StaffAdmin
from core.admin.bilingual import both
from core.admin.columns import button, column, points_column
from rewards import supply
from rewards.admin.forms import CodesForm, RewardForm, StockForm
from rewards.models import CodePool, Reward, Unit

SUPPLY = "rewards.supply_reward"


class PoolsInline(ReadOnlyInline):
    model = CodePool
    verbose_name_plural = _("code pools")
    fields = ("name", "size", "uploaded_at", "uploaded_by")
    readonly_fields = fields
    ordering = ("-id",)
    per_page = 20
    tab = False


@admin.register(Reward)
class RewardAdmin(StaffAdmin):
    form = RewardForm
    list_display = ("title", "code", "shown_kind", "gives", "cost", "shown_left", "minimum_tier", "offered", "position")
    list_display_links = ("title",)
    list_select_related = ("minimum_tier",)
    list_filter = ("is_active", "kind", "supply")
    search_fields = ("code__istartswith", "name_en__icontains", "name_zh_hans__icontains")
    search_help_text = _("Code, or a part of the name")
    ordering = ("position", "id")
    inlines: ClassVar = [PoolsInline]
    actions_detail: ClassVar = ["stock", "add_codes"]
    fieldsets = (
        (None, {"fields": (("code", "is_active"), both("name"), both("description"))}),
        (
            _("What it gives"),
            {
                "fields": (("kind", "price"), ("worth", "amount", "percent"), "voucher_days"),
                "description": _("Vouchers that members have keep what they promised."),
            },
        ),
        (
            _("Who can have it"),
            {"fields": ("minimum_tier", ("limit_per_member", "limit_days"), ("begins_on", "ends_on"))},
        ),
        (
            _("What there is of it"),
            {
                "fields": ("supply", "shown_left"),
                "description": _("Pieces are put into stock, and codes added, by the buttons above."),
            },
        ),
        (_("How it looks"), {"fields": (("drawing", "position"), "shown_photograph", "photograph", "no_photograph")}),
    )
    readonly_fields = ("shown_left", "shown_photograph")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        free = Unit.objects.filter(reward=OuterRef("pk"), voucher=None).order_by()
        of_its_supply = free.filter(Q(code=None) ^ Q(reward__supply=Reward.Supply.CODES))
        counted = of_its_supply.values("reward").annotate(count=Count("pk")).values("count")
        left = Coalesce(Subquery(counted, output_field=IntegerField()), 0)
        return cast("QuerySet[Any]", super().get_queryset(request).annotate(left_over=left))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("code", *self.readonly_fields) if obj else self.readonly_fields

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        return self.inlines if obj and obj.supply == Reward.Supply.CODES else []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Members hold vouchers of it: it is switched off instead."""
        return False

    def idle(self, request: HttpRequest, object_id: Any) -> set[str]:
        reward = self.get_object(request, object_id)
        wanted = {Reward.Supply.STOCK: "stock", Reward.Supply.CODES: "add_codes"}
        return {"stock", "add_codes"} - {wanted.get(reward.supply, "") if reward else ""}

    @column(_("name"), order="name")
    def title(self, reward: Reward) -> str:
        return reward.name

    @column(_("kind"), colours={"gift": "success", "experience": "info"}, order="kind")
    def shown_kind(self, reward: Reward) -> tuple[str, str]:
        return reward.kind, reward.get_kind_display()

    @column(_("gives"))
    def gives(self, reward: Reward) -> str:
        if reward.percent is not None:
            return f"−{reward.percent} %"
        if reward.amount is not None:
            return f"−{words.amount(reward.amount, once.programme().currency)}"
        return words.amount(reward.worth, once.programme().currency)

    cost = points_column("price", _("price in points"))

    @column(_("left"))
    def shown_left(self, reward: Any) -> str:
        if reward.supply == Reward.Supply.UNLIMITED:
            return str(_("unlimited"))
        return f"{getattr(reward, 'left_over', 0):,}"

    @column(_("offered"), boolean=True, order="is_active")
    def offered(self, reward: Reward) -> bool:
        return reward.is_active

    @column(_("photograph"))
    def shown_photograph(self, reward: Reward) -> SafeString | str:
        if not reward.picture_id:
            return words.NOTHING
        return format_html(
            '<img class="staff-photograph" src="{}" alt="">', reverse("picture", args=[reward.picture_id])
        )

    @button(_("Stock"), path="stock", permissions=(SUPPLY,), icon="inventory", look="main")
    def stock(self, request: HttpRequest, object_id: str) -> HttpResponse:
        reward = self._found(request, object_id)

        def do(given: dict[str, Any]) -> acts.Text:
            left = supply.change_stock(reward, given["by"], actor=acting(request), reason=given["reason"])
            return _("%(count)s are in stock now.") % {"count": f"{left:,}"}

        return self._act(request, reward, _("Stock of %(reward)s"), StockForm(request.POST or None), do)

    @button(_("Add codes"), path="codes", permissions=(SUPPLY,), icon="upload", look="main")
    def add_codes(self, request: HttpRequest, object_id: str) -> HttpResponse:
        reward = self._found(request, object_id)

        def do(given: dict[str, Any]) -> acts.Text:
            codes = supply.read_codes(given["file"].read())
            pool = supply.add_codes(reward, given["name"], codes, at=clock.now(), actor=acting(request))
            return _("%(count)s codes were added.") % {"count": f"{pool.size:,}"}

        form = CodesForm(request.POST or None, request.FILES or None)
        return self._act(request, reward, _("Codes for %(reward)s"), form, do)

    def _act(
        self,
        request: HttpRequest,
        reward: Reward,
        title: acts.Text,
        form: acts.ActForm,
        do: Callable[[dict[str, Any]], acts.Text],
    ) -> HttpResponse:
        act = acts.Act(
            title=title % {"reward": reward},
            button=_("Save"),
            form=form,
            do=do,
            back=reverse("admin:rewards_reward_change", args=[reward.pk]),
            about=[acts.Line(_("left"), f"{supply.left(reward):,}")],
        )
        return acts.page(self.admin_site, request, act)

    def _found(self, request: HttpRequest, object_id: str) -> Reward:
        reward = self.get_object(request, object_id)
        if reward is None:
            raise PermissionDenied
        return cast("Reward", reward)
