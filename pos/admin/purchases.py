"""Purchases and what they earned, to look at; and giving a receipt without member to one."""

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.widgets import UnfoldAdminTextInputWidget

from access import audit
from access.admin.acting import acting
from core import clock, once, words
from core.admin import acts
from core.admin.base import ReadOnlyInline
from core.admin.columns import button, column, link_column
from members import identity
from members.models import Member
from pos import assignment
from pos.admin.receipts import ReceiptAdmin, category_names, goods, point_types, taken_back, with_goods
from pos.models import Settlement
from sales.models import Purchase, PurchaseLine, Return

SEE_MEMBERS = "members.view_member"


class AssignForm(acts.ActForm):
    """Whose receipt it is."""

    member = forms.CharField(
        label=_("Member"),
        max_length=254,
        widget=UnfoldAdminTextInputWidget({"autofocus": True}),
        help_text=_("Member number, phone or e-mail."),
    )


class LinesInline(ReadOnlyInline):
    model = PurchaseLine
    tab = False
    fields = ("position", "sku", "name", "category_name", "how_many", "paid")
    readonly_fields = fields
    ordering = ("position",)

    @column(_("category"))
    def category_name(self, line: PurchaseLine) -> str:
        return category_names().get(line.category, line.category)

    @column(_("quantity"))
    def how_many(self, line: PurchaseLine) -> str:
        return words.quantity(line.quantity)

    @column(_("amount"))
    def paid(self, line: PurchaseLine) -> str:
        return words.amount(line.amount, once.programme().currency)


class SettlementsInline(ReadOnlyInline):
    model = Settlement
    tab = False
    verbose_name_plural = _("points earned")
    fields = ("earned", "why", "link")
    readonly_fields = fields
    link = link_column(_("posting"), "points_posting", "posting_id", "#{row.posting_id}")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return cast("QuerySet[Any]", super().get_queryset(request).select_related("posting"))

    @column(_("points"))
    def earned(self, settlement: Settlement) -> str:
        points = settlement.posting.points if settlement.posting else 0
        return f"{words.signed(points)} {point_types()[settlement.point_type_id]}"

    @column(_("reasons"))
    def why(self, settlement: Settlement) -> str:
        return words.reasons(settlement.posting.reasons if settlement.posting else ())


class ReturnsInline(ReadOnlyInline):
    model = Return
    tab = False
    verbose_name_plural = _("goods brought back")
    fields = ("link", "occurred_at", "goods", "paid_back", "taken_back")
    readonly_fields = fields
    link = link_column(_("return"), "sales_return", "pk", "{row.number}")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_goods(super().get_queryset(request))

    @column(_("goods"))
    def goods(self, found: Return) -> SafeString:
        return goods(found)

    @column(_("amount"))
    def paid_back(self, found: Return) -> str:
        return words.amount(found.amount, once.programme().currency)

    @column(_("points taken back"))
    def taken_back(self, found: Return) -> str:
        return taken_back(found)


