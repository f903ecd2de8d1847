"""The ledger, to look at. Nothing here adds, changes or deletes a row: a mistake is corrected by an adjustment."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.forms import PaginationInlineFormSet

from access.admin import acting
from core import words
from core.admin.base import ReadOnlyAdmin, ReadOnlyInline
from core.admin.columns import column, link_column, points_column, reference_column
from members.models import Member
from points.models import Account, Lot, Movement, Posting, PostingNote

KIND_COLOURS = {
    "accrue": "success",
    "restore": "success",
    "redeem": "info",
    "reverse": "warning",
    "expire": "danger",
    "mature": "default",
    "adjust": "primary",
}


class LedgerAdmin(ReadOnlyAdmin):
    """Rows of members' accounts, found by the number of any card the member has had."""

    member_path: ClassVar[str]
    search_fields = ("pk",)  # shows the search box
    search_help_text = _("Member number")
    ordering = ("-id",)

    def get_list_display(self, request: HttpRequest) -> list[str]:
        """Whoever may not see members sees their numbers."""
        named = request.user.has_perm("members.view_member")
        return [
            "holder_number" if name == "holder" and not named else name for name in super().get_list_display(request)
        ]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if search_term:
            found = Member.objects.filter(cards__number="".join(search_term.split()))
            queryset = queryset.filter(**{f"{self.member_path}__in": found})
        return queryset, False

    def member_of(self, row: Any) -> Member:
        for step in self.member_path.split("__"):
            row = getattr(row, step)
        member: Member = row
        return member

    @column(_("member"), two_lines=True)
    def holder(self, row: Any) -> tuple[str, str]:
        member = self.member_of(row)
        return str(member), member.number

    @column(_("member"))
    def holder_number(self, row: Any) -> str:
        return self.member_of(row).number


class OfAccountAdmin(LedgerAdmin):
    """Rows of an account."""

    member_path = "account__member"

    @column(_("account"))
    def account_link(self, row: Any) -> SafeString:
        url = reverse("admin:points_account_change", args=[row.account_id])
        return format_html('<a href="{}">{}, {}</a>', url, row.account.member.number, row.account.point_type)


class LotsOfAccount(PaginationInlineFormSet):  # type: ignore[misc]
    """Found through the account's postings: an index of all lots by account would cost every sale and every sweep."""

    def __init__(self, *args: Any, instance: Account, queryset: QuerySet[Lot], **kwargs: Any) -> None:
        found = Movement.objects.filter(posting__account=instance.pk).values("lot")
        super().__init__(*args, instance=instance, queryset=queryset.filter(pk__in=found), **kwargs)


class LotsInline(ReadOnlyInline):
    model = Lot
    formset = LotsOfAccount
    verbose_name_plural = _("lots")
    fields = ("link", "granted_points", "remaining_points", "held_points", "available_at", "expires_at", "is_pending")
    readonly_fields = fields
    ordering = ("-id",)
    per_page = 20
    link = link_column(_("lot"), "points_lot", "pk", "#{row.pk}")
    granted_points = points_column("granted", _("granted"))
    remaining_points = points_column("remaining", _("remaining"))
    held_points = points_column("reserved", _("held"))


class PostingsInline(ReadOnlyInline):
    model = Posting
    verbose_name_plural = _("postings")
    fields = ("link", "occurred_at", "what", "points_signed", "why", "about")
    readonly_fields = fields
    ordering = ("-number",)
    per_page = 20
    link = link_column(_("number"), "points_posting", "pk", "{row.number}")
    about = reference_column(_("reference"))

    @column(_("kind"))
    def what(self, posting: Posting) -> str:
        return posting.get_kind_display()

    @column(_("points"))
    def points_signed(self, posting: Posting) -> str:
        return words.signed(posting.points)

    @column(_("reasons"))
    def why(self, posting: Posting) -> str:
        return words.first_reason(posting.reasons)


class MovementsInline(ReadOnlyInline):
    model = Movement
    verbose_name_plural = _("movements")
    fields = ("moved_points", "from_bucket", "to_bucket", "link")
    readonly_fields = fields
    ordering = ("id",)
    per_page = 50
    tab = False
    moved_points = points_column("points", _("points"))
    link = link_column(_("lot"), "points_lot", "lot_id", "#{row.lot_id}")


