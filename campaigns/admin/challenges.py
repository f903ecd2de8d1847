"""Challenges on the staff site: plan them, read them back, switch them on, pause, end, copy; and what came of them."""

from typing import Any, ClassVar, cast

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from access.admin.acting import acting
from campaigns import challenge_results, challenge_words, challenges
from campaigns.admin.challenge_forms import ChallengeForm
from campaigns.models import Challenge, Completion
from core import clock, once, words
from core.admin import acts
from core.admin.base import StaffAdmin
from core.admin.bilingual import both
from core.admin.columns import button, column, points_column
from core.models import Programme

CHANGE = "campaigns.change_challenge"
State = Challenge.State
STATE_COLOURS = {"on": "success", "planned": "info", "paused": "warning", "over": "default", "ended": "default"}


@admin.register(Challenge)
class ChallengeAdmin(StaffAdmin):
    form = ChallengeForm
    list_display = ("title", "code", "says", "completed", "shown_state")
    list_display_links = ("title",)
    list_select_related = ("reward",)
    list_filter = ("state", "kind")
    search_fields = ("code__istartswith", "title_en__icontains", "title_zh_hans__icontains")
    search_help_text = _("Code, or a part of the title")
    change_form_outer_before_template = "admin/parts/challenge.html"
    actions_detail: ClassVar = ["switch_on", "pause", "copy", "end"]
    conditional_fields: ClassVar = {
        "period": "kind == 'streak'",
        "minimum": "kind == 'visits' || kind == 'streak'",
    }
    fieldsets = (
        (None, {"fields": ("code", both("title"), both("description"))}),
        (_("What counts"), {"fields": ("kind", ("goal", "period", "minimum"), "categories", "skus")}),
        (_("When, where and for whom"), {"fields": (("begins_on", "ends_on"), ("stores", "tiers"), "most_times")}),
        (_("What is given"), {"fields": (("points", "reward"), "badge", both("badge_title"))}),
    )
    completed = points_column("times_completed", _("completed"), sortable=False)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        done = Completion.objects.filter(challenge=OuterRef("pk")).order_by().values("challenge")
        total = Subquery(done.annotate(total=Count("pk")).values("total"))
        rows: QuerySet[Any] = super().get_queryset(request).annotate(times_completed=total)
        return rows

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Members collect for it: it is ended instead."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What has ended stays as it was."""
        return bool(super().has_change_permission(request, obj)) and not (obj and obj.state == State.ENDED)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        challenges.save(obj)

    def idle(self, request: HttpRequest, object_id: Any) -> set[str]:
        challenge = self.get_object(request, object_id)
        state = challenge.state if challenge else State.ENDED
        return {State.ON: {"switch_on"}, State.PAUSED: {"pause"}}.get(state, {"switch_on", "pause", "end"})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        challenge, programme = self.get_object(request, object_id), once.programme_or_none()
        told = _told(challenge, programme) if challenge and programme else {}
        return cast(
            "HttpResponse", super().change_view(request, object_id, form_url, {**(extra_context or {}), **told})
        )

    @column(_("how it reads"))
    def says(self, challenge: Challenge) -> str:
        return read(challenge, once.programme())

    @column(_("state"), colours=STATE_COLOURS, order="state")
    def shown_state(self, challenge: Challenge) -> tuple[str, str]:
        """Its state; of one that is on, whether its days are still to come, or over."""
        if challenge.state != State.ON:
            return challenge.state, challenge.get_state_display()
        today = clock.business_date(clock.now(), once.programme())
        if challenge.begins_on > today:
            return "planned", gettext("planned")
        if challenge.ends_on and challenge.ends_on < today:
            return "over", gettext("over")
        return "on", pgettext("state", "on")

    @button(_("Switch on"), path="switch-on", permissions=(CHANGE,), icon="play_arrow", look="main")
    def switch_on(self, request: HttpRequest, object_id: str) -> HttpResponse:
        why = _(
            "What members bought from its first day on counts at once. What it asks for and gives stays from now on: "
            "members collect for it."
        )
        return self._switch(
            request, object_id, State.ON, (_("Switch on “%(name)s”"), why, _("Switch on"), _("It is on."))
        )

    @button(_("Pause"), path="pause", permissions=(CHANGE,), icon="pause")
    def pause(self, request: HttpRequest, object_id: str) -> HttpResponse:
        why = _("Members don't see it, and nothing is given. What they buy meanwhile counts once it is on again.")
        return self._switch(
            request, object_id, State.PAUSED, (_("Pause “%(name)s”"), why, _("Pause"), _("It is paused."))
        )

    @button(_("End it"), path="end", permissions=(CHANGE,), icon="stop", look="danger")
    def end(self, request: HttpRequest, object_id: str) -> HttpResponse:
        why = _("Today is its last day: what is full by tonight is still given. It is not changed again.")
        return self._switch(
            request, object_id, State.ENDED, (_("End “%(name)s”"), why, _("End it"), _("It has ended."))
        )

    @button(_("Copy"), path="copy", permissions=(CHANGE,), icon="content_copy")
    def copy(self, request: HttpRequest, object_id: str) -> HttpResponse:
        challenge = self._found(request, object_id)

        def do(_given: dict[str, Any]) -> acts.Text:
            act.then = self._page(challenges.copy(challenge, actor=acting(request), at=clock.now()))
            return _("Here is the copy. It is paused.")

        act = acts.Act(
            title=_("Copy “%(name)s”") % {"name": challenge},
            button=_("Copy"),
            form=acts.ConfirmForm(request.POST or None),
            do=do,
            back=self._page(challenge),
        )
        return acts.page(self.admin_site, request, act)

    def _switch(
        self, request: HttpRequest, object_id: str, state: Challenge.State, texts: tuple[Any, Any, Any, Any]
    ) -> HttpResponse:
        challenge = self._found(request, object_id)
        title, explanation, label, told = texts

        def do(_given: dict[str, Any]) -> acts.Text:
            challenges.switch(challenge, state, actor=acting(request), at=clock.now())
            return cast("acts.Text", told)

        act = acts.Act(
            title=title % {"name": challenge},
            explanation=explanation,
            about=_in_both(challenge, once.programme()),
            button=label,
            form=acts.ConfirmForm(request.POST or None),
            do=do,
            back=self._page(challenge),
            is_dangerous=state == State.ENDED,
        )
        return acts.page(self.admin_site, request, act)

    def _page(self, challenge: Challenge) -> str:
        return reverse("admin:campaigns_challenge_change", args=[challenge.pk])

    def _found(self, request: HttpRequest, object_id: str) -> Challenge:
        challenge = self.get_object(request, object_id)
        if challenge is None:
            raise PermissionDenied
        return cast("Challenge", challenge)


def read(challenge: Challenge, programme: Programme) -> str:
    """A challenge as one sentence in the active language."""
    names = once.read("names of challenges", lambda: challenges.names(Challenge.objects.all(), programme))
    return challenge_words.sentence(challenge, names, programme.currency)


def _in_both(challenge: Challenge, programme: Programme) -> list[acts.Line]:
    lines = []
    for code, name in settings.LANGUAGES:
        with translation.override(code):
            lines.append(acts.Line(str(name), read(challenge, programme)))
    return lines


def _told(challenge: Challenge, programme: Programme) -> dict[str, Any]:
    """What the page of a challenge says beside its form: the sentence in both languages, the results."""
    came = challenge_results.of(challenge, programme)
    return {
        "reads": list(zip(dict(settings.LANGUAGES), _in_both(challenge, programme), strict=True)),
        "came": came,
        "came_cost": words.amount(came.cost, programme.currency),
    }
