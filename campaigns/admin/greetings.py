"""Greetings: what staff write to members on an occasion, how it reads, whom it would reach, and what came of it."""

from typing import Any, ClassVar, cast

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from access.admin.acting import acting
from campaigns import brake, festivals, greetings, planning, previews, results
from campaigns.admin import ready, showing
from campaigns.admin.forms import GreetingForm, MemberForm, placeholder_lines
from campaigns.models import Broadcast, Greeting, Occasion
from core import clock, once, words
from core.admin import acts
from core.admin.base import StaffAdmin
from core.admin.bilingual import both
from core.admin.columns import button, column
from core.programme import current_or_none
from members.models import Member
from messaging.models import Message
from messaging.views import framed

ADD, CHANGE = "campaigns.add_greeting", "campaigns.change_greeting"
RELEASE = "campaigns.release_greetings"
Kind = Greeting.Kind
GOING = [Occasion.State.PLANNED, Occasion.State.WRITTEN]


@admin.register(Greeting)
class GreetingAdmin(StaffAdmin):
    form = GreetingForm
    list_display = ("name", "shown_kind", "next_day", "shown_channel", "gives", "state")
    list_display_links = ("name",)
    list_select_related: ClassVar[tuple[str, ...]] = ("reward",)
    list_filter = ("kind", "is_active")
    search_fields = ("name__icontains",)
    search_help_text = _("A part of the name")
    list_before_template = "admin/parts/brake.html"
    change_form_outer_before_template = "admin/parts/greeting.html"
    filter_horizontal = ()
    actions_detail: ClassVar = ["switch_on", "pause", "preview", "copy"]
    actions_list: ClassVar = ["release", "journeys"]
    conditional_fields: ClassVar = {
        "festivals": "kind == 'holiday'",
        "leap_day_in_march": "kind == 'birthday'",
        "days_after": "kind == 'welcome' || kind == 'tier' || kind == 'first' || kind == 'return'",
        "days_before": "kind == 'expiry' || kind == 'at_risk'",
        "days_without": "kind == 'missed'",
        **dict.fromkeys(("bonus_points", "reward"), "kind != 'expiry' && kind != 'at_risk'"),
        **dict.fromkeys(both("html"), "channel == 'email' || channel == 'best'"),
        **dict.fromkeys(both("sms"), "channel == 'sms' || channel == 'best'"),
        **{name: "channel != 'sms'" for text in ("subject", "body") for name in both(text)},
    }
    fieldsets: ClassVar[Any] = (
        (
            None,
            {
                "fields": (
                    "name",
                    "kind",
                    "festivals",
                    "leap_day_in_march",
                    "days_after",
                    "days_before",
                    "days_without",
                )
            },
        ),
        (_("For whom"), {"fields": (("tiers", "stores"),)}),
        (_("When and how"), {"fields": (("channel", "send_at"),)}),
        (
            _("What it says"),
            {
                "fields": (both("subject"), both("body"), both("sms"), both("html")),
                "description": _(
                    "Placeholders in braces are filled for each member: {name}, or {name|dear friend} with words for "
                    "those who gave none. The sender and the way to unsubscribe are added to every message. An empty "
                    "line begins a paragraph, two stars make **bold**, and addresses become links."
                ),
            },
        ),
        (_("What comes with it"), {"fields": (("bonus_points", "reward"),)}),
    )

    explanation_on = _("Whose day it is today is greeted within minutes, if the hour allows it.")
    forecast_line = _("would get it today")

    def turn_on(self, request: HttpRequest, greeting: Greeting) -> None:
        """Switch a greeting on."""
        greetings.switch(greeting, on=True, actor=acting(request))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Broadcasts, which are written like greetings, have a page of their own."""
        return cast("QuerySet[Any]", super().get_queryset(request).exclude(kind=Kind.BROADCAST))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Its occasions say who was greeted: it is paused instead."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """What was changed counts today already: the days that have begun are looked at once more."""
        obj.planned_at = obj.pass_at = None
        super().save_model(request, obj, form, change)

    def idle(self, request: HttpRequest, object_id: Any) -> set[str]:
        greeting = self.get_object(request, object_id)
        return {"switch_on" if greeting and greeting.is_active else "pause"}

    def get_actions_list(self, request: HttpRequest) -> list[Any]:
        """The brake can be let go only while it holds something."""
        idle = set() if self._held() else {"release"}
        return [each for each in super().get_actions_list(request) if each.method.original_function_name not in idle]

    def get_urls(self) -> list[Any]:
        own = path(
            "<int:object_id>/letter/",
            self.admin_site.admin_view(self.letter),
            name=f"campaigns_{self.opts.model_name}_letter",
        )
        return [own, *super().get_urls()]

    def letter(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """The e-mail as one member would read it in one language, for the frames of the preview."""
        if not request.user.has_perm(CHANGE):
            raise PermissionDenied
        greeting = self._found(request, str(object_id))
        member = get_object_or_404(Member, number=request.GET.get("member", ""))
        language = request.GET.get("language", "")
        if language not in settings.MODELTRANSLATION_LANGUAGES:
            raise Http404
        return framed(previews.page(greeting, member, language, at=clock.now()))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        context = {**(extra_context or {}), "held": self._held()}
        return cast("HttpResponse", super().changelist_view(request, context))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if self.model is Greeting and object_id.isdigit() and Broadcast.objects.filter(pk=object_id).exists():
            return HttpResponseRedirect(reverse("admin:campaigns_broadcast_change", args=[object_id]))
        greeting = cast("Greeting | None", self.get_object(request, object_id))
        told = self.told(greeting) if greeting else {}
        return cast(
            "HttpResponse", super().change_view(request, object_id, form_url, {**(extra_context or {}), **told})
        )

    def told(self, greeting: Greeting) -> dict[str, Any]:
        """What the page says beside its form."""
        return _told(greeting)

    @column(_("occasion"), colours={"birthday": "success", "holiday": "info"}, order="kind")
    def shown_kind(self, greeting: Greeting) -> tuple[str, str]:
        return greeting.kind, greeting.get_kind_display()

    @column(_("next"))
    def next_day(self, greeting: Greeting) -> str:
        if greeting.kind != Kind.HOLIDAY:
            return str(_("every day"))
        today = clock.now().date()
        on, code = min((festivals.following(code, today), code) for code in greeting.festivals)
        return f"{date_format(on, 'DATE_FORMAT')} · {festivals.FESTIVALS[code].title}"

    @column(_("channel"))
    def shown_channel(self, greeting: Greeting) -> str:
        return f"{greeting.get_channel_display()} · {greeting.send_at:%H:%M}"

    @column(_("gives"))
    def gives(self, greeting: Greeting) -> str:
        given = [f"+{greeting.bonus_points:,}"] if greeting.bonus_points else []
        return words.listed([*given, *([greeting.reward.name] if greeting.reward else [])]) or words.NOTHING

    @column(_("state"), colours={"on": "success", "paused": "warning"}, order="is_active")
    def state(self, greeting: Greeting) -> tuple[str, str]:
        return ("on", pgettext("state", "on")) if greeting.is_active else ("paused", str(_("paused")))

    @button(_("Switch on"), path="switch-on", permissions=(CHANGE,), icon="play_arrow", look="main")
    def switch_on(self, request: HttpRequest, object_id: str) -> HttpResponse:
        greeting = self._found(request, object_id)
        told = planning.forecast(greeting, at=clock.now())

        def do(_given: dict[str, Any]) -> acts.Text:
            self.turn_on(request, greeting)
            return _("It is on.")

        act = acts.Act(
            title=_("Switch on “%(name)s”") % {"name": greeting},
            explanation=self.explanation_on,
            about=[acts.Line(self.forecast_line, f"{sum(each.members for each in told if not each.reason):,}")],
            button=_("Switch on"),
            form=acts.ConfirmForm(request.POST or None),
            do=do,
            back=self._page(greeting),
        )
        return acts.page(self.admin_site, request, act)

    @button(_("Pause"), path="pause", permissions=(CHANGE,), icon="pause")
    def pause(self, request: HttpRequest, object_id: str) -> HttpResponse:
        greeting = self._found(request, object_id)

        def do(_given: dict[str, Any]) -> acts.Text:
            greetings.switch(greeting, on=False, actor=acting(request))
            return _("It is paused.")

        act = acts.Act(
            title=_("Pause “%(name)s”") % {"name": greeting},
            explanation=_("Nothing of it is sent any more, also of what is planned for today."),
            button=_("Pause"),
            form=acts.ConfirmForm(request.POST or None),
            do=do,
            back=self._page(greeting),
        )
        return acts.page(self.admin_site, request, act)

    @button(_("Copy"), path="copy", permissions=(CHANGE,), icon="content_copy")
    def copy(self, request: HttpRequest, object_id: str) -> HttpResponse:
        greeting = self._found(request, object_id)

        def do(_given: dict[str, Any]) -> acts.Text:
            act.then = self._page(greetings.copy(greeting, actor=acting(request)))
            return _("Here is the copy. It is paused.")

        act = acts.Act(
            title=_("Copy “%(name)s”") % {"name": greeting},
            button=_("Copy"),
            form=acts.ConfirmForm(request.POST or None),
            do=do,
            back=self._page(greeting),
        )
        return acts.page(self.admin_site, request, act)

    @button(_("Preview and test"), path="preview", permissions=(CHANGE,), icon="visibility")
    def preview(self, request: HttpRequest, object_id: str) -> HttpResponse:
        greeting = self._found(request, object_id)

        def do(given: dict[str, Any]) -> acts.Text:
            sent_to = previews.send_test(greeting, given["member"], to=acting(request), at=clock.now())
            return _("Sent to %(address)s.") % {"address": sent_to}

        act = acts.Act(
            title=_("How “%(name)s” reads") % {"name": greeting},
            explanation=_(
                "Nothing is given, and the member gets nothing. You can send it to your own e-mail address. Where the "
                "member has no such occasion, its figures are made up."
            ),
            button=_("Send it to me"),
            form=MemberForm(request.POST or None),
            do=do,
            preview=lambda given: showing.lines(greeting, given["member"], at=clock.now()),
            preview_title=_("What the member would read"),
            preview_button=_("Show"),
            back=self._page(greeting),
        )
        return acts.page(self.admin_site, request, act)

    @button(_("Let them go"), path="release", permissions=(RELEASE,), icon="lock_open", look="main")
    def release(self, request: HttpRequest) -> HttpResponse:
        held = self._held()

        def do(_given: dict[str, Any]) -> acts.Text:
            brake.release(once.programme(), actor=acting(request), at=clock.now())
            return _("They are on their way.")

        act = acts.Act(
            title=_("Let today's greetings go"),
            explanation=_(
                "They are more than ten times those of yesterday, so that we stopped. Please make sure that this is "
                "meant. What is not let go today is given up at the end of the day."
            ),
            about=[acts.Line(_("held back"), f"{held:,}")],
            button=_("Let them go"),
            form=acts.ConfirmForm(request.POST or None),
            do=do,
            back=reverse("admin:campaigns_greeting_changelist"),
        )
        return acts.page(self.admin_site, request, act)

    @button(_("Standard journeys"), path="journeys", permissions=(ADD, CHANGE), icon="route")
    def journeys(self, request: HttpRequest) -> HttpResponse:
        return ready.page(self.admin_site, request)

    def _held(self) -> int:
        programme = once.programme_or_none()
        return once.read("held", lambda: brake.held(programme, at=clock.now())) if programme else 0

    def _page(self, greeting: Greeting) -> str:
        return reverse(f"admin:campaigns_{self.opts.model_name}_change", args=[greeting.pk])

    def _found(self, request: HttpRequest, object_id: str) -> Greeting:
        greeting = self.get_object(request, object_id)
        if greeting is None:
            raise PermissionDenied
        return cast("Greeting", greeting)


def _told(greeting: Greeting) -> dict[str, Any]:
    """What the page of a greeting says beside its form: today, the next days, the results."""
    programme = current_or_none()
    if programme is None:
        return {}
    today = planning.forecast(greeting, at=clock.now())
    came = results.of(greeting, programme)
    reasons: dict[str, str] = {code: str(label) for code, label in Occasion.Reason.choices}
    channels: dict[str, str] = {code: str(label) for code, label in Message.Channel.choices}
    planned = greeting.occasions.filter(on=clock.business_date(clock.now(), programme), state__in=GOING).count()
    return {
        "planned": planned,
        "today": [(channels[each.channel], each.members) for each in today if not each.reason],
        "today_not": [(reasons[each.reason], each.members) for each in today if each.reason],
        "today_total": planned + sum(each.members for each in today if not each.reason),
        "came": came,
        "came_by_channel": [(channels[code], count) for code, count in came.by_channel.items()],
        "came_not": [(reasons.get(code, code), count) for code, count in came.suppressed.items()],
        "came_cost": words.amount(came.cost, programme.currency),
        "placeholders": placeholder_lines(greeting),
    }
