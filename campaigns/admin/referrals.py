"""Referrals on the staff site: what bringing a friend gives, who was brought, and what it has come to."""

from collections.abc import Sequence
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextareaWidget

from access.admin.acting import acting
from campaigns import referral_figures, referral_words, referrals
from campaigns.models import Referral, ReferralCode, ReferralScheme
from campaigns.models.referrals import MOST_POINTS
from core import clock, money, naming, once, words
from core.admin import acts
from core.admin.base import ReadOnlyAdmin
from core.admin.bilingual import BilingualForm, both
from core.admin.columns import button, column, link_column, points_column
from core.admin.programme import SingletonAdmin
from core.programme import current_or_none
from members import numbers
from members.models import Member
from points import rules
from rewards import codes

REFUSE = "campaigns.refuse_referral"
STATE_COLOURS = {"joined": "info", "waiting": "warning", "rewarded": "success", "refused": "danger"}
MILESTONES = (1, 2, 3)
MOST_FRIENDS = 1000
FRIENDS, POINTS = _("Friends"), _("Points")


def _whole(label: Any, most: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, required=False, min_value=1, max_value=most, widget=UnfoldAdminIntegerFieldWidget
    )


def _pair(number: int) -> tuple[str, str]:
    return f"friends_{number}", f"points_{number}"