class GivenFilter(admin.SimpleListFilter):
    """Receipts with a member, or without."""

    title = _("member")
    parameter_name = "given"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("with member")), ("no", _("without member"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() in {"yes", "no"}:
            return queryset.filter(member__isnull=self.value() == "no")
        return queryset


@admin.register(Purchase)
class PurchaseAdmin(ReceiptAdmin):
    list_display = ("occurred_at", "receipt", "holder", "paid", "earned", "came_back")
    list_display_links = ("occurred_at",)
    list_select_related = ("store", "terminal__store", "member")
    list_filter = (GivenFilter, "store", ("business_on", RangeDateFilter))
    list_filter_submit = True
    search_fields = ("number__exact",)
    search_help_text = _("Receipt number, receipt code, or member number")
    ordering = ("-occurred_at", "-id")
    fields = (
        ("number", "claim_code"),
        ("store", "terminal"),
        ("occurred_at", "business_on"),
        ("holder_link", "paid"),
        ("cashier", "where_sold"),
        ("recorded_at", "assigned_at"),
    )
    readonly_fields = ("paid", "holder_link", "where_sold")
    inlines: ClassVar = [LinesInline, SettlementsInline, ReturnsInline]
    actions_detail: ClassVar = ["give"]

    def idle(self, request: HttpRequest, object_id: Any) -> set[str]:
        return {"give"} if Purchase.objects.filter(pk=object_id, member__isnull=False).exists() else set()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        returned = Exists(Return.objects.filter(purchase=OuterRef("pk")))
        rows = super().get_queryset(request).prefetch_related("settlements__posting")
        return cast("QuerySet[Any]", rows.annotate(was_returned=returned))

    def get_list_display(self, request: HttpRequest) -> list[str]:
        return [
            "number_only" if name == "holder" and not request.user.has_perm(SEE_MEMBERS) else name
            for name in super().get_list_display(request)
        ]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if term := search_term.strip():
            of_member = Member.objects.filter(cards__number=term).values_list("pk", flat=True)
            wanted = Q(number=term) | Q(claim_code=term.upper()) | Q(member__in=list(of_member))
            queryset = queryset.filter(wanted)
        return queryset, False

    @column(_("member"), two_lines=True)
    def holder(self, purchase: Purchase) -> tuple[str, str]:
        return (str(purchase.member), purchase.member.number) if purchase.member else (words.NOTHING, "")

    @column(_("member"))
    def number_only(self, purchase: Purchase) -> str:
        return purchase.member.number if purchase.member else words.NOTHING

    @column(_("member"))
    def holder_link(self, purchase: Purchase) -> str:
        if purchase.member is None:
            return words.NOTHING
        url = reverse("admin:members_member_change", args=[purchase.member.pk])
        return format_html('<a href="{}">{}</a>', url, purchase.member.number)

    @column(_("channel"))
    def where_sold(self, purchase: Purchase) -> str:
        """The channel: what tills say when they say nothing else is our word, all others are theirs."""
        return str(_("in the store")) if purchase.channel == "store" else purchase.channel

    @column(_("points"))
    def earned(self, purchase: Any) -> str:
        postings = [(each.point_type_id, each.posting) for each in purchase.settlements.all() if each.posting]
        return words.listed(f"{words.signed(p.points)} {point_types()[t]}" for t, p in postings) or words.NOTHING

    @column(_("returns"), colours={"yes": "warning"})
    def came_back(self, purchase: Any) -> tuple[str, Any] | None:
        return ("yes", _("some came back")) if purchase.was_returned else None

    @button(_("Give to a member"), path="give", permissions=("pos.assign_purchase",), icon="person_add", look="main")
    def give(self, request: HttpRequest, object_id: str) -> HttpResponse:
        purchase = cast("Purchase | None", self.get_object(request, object_id))
        if purchase is None:
            raise PermissionDenied
        act = acts.Act(
            title=_("Give receipt %(number)s to a member") % {"number": purchase.number},
            explanation=_("It earns by the rules of its own day. This can be done once and not undone."),
            about=[
                acts.Line(_("store"), str(purchase.store)),
                acts.Line(_("amount"), words.amount(purchase.amount, purchase.currency)),
            ],
            button=_("Give it"),
            form=AssignForm(request.POST or None),
            preview=lambda given: _whom(given["member"]),
            do=lambda given: self._give(request, purchase, given["member"]),
            back=reverse("admin:sales_purchase_change", args=[purchase.pk]),
        )
        return acts.page(self.admin_site, request, act)

    def _give(self, request: HttpRequest, purchase: Purchase, who: str) -> acts.Text:
        member = _find(who)
        actor = acting(request)
        recorded = assignment.assign(
            purchase.pk, member.member_id, programme=once.programme(), at=clock.now(), actor=f"staff:{actor.pk}"
        )
        if not recorded.is_repeat:
            audit.record(
                "purchase.assigned",
                subject=f"purchase:{purchase.pk}",
                actor=actor,
                changes={"member": member.member_id},
            )
        points = sum(booking.points for booking in recorded.bookings.values())
        return _("The receipt was given to member %(number)s and earned %(points)s points.") % {
            "number": member.number,
            "points": words.points(points),
        }


def _find(who: str) -> identity.Found:
    """The active member known by a number, phone or e-mail."""
    if "@" in who:
        found = identity.find(email=who)
    else:
        try:
            found = identity.find(number=who)
        except identity.InvalidNumber:
            found = identity.find(phone=who)
    identity.require_active(found)
    return found


def _whom(who: str) -> list[acts.Line]:
    found = _find(who)
    return [acts.Line(_("member"), found.name or words.NOTHING), acts.Line(_("member number"), found.number)]
