"""Vouchers, to look at and to cancel. Their codes are as good as what they give: nobody of the staff reads one."""

from typing import Any, ClassVar, cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateTimeFilter

from access.admin.acting import acting, by_whom
from core import clock, once, words
from core.admin import acts
from core.admin.columns import button, column, link_column, points_column
from members.models import Member
from points.admin.ledger import LedgerAdmin
from rewards import codes, redemption
from rewards.models import Voucher

STATE_COLOURS = {"issued": "success", "used": "info", "cancelled": "warning", "expired": "danger"}


@admin.register(Voucher)
class VoucherAdmin(LedgerAdmin):
    member_path = "member"
    list_display = ("issued_at", "what", "shown_code", "holder", "cost", "shown_state", "expires_at")
    list_display_links = ("issued_at",)
    list_select_related = ("member", "reward")
    list_filter = ("state", "reward", ("issued_at", RangeDateTimeFilter))
    list_filter_submit = True
    search_help_text = _("Member number, or the whole code of a voucher")
    fields = (
        ("what", "shown_code"),
        ("member_link", "reward_link"),
        ("gives", "cost"),
        ("state_now", "expires_at"),
        ("issued_at", "came_by", "redemption_link"),
        ("used_at", "went_by"),
        ("store", "terminal", "receipt"),
        ("cancelled_at", "came_back_by", "restoration_link"),
    )
    readonly_fields = (
        "what", "shown_code", "member_link", "reward_link", "gives", "cost", "state_now", "redemption_link",
        "restoration_link", "came_by", "went_by", "came_back_by",
    )  # fmt: skip
    actions_detail: ClassVar = ["cancel"]
    cost = points_column("points", _("points"))
    reward_link = link_column(_("reward"), "rewards_reward", "reward_id", "{row.reward.code}")
    redemption_link = link_column(_("redemption"), "points_posting", "redemption_id", "#{row.redemption_id}")
    restoration_link = link_column(_("points given back"), "points_posting", "restoration_id", "#{row.restoration_id}")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if search_term:
            of_member = Member.objects.filter(cards__number="".join(search_term.split()))
            wanted = Q(code=codes.plain(search_term)) | Q(member__in=list(of_member.values_list("pk", flat=True)))
            queryset = queryset.filter(wanted)
        return queryset, False

    def idle(self, request: HttpRequest, object_id: Any) -> set[str]:
        voucher = self.get_object(request, object_id)
        is_ready = voucher is not None and voucher.state_at(clock.now()) == Voucher.State.ISSUED
        return set() if is_ready else {"cancel"}

    @column(_("reward"))
    def what(self, voucher: Voucher) -> str:
        return words.in_language(voucher.names)

    @column(_("code"))
    def shown_code(self, voucher: Voucher) -> str:
        return codes.masked(voucher.code)

    @column(_("member"))
    def member_link(self, voucher: Voucher) -> str:
        url = reverse("admin:members_member_change", args=[voucher.member_id])
        return format_html('<a href="{}">{}</a>', url, voucher.member.number)

    @column(_("state"), colours=STATE_COLOURS, order="state")
    def shown_state(self, voucher: Voucher) -> tuple[str, str]:
        return voucher.state_at(clock.now()), self.state_now(voucher)

    @column(_("state"))
    def state_now(self, voucher: Voucher) -> str:
        return str(Voucher.State(voucher.state_at(clock.now())).label)

    @column(_("issued by"))
    def came_by(self, voucher: Voucher) -> str:
        return by_whom(voucher.issued_by)

    @column(_("used by"))
    def went_by(self, voucher: Voucher) -> str:
        return by_whom(voucher.used_by) or words.NOTHING

    @column(_("cancelled by"))
    def came_back_by(self, voucher: Voucher) -> str:
        return by_whom(voucher.cancelled_by) or words.NOTHING

    @column(_("gives"))
    def gives(self, voucher: Voucher) -> str:
        if voucher.percent is not None:
            return f"−{voucher.percent} %"
        if voucher.amount is not None:
            return f"−{words.amount(voucher.amount, once.programme().currency)}"
        return voucher.get_kind_display()

    @button(_("Cancel the voucher"), path="cancel", permissions=("rewards.cancel_voucher",), icon="undo")
    def cancel(self, request: HttpRequest, object_id: str) -> HttpResponse:
        voucher = cast("Voucher | None", self.get_object(request, object_id))
        if voucher is None:
            raise PermissionDenied
        act = acts.Act(
            title=_("Cancel the voucher %(code)s") % {"code": codes.masked(voucher.code)},
            explanation=_("Its points go back to where they came from, its piece back into stock."),
            about=[
                acts.Line(_("reward"), words.in_language(voucher.names)),
                acts.Line(_("member number"), voucher.member.number),
                acts.Line(_("points"), words.points(voucher.points)),
            ],
            button=_("Cancel the voucher"),
            form=acts.ReasonForm(request.POST or None),
            do=lambda given: self._cancel(request, voucher, given["reason"]),
            back=reverse("admin:rewards_voucher_change", args=[voucher.pk]),
            is_dangerous=True,
        )
        return acts.page(self.admin_site, request, act)

    def _cancel(self, request: HttpRequest, voucher: Voucher, reason: str) -> acts.Text:
        user = acting(request)
        cancelled = redemption.cancel(voucher, at=clock.now(), actor=f"staff:{user.pk}", staff=user, reason=reason)
        return _("The voucher is cancelled, and %(points)s points were given back.") % {
            "points": words.points(cancelled.points)
        }