class SchemeForm(BilingualForm):
    """The scheme; its milestones as up to three pairs of friends and points."""

    friends_1, points_1 = _whole(FRIENDS, MOST_FRIENDS), _whole(POINTS, MOST_POINTS)
    friends_2, points_2 = _whole(FRIENDS, MOST_FRIENDS), _whole(POINTS, MOST_POINTS)
    friends_3, points_3 = _whole(FRIENDS, MOST_FRIENDS), _whole(POINTS, MOST_POINTS)

    class Meta:
        widgets: ClassVar = {
            name: UnfoldAdminTextareaWidget({"rows": 3, "maxlength": 300}) for name in both("invitation")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if programme := current_or_none():
            self.initial["minimum"] = money.rounded(self.instance.minimum, programme.currency)
        known: list[Sequence[int]] = [*self.instance.milestones, *([()] * len(MILESTONES))]
        for number, pair in zip(MILESTONES, known, strict=False):
            for name, value in zip(_pair(number), pair, strict=False):
                self.initial.setdefault(name, value)
                if name in self.fields:
                    self.fields[name].initial = value

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self._check_money(cleaned)
        found: dict[int, int] = {}
        for friends_name, points_name in map(_pair, MILESTONES):
            friends, points = cleaned.get(friends_name), cleaned.get(points_name)
            if (friends is None) != (points is None):
                if not (friends_name in self.errors or points_name in self.errors):
                    missing = points_name if points is None else friends_name
                    self.add_error(missing, _("A milestone takes both: friends and points."))
            elif friends in found:
                self.add_error(friends_name, _("This number of friends stands here twice."))
            elif friends is not None and points is not None:
                found[friends] = points
        self.instance.milestones = [list(pair) for pair in sorted(found.items())]
        return cleaned

    def _check_money(self, cleaned: dict[str, Any]) -> None:
        programme, minimum = current_or_none(), cleaned.get("minimum")
        if programme and minimum is not None and not money.fits(minimum, programme.currency):
            places = money.places(programme.currency)
            self.add_error("minimum", _("At most %(most)s digits after the point are allowed.") % {"most": places})
        if cleaned.get("referrer_points") == 0 and cleaned.get("friend_points") == 0:
            self.add_error("referrer_points", _("At least one of the two gets points."))


@admin.register(ReferralScheme)
class ReferralSchemeAdmin(SingletonAdmin):
    form = SchemeForm
    change_form_outer_before_template = "admin/parts/referrals.html"
    fieldsets = (
        (None, {"fields": ("is_active", ("referrer_points", "friend_points"))}),
        (_("When"), {"fields": (("minimum", "within_days"), ("days", "most_a_year"))}),
        (
            _("Milestones"),
            {
                "fields": tuple(_pair(number) for number in MILESTONES),
                "description": _("With so many rewarded friends, so many points come on top, once for each number."),
            },
        ),
        (_("What it says"), {"fields": (both("invitation"),)}),
    )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {**(extra_context or {}), **_told(ReferralScheme.objects.get())}
        return cast("HttpResponse", super().change_view(request, object_id, form_url, context))


@admin.register(Referral)
class ReferralAdmin(ReadOnlyAdmin):
    list_display = (
        "joined_at",
        "referrer_link",
        "friend_link",
        "shown_state",
        "why",
        "due_at",
        "referrer_gets",
        "friend_gets",
    )
    list_display_links = ("joined_at",)
    list_select_related = ("referrer", "friend")
    list_filter = ("state", "reason", "withheld")
    search_fields = ("referrer__number",)
    search_help_text = _("Member number of either, or invitation code")
    ordering = ("-id",)
    actions_detail: ClassVar = ["refuse"]
    fields = (
        ("referrer_link", "friend_link"),
        ("joined_at", "source"),
        ("referrer_points", "friend_points"),
        ("least", "days"),
        ("buy_until", "due_at"),
        ("state", "why"),
        ("purchase_link", "done_at"),
        ("referrer_gets", "friend_gets"),
        "reached",
    )
    readonly_fields = (
        "referrer_link", "friend_link", "source", "least", "why", "purchase_link", "referrer_gets",
        "friend_gets", "reached",
    )  # fmt: skip
    referrer_link = link_column(_("invited by"), "members_member", "referrer_id", "{row.referrer}")
    friend_link = link_column(_("friend"), "members_member", "friend_id", "{row.friend}")
    purchase_link = link_column(_("purchase"), "sales_purchase", "purchase_id", "#{row.purchase_id}")
    referrer_gets = points_column("referrer_given", _("given to who invited"), sortable=False)
    friend_gets = points_column("friend_given", _("given to the friend"), sortable=False)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if term := search_term.strip():
            members = list(Member.objects.filter(cards__number=numbers.plain(term)).values_list("pk", flat=True))
            members += ReferralCode.objects.filter(code=codes.plain(term)).values_list("member_id", flat=True)
            queryset = queryset.filter(Q(referrer__in=members) | Q(friend__in=members))
        return queryset, False

    def idle(self, request: HttpRequest, object_id: Any) -> set[str]:
        referral = self.get_object(request, object_id)
        return {"refuse"} if referral and referral.done_at else set()

    @column(_("state"), colours=STATE_COLOURS)
    def shown_state(self, referral: Referral) -> tuple[str, str]:
        return referral.state, referral.get_state_display()

    @column(_("why not"))
    def why(self, referral: Referral) -> str:
        return referral.get_reason_display() or referral.get_withheld_display() or words.NOTHING

    @column(_("joined via"))
    def source(self, referral: Referral) -> str:
        return naming.source(referral.via)

    @column(_("first purchase of at least"))
    def least(self, referral: Referral) -> str:
        return words.amount(referral.minimum, once.programme().currency)

    @column(_("milestones"))
    def reached(self, referral: Referral) -> str:
        found = (f"{each.friends}: {words.signed(each.points)}" for each in referral.milestones.order_by("friends"))
        return words.listed(found) or words.NOTHING

    @button(_("Refuse"), path="refuse", permissions=(REFUSE,), icon="block", look="danger")
    def refuse(self, request: HttpRequest, object_id: str) -> HttpResponse:
        referral = self.get_object(request, object_id)
        if referral is None:
            raise PermissionDenied

        def do(given: dict[str, Any]) -> acts.Text:
            referrals.refuse(referral, reason=given["reason"], at=clock.now(), actor=acting(request))
            return _("It is refused.")

        act = acts.Act(
            title=_("Refuse a referral"),
            explanation=_("Neither gets anything for it. The friend stays a member. This can't be taken back."),
            about=[
                acts.Line(_("invited by"), f"{referral.referrer} · {numbers.written(referral.referrer.number)}"),
                acts.Line(_("friend"), f"{referral.friend} · {numbers.written(referral.friend.number)}"),
                acts.Line(_("state"), referral.get_state_display()),
            ],
            button=_("Refuse"),
            form=acts.ReasonForm(request.POST or None),
            do=do,
            back=reverse("admin:campaigns_referral_change", args=[referral.pk]),
            is_dangerous=True,
        )
        return acts.page(self.admin_site, request, act)


def _told(scheme: ReferralScheme) -> dict[str, Any]:
    """What the page of the scheme says above its form: the scheme in sentences, and what came of it."""
    programme = current_or_none()
    if programme is None:
        return {}
    main = rules.rulebook(programme).main
    came = referral_figures.results(programme)
    return {
        "came": came,
        "sentence": referral_words.of(
            scheme, currency=programme.currency, pending_days=main.pending_days if main else 0
        ),
        "came_cost": words.amount(came.cost, programme.currency),
        "came_amount": words.amount(came.amount, programme.currency),
    }
