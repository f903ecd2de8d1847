"""Segments: rules for members in a builder, and lists from files; who is in them now."""

from typing import Any, ClassVar, cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path, reverse
from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from access.admin.acting import acting
from campaigns import audiences, conditions, queries, segment_sentences
from campaigns.admin.segment_forms import ListForm, SegmentForm, as_data, problems
from campaigns.conditions import Vocabulary
from campaigns.models import Segment
from core import clock, once, words
from core.admin import acts
from core.admin.base import StaffAdmin
from core.admin.columns import button, column, points_column
from core.errors import LoyaltyError

CHANGE = "campaigns.change_segment"


@admin.register(Segment)
class SegmentAdmin(StaffAdmin):
    form = SegmentForm
    list_display = ("name", "sentence", "shown_members", "refreshed_at", "state")
    list_display_links = ("name",)
    list_filter = ("kind", "is_active")
    search_fields = ("name__icontains", "code__istartswith")
    search_help_text = _("Code, or a part of the name")
    change_form_outer_before_template = "admin/parts/segment.html"
    actions_detail: ClassVar = ["refresh", "load", "switch_on", "switch_off"]
    conditional_fields: ClassVar = {"conditions": "kind == 'conditions'"}
    fieldsets = ((None, {"fields": (("name", "code"), "kind", "conditions")}),)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Members' traits tell of it: it is switched off instead, unless something goes by it."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("code",) if obj else ()

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who may only look reads the sentence above, not the builder."""
        if obj and not self.has_change_permission(request, obj):
            return ((None, {"fields": (("name", "code"), "kind")}),)
        return super().get_fieldsets(request, obj)

    def get_urls(self) -> list[Any]:
        read = path("read/", self.admin_site.admin_view(require_POST(self.read)), name="campaigns_segment_read")
        return [read, *super().get_urls()]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        audiences.save(obj, at=clock.now())

    def idle(self, request: HttpRequest, object_id: Any) -> set[str]:
        segment = self.get_object(request, object_id)
        if segment is None or not segment.is_active:
            return {"refresh", "load", "switch_off"}
        return {"switch_on", "refresh" if segment.kind == Segment.Kind.LIST else "load"}

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        segment = cast("Segment | None", self.get_object(request, object_id))
        told = _told(segment) if segment else {}
        return cast(
            "HttpResponse", super().change_view(request, object_id, form_url, {**(extra_context or {}), **told})
        )

    def read(self, request: HttpRequest) -> JsonResponse:
        """The conditions in the builder as a sentence, or what is wrong with them; with `count`, who meets them now."""
        if not (self.has_change_permission(request) or self.has_add_permission(request)):
            raise PermissionDenied
        known = _known()
        try:
            group = conditions.read(as_data(request.POST.get("conditions", "")), known)
            answer: dict[str, Any] = {"sentence": segment_sentences.sentence(group, known), "problems": []}
            if request.POST.get("count"):
                answer |= _counted(audiences.count(group, known, at=clock.now()))
        except LoyaltyError as refusal:
            return JsonResponse({"sentence": "", "problems": problems(refusal)})
        return JsonResponse(answer)

    @column(_("conditions"))
    def sentence(self, segment: Segment) -> str:
        return audiences.read_back(segment, _known()) or segment.get_kind_display()

    shown_members = points_column("members", _("members"))

    @column(_("state"), colours={"on": "success", "off": "default"}, order="is_active")
    def state(self, segment: Segment) -> tuple[str, str]:
        return ("on", pgettext("state", "on")) if segment.is_active else ("off", pgettext("state", "off"))

    @button(_("Refresh now"), path="refresh", permissions=(CHANGE,), icon="refresh", look="main")
    def refresh(self, request: HttpRequest, object_id: str) -> HttpResponse:
        segment = self._found(request, object_id)

        def do(_given: dict[str, Any]) -> acts.Text:
            return _renewed(audiences.refresh(segment, at=clock.now()))

        return self._act(
            request,
            segment,
            _("Refresh “%(name)s”"),
            _("Refresh now"),
            do,
            explanation=_(
                "Who meets the conditions now enters, and who no longer does leaves. Every night does it too."
            ),
        )

    @button(_("Load a file"), path="load", permissions=(CHANGE,), icon="upload", look="main")
    def load(self, request: HttpRequest, object_id: str) -> HttpResponse:
        segment = self._found(request, object_id)

        def do(given: dict[str, Any]) -> acts.Text:
            renewed = audiences.load(segment, given["members"], how=given["how"], at=clock.now(), actor=acting(request))
            return _renewed(renewed)

        form = ListForm(request.POST or None, request.FILES or None)
        return self._act(request, segment, _("Members of “%(name)s”"), _("Load"), do, form=form)

    @button(_("Switch on"), path="switch-on", permissions=(CHANGE,), icon="play_arrow", look="main")
    def switch_on(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._switch(request, object_id, _("Switch on “%(name)s”"), _("Switch on"), on=True)

    @button(_("Switch off"), path="switch-off", permissions=(CHANGE,), icon="block")
    def switch_off(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._switch(
            request,
            object_id,
            _("Switch off “%(name)s”"),
            _("Switch off"),
            on=False,
            explanation=_("All members leave it, also those of a list, and it is no longer offered."),
        )

    def _switch(
        self,
        request: HttpRequest,
        object_id: str,
        title: acts.Text,
        word: acts.Text,
        *,
        on: bool,
        explanation: acts.Text = "",
    ) -> HttpResponse:
        segment = self._found(request, object_id)

        def do(_given: dict[str, Any]) -> acts.Text:
            audiences.switch(segment, on=on, at=clock.now(), actor=acting(request))
            return _("It is on.") if on else _("It is off.")

        return self._act(request, segment, title, word, do, explanation=explanation)

    def _act(
        self,
        request: HttpRequest,
        segment: Segment,
        title: acts.Text,
        word: acts.Text,
        do: Any,
        *,
        form: acts.ActForm | None = None,
        explanation: acts.Text = "",
    ) -> HttpResponse:
        act = acts.Act(
            title=title % {"name": segment},
            explanation=explanation,
            about=[acts.Line(_("members"), f"{segment.members:,}")],
            button=word,
            form=form or acts.ConfirmForm(request.POST or None),
            do=do,
            back=reverse("admin:campaigns_segment_change", args=[segment.pk]),
        )
        return acts.page(self.admin_site, request, act)

    def _found(self, request: HttpRequest, object_id: str) -> Segment:
        segment = self.get_object(request, object_id)
        if segment is None:
            raise PermissionDenied
        return cast("Segment", segment)


def _known() -> Vocabulary:
    return once.read("vocabulary", lambda: queries.vocabulary(once.programme()))


def _renewed(renewed: audiences.Renewed) -> str:
    return gettext("%(members)s are in it now: %(entered)s entered, %(left)s left.") % {
        "members": f"{renewed.members:,}",
        "entered": f"{renewed.entered:,}",
        "left": f"{renewed.gone:,}",
    }


def _counted(found: audiences.Count) -> dict[str, Any]:
    shown = ngettext("%(members)s member at the moment", "%(members)s members at the moment", found.members)
    return {
        "members": found.members,
        "shown": shown % {"members": f"{found.members:,}"},
        "sample": _sample(found.sample),
    }


def _sample(members: Any) -> list[dict[str, str]]:
    return [
        {
            "name": str(member),
            "number": member.number,
            "url": reverse("admin:members_member_change", args=[member.pk]),
        }
        for member in members
    ]


def _told(segment: Segment) -> dict[str, Any]:
    """What the page of a segment says above its form."""
    known = _known()
    users = queries.users(segment)
    refreshed = segment.refreshed_at
    return {
        "segment": segment,
        "sentence": audiences.read_back(segment, known),
        "inside": f"{segment.members:,}",
        "refreshed": words.moment(refreshed) if refreshed else "",
        "sample": _sample(audiences.sample(segment)),
        "users": [
            (each.name, reverse(f"admin:campaigns_{each._meta.model_name}_change", args=[each.pk])) for each in users
        ],
    }
