"""Broadcasts: a letter to a segment, on a day, by each member's own clock; and what it brought."""

from typing import Any, ClassVar, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from access.admin.acting import acting
from campaigns import broadcasts, effects
from campaigns.admin.forms import GreetingForm
from campaigns.admin.greetings import GreetingAdmin
from campaigns.effects import Crowd, Effect
from campaigns.intervals import Difference
from campaigns.models import Broadcast, Greeting
from core import clock, once, words
from core.admin.base import StaffAdmin
from core.admin.bilingual import both
from core.admin.columns import column

# Whom it is for stays as it was once anybody has been chosen.
CHOSEN = ("segment", "on", "send_at", "lasts_days", "hold_out", "channel")


class BroadcastForm(GreetingForm):
    """A broadcast: to which segment, when, how fast, what it says and what comes with it."""

    festivals = None  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.kind = Greeting.Kind.BROADCAST
        if "segment" in self.fields:
            self.fields["segment"].queryset = self.fields["segment"].queryset.filter(is_active=True)  # type: ignore[attr-defined]
        if self.instance.pk and broadcasts.has_begun(self.instance):
            for name in CHOSEN:
                if name in self.fields:
                    self.fields[name].disabled = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        on, is_new = cleaned.get("on"), "on" in self.changed_data
        if on and is_new and on < clock.business_date(clock.now(), once.programme()):
            self.add_error("on", _("This day has passed."))
        return cleaned


@admin.register(Broadcast)
class BroadcastAdmin(GreetingAdmin):
    form = BroadcastForm
    list_display = ("name", "segment", "shown_day", "shown_channel", "gives", "state")
    list_select_related: ClassVar[tuple[str, ...]] = ("reward", "segment")
    list_filter = ("is_active", "segment")
    list_before_template = ""
    change_form_outer_before_template = "admin/parts/broadcast.html"
    actions_detail: ClassVar = ["switch_on", "pause", "preview"]
    actions_list: ClassVar = []
    ordering = ("-on", "-id")
    conditional_fields: ClassVar = {
        name: rule
        for name, rule in GreetingAdmin.conditional_fields.items()
        if name.startswith(("sms", "subject", "body"))
    }
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("name", "segment")}),
        (_("When and how"), {"fields": (("on", "send_at"), ("channel", "lasts_days"), ("per_minute", "hold_out"))}),
        (
            _("What it says"),
            {
                "fields": (both("subject"), both("body"), both("sms")),
                "description": _(
                    "Placeholders in braces are filled for each member: {name}, or {name|dear friend} with words for "
                    "those who gave none. The sender and the way to unsubscribe are added to every message."
                ),
            },
        ),
        (_("What comes with it"), {"fields": (("bonus_points", "reward"),)}),
    )

    explanation_on = _("Each member gets it at that hour by their own clock; on its day it begins within minutes.")
    forecast_line = _("would get it")

    def turn_on(self, request: HttpRequest, greeting: Greeting) -> None:
        broadcasts.schedule(self._broadcast(greeting), actor=acting(request), at=clock.now())

    def _broadcast(self, greeting: Greeting) -> Broadcast:
        return greeting if isinstance(greeting, Broadcast) else greeting.broadcast

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return cast("QuerySet[Any]", ModelAdmin.get_queryset(self, request))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Who was chosen stays chosen: nobody is looked for once more."""
        StaffAdmin.save_model(self, request, obj, form, change)

    def told(self, greeting: Greeting) -> dict[str, Any]:
        found = super().told(greeting)
        broadcast = self._broadcast(greeting)
        return {**found, **_compared(broadcast)} if found and broadcast.hold_out else found

    @column(_("day"), order="on")
    def shown_day(self, broadcast: Broadcast) -> str:
        return date_format(broadcast.on, "DATE_FORMAT")


def _compared(broadcast: Broadcast) -> dict[str, Any]:
    """The two groups side by side, and what can be said of the difference."""
    effect = effects.of(broadcast)
    currency = once.programme().currency

    def row(name: str, crowd: Crowd) -> tuple[str, str, str, str, str]:
        return (
            name,
            f"{crowd.members:,}",
            _share(crowd.buyers, crowd.members),
            words.amount(crowd.amount / crowd.members, currency) if crowd.members else words.NOTHING,
            _share(crowd.redeemers, crowd.members),
        )

    return {
        "crowds": [
            row(gettext("written to"), effect.written_to),
            row(gettext("kept out to compare"), effect.kept_out),
        ],
        "days": ngettext(
            "Within %(days)d day of each member's hour, so far", "Within %(days)d days of each member's hour, so far",
            effects.DAYS,
        ) % {"days": effects.DAYS},
        "verdicts": _verdicts(effect),
    }  # fmt: skip


def _share(did: int, of: int) -> str:
    return f"{did:,} · {100 * did / of:.1f} %" if of else words.NOTHING


def _verdicts(effect: Effect) -> list[str]:
    return [_verdict(gettext("Buying"), effect.buying), _verdict(gettext("Redeeming"), effect.redeeming)]


def _verdict(what: str, found: Difference | None) -> str:
    if found is None:
        refused = gettext("%(what)s: too few to judge. Each group needs a hundred members, and ten must have done it.")
        return refused % {"what": what}
    if found.is_sure:
        said = gettext("%(what)s: %(value)s percentage points, between %(least)s and %(most)s with 95 %% confidence.")
    else:
        said = gettext("%(what)s: no sure difference (%(value)s percentage points, between %(least)s and %(most)s).")
    figures = {"value": found.value, "least": found.least, "most": found.most}
    return said % {"what": what, **{name: f"{100 * figure:+.1f}" for name, figure in figures.items()}}
