"""Members: the list, the page of one, and what staff do for them. Everything is done by the verbs of `members`."""

from collections.abc import Callable
from typing import Any, ClassVar, cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.contrib.filters.admin import RangeDateTimeFilter

from access.admin.acting import acting
from care.admin import adjusting, giving, story
from care.admin.finding import LanguageFilter, MemberList, TierFilter, WhereFilter, found
from care.admin.forms import ConsentForm, ProfileForm, profile_of
from core import clock, once, words
from core.admin import acts
from core.admin.base import ReadOnlyAdmin
from core.admin.columns import button, column
from members import cards, consent, enrolment
from members.models import Member

STATUS_COLOURS = {"active": "success", "suspended": "warning", "closed": "danger"}


@admin.register(Member)
class MemberAdmin(ReadOnlyAdmin):
    list_display = ("who", "number", "contact", "shown_status", "tier", "balance", "enrolled")
    list_display_links = ("who",)
    list_filter = ("status", TierFilter, LanguageFilter, WhereFilter, ("enrolled_at", RangeDateTimeFilter))
    list_filter_submit = True
    search_fields = ("number",)
    search_help_text = _("Member number, phone, e-mail, external id, or a part of the name")
    ordering = ("-enrolled_at", "-id")
    change_form_template = "admin/member.html"
    fields = ("number",)
    actions_detail: ClassVar = [
        "adjust",
        {"title": _("More"), "items": ["edit", "give_tier", "note_consent", "replace_card", "suspend", "reactivate"]},
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("members.add_member")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[MemberList]:
        return MemberList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return (found(queryset, search_term.strip()) if search_term.strip() else queryset), False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        member = self.get_object(request, object_id)
        told = story.of(member, request.user, at=clock.now()) if member else None
        context = {**(extra_context or {}), "story": told, "title": str(member or "")}
        return cast("HttpResponse", super().change_view(request, object_id, form_url, context))

    def idle(self, request: HttpRequest, object_id: Any) -> set[str]:
        member = self.get_object(request, object_id)
        if member is None or member.status == Member.Status.CLOSED:
            return {"adjust", "edit", "give_tier", "note_consent", "replace_card", "suspend", "reactivate"}
        return {"suspend"} if member.status == Member.Status.SUSPENDED else {"reactivate"}

    @column(pgettext_lazy("of a person", "name"), order="name")
    def who(self, member: Member) -> str:
        return member.name or str(_("(no name)"))

    @column(_("contact"), two_lines=True)
    def contact(self, member: Member) -> tuple[str, str]:
        phone = member.phone.as_international if member.phone else ""
        return (phone, member.email or "") if phone else (member.email or words.NOTHING, "")

    @column(_("enrolled"), order="enrolled_at")
    def enrolled(self, member: Member) -> str:
        return formats.date_format(timezone.localtime(member.enrolled_at), "DATE_FORMAT")

    @column(_("status"), colours=STATUS_COLOURS, order="status")
    def shown_status(self, member: Member) -> tuple[str, str]:
        return member.status, member.get_status_display()

    @column(_("tier"))
    def tier(self, member: Any) -> SafeString | str:
        held = member.shown_tier
        if held is None:
            return words.NOTHING
        shown = '<span class="staff-tier"><span class="staff-dot" style="background:{}"></span>{}</span>'
        return format_html(shown, held.colour, held.name)

    @column(_("points"))
    def balance(self, member: Any) -> str:
        return words.points(member.shown_balance.available if member.shown_balance else 0)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Enrolling somebody finds them when their phone, e-mail or external id is known already."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        language = once.programme().language
        form = ProfileForm(request.POST or None, initial={"language": language, "birth_calendar": "solar"})
        act = acts.Act(
            title=_("Enrol a member"),
            explanation=_("A phone number or an e-mail address is enough. Who is known already is found."),
            button=_("Enrol"),
            form=form,
            do=lambda _given: self._enrol(request, form, act),
            back=reverse("admin:members_member_changelist"),
        )
        return acts.page(self.admin_site, request, act)

    def _enrol(self, request: HttpRequest, form: ProfileForm, act: acts.Act) -> acts.Text:
        via = f"staff:{acting(request).pk}"
        enrolled = enrolment.enrol(via=via, at=clock.now(), **form.profile())
        act.then = self._page(enrolled.member)
        if not enrolled.is_new:
            return _("This member was enrolled before, under number %(number)s.") % {"number": enrolled.member.number}
        self.recorder.record(request, "member.enrolled", enrolled.member)
        return _("Welcome! The member number is %(number)s.") % {"number": enrolled.member.number}

    @button(_("Adjust points"), path="adjust", permissions=("points.adjust_points",), icon="tune", look="main")
    def adjust(self, request: HttpRequest, object_id: str) -> HttpResponse:
        member = self._found(request, object_id)
        return adjusting.page(self, request, member, back=self._page(member))

    @button(_("Edit details"), path="edit", permissions=("members.change_member",), icon="edit")
    def edit(self, request: HttpRequest, object_id: str) -> HttpResponse:
        member = self._found(request, object_id)
        form = ProfileForm(request.POST or None, initial=profile_of(member))

        def do(_given: dict[str, Any]) -> acts.Text:
            enrolment.update(member, at=clock.now(), actor=acting(request), **form.profile())
            return _("Saved.")

        return self._act(request, member, _("Edit the details of %(member)s"), _("Save"), form, do)

    @button(_("Give a tier"), path="give-tier", permissions=("tiers.give_tier",), icon="military_tech")
    def give_tier(self, request: HttpRequest, object_id: str) -> HttpResponse:
        member = self._found(request, object_id)
        return giving.page(self, request, member, back=self._page(member))

    @button(_("Note a consent"), path="consent", permissions=("members.add_consent",), icon="fact_check")
    def note_consent(self, request: HttpRequest, object_id: str) -> HttpResponse:
        member = self._found(request, object_id)

        def do(given: dict[str, Any]) -> acts.Text:
            say = consent.give if given["answer"] == "yes" else consent.withdraw
            say(member, given["channel"], given["purpose"], source=f"staff:{acting(request).pk}", at=clock.now())
            self.recorder.record(
                request, "member.consent_noted", member, changes={k: given[k] for k in ("channel", "purpose", "answer")}
            )
            return _("Noted.")

        form = ConsentForm(request.POST or None)
        return self._act(request, member, _("What %(member)s says"), _("Note it"), form, do)

    @button(
        _("Replace a lost card"), path="replace-card", permissions=("members.replace_card",), icon="credit_card_off"
    )
    def replace_card(self, request: HttpRequest, object_id: str) -> HttpResponse:
        member = self._found(request, object_id)

        def do(given: dict[str, Any]) -> acts.Text:
            card = cards.replace(member, reason=given["reason"], at=clock.now(), actor=acting(request))
            return _("The new member number is %(number)s. The old one is refused from now on.") % {
                "number": card.number
            }

        form = acts.ReasonForm(request.POST or None)
        return self._act(
            request, member, _("Replace the card of %(member)s"), _("Replace the card"), form, do, bad=True
        )

    @button(_("Suspend"), path="suspend", permissions=("members.suspend_member",), icon="pause_circle")
    def suspend(self, request: HttpRequest, object_id: str) -> HttpResponse:
        member = self._found(request, object_id)

        def do(given: dict[str, Any]) -> acts.Text:
            enrolment.suspend(member, reason=given["reason"], at=clock.now(), actor=acting(request))
            return _("The membership is on hold: nothing is accrued or redeemed.")

        form = acts.ReasonForm(request.POST or None)
        return self._act(request, member, _("Suspend %(member)s"), _("Suspend"), form, do, bad=True)

    @button(_("Reactivate"), path="reactivate", permissions=("members.suspend_member",), icon="play_circle")
    def reactivate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        member = self._found(request, object_id)

        def do(given: dict[str, Any]) -> acts.Text:
            enrolment.reactivate(member, reason=given["reason"], at=clock.now(), actor=acting(request))
            return _("The membership is active again.")

        form = acts.ReasonForm(request.POST or None)
        return self._act(request, member, _("Reactivate %(member)s"), _("Reactivate"), form, do)

    def _act(
        self,
        request: HttpRequest,
        member: Member,
        title: acts.Text,
        label: acts.Text,
        form: acts.ActForm,
        do: Callable[[dict[str, Any]], acts.Text],
        *,
        bad: bool = False,
    ) -> HttpResponse:
        act = acts.Act(
            title=title % {"member": member},
            button=label,
            form=form,
            do=do,
            back=self._page(member),
            is_dangerous=bad,
            about=[acts.Line(_("member number"), member.number), acts.Line(_("status"), member.get_status_display())],
        )
        return acts.page(self.admin_site, request, act)

    def _found(self, request: HttpRequest, object_id: str) -> Member:
        member = self.get_object(request, object_id)
        if member is None:
            raise PermissionDenied
        return cast("Member", member)

    def _page(self, member: Model) -> str:
        return reverse("admin:members_member_change", args=[member.pk])