class MovementsOfLot(PaginationInlineFormSet):  # type: ignore[misc]
    """Found among the movements of its account's postings, as movements have no index by lot."""

    def __init__(self, *args: Any, instance: Lot, queryset: QuerySet[Movement], **kwargs: Any) -> None:
        queryset = queryset.filter(posting__account=instance.account_id)
        super().__init__(*args, instance=instance, queryset=queryset, **kwargs)


class MovementsOfLotInline(MovementsInline):
    formset = MovementsOfLot
    link = link_column(_("posting"), "points_posting", "posting_id", "#{row.posting_id}")


class NoteInline(ReadOnlyInline):
    model = PostingNote
    tab = False
    fields = ("for_member", "internal")
    readonly_fields = fields


@admin.register(Account)
class AccountAdmin(LedgerAdmin):
    member_path = "member"
    list_display = (
        "holder",
        "point_type",
        "available_points",
        "pending_points",
        "held_points",
        "owed_points",
        "postings_number",
    )
    list_select_related = ("member", "point_type")
    list_filter = ("point_type",)
    fields = (("member_link", "point_type"), ("available_points", "pending_points"), ("held_points", "owed_points"))
    readonly_fields = ("member_link", "available_points", "pending_points", "held_points", "owed_points")
    inlines: ClassVar = [PostingsInline, LotsInline]
    member_link = link_column(_("member"), "members_member", "member_id", "{row.member.number}")
    available_points = points_column("available", _("available"))
    pending_points = points_column("pending", _("pending"))
    held_points = points_column("held", _("held"))
    owed_points = points_column("debt", _("owed"))
    postings_number = points_column("last_number", _("postings"))


@admin.register(Posting)
class PostingAdmin(OfAccountAdmin):
    list_display = ("occurred_at", "holder", "what", "points_signed", "why", "about", "by_whom")
    list_select_related = ("account__member", "account__point_type")
    list_filter = ("kind", "account__point_type")
    fields = (
        ("account_link", "number"),
        ("kind", "points_signed"),
        ("moved_points", "whole_reference"),
        "reasons_listed",
        ("occurred_at", "booked_at"),
        ("by_whom", "reverses"),
    )
    readonly_fields = (
        "account_link", "points_signed", "moved_points", "whole_reference", "reasons_listed", "by_whom",
    )  # fmt: skip
    inlines: ClassVar = [MovementsInline, NoteInline]

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        has_note = obj is not None and PostingNote.objects.filter(pk=obj.pk).exists()
        return self.inlines if has_note else [MovementsInline]

    moved_points = points_column("moved", _("moved"))
    about = reference_column(_("reference"))
    whole_reference = reference_column(_("reference"), whole=True)

    @column(_("kind"), colours=KIND_COLOURS, order="kind")
    def what(self, posting: Posting) -> tuple[str, str]:
        return posting.kind, posting.get_kind_display()

    @column(_("points"))
    def points_signed(self, posting: Posting) -> str:
        return f"{words.signed(posting.points)} {posting.account.point_type}"

    @column(_("by"))
    def by_whom(self, posting: Posting) -> str:
        return acting.by_whom(posting.actor)

    @column(_("reasons"))
    def why(self, posting: Posting) -> str:
        return words.first_reason(posting.reasons)

    @column(_("reasons"))
    def reasons_listed(self, posting: Posting) -> str:
        return words.reasons(posting.reasons)


@admin.register(Lot)
class LotAdmin(OfAccountAdmin):
    list_display = (
        "number",
        "holder",
        "granted_points",
        "remaining_points",
        "held_points",
        "available_at",
        "expires_at",
        "is_open",
    )
    list_select_related = ("account__member", "account__point_type")
    list_filter = ("is_open", "is_pending", "account__point_type")
    fields = (
        ("account_link", "posting"),
        ("granted_points", "remaining_points"),
        ("held_points", "origin_lot"),
        ("available_at", "expires_at"),
        ("is_pending", "is_open"),
    )
    readonly_fields = ("account_link", "granted_points", "remaining_points", "held_points")
    inlines: ClassVar = [MovementsOfLotInline]
    granted_points = points_column("granted", _("granted"))
    remaining_points = points_column("remaining", _("remaining"))
    held_points = points_column("reserved", _("held"))

    @column(_("lot"), order="id")
    def number(self, lot: Lot) -> str:
        return f"#{lot.pk}"
