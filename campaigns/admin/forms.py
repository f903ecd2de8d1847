"""What staff fill in about greetings. A text that could not be filled is refused when it is saved."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from campaigns import festivals, greetings, placeholders
from campaigns.models import SERVICE, Greeting
from core import clock
from core.admin.acts import ActForm
from core.admin.bilingual import BilingualForm, both
from core.errors import LoyaltyError
from members import identity
from members.models import Member
from messaging import ownhtml, queries

TEXTS = ("subject", "body", "html", "sms")
DAYS = ("days_after", "days_before", "days_without")
LINES = {"body": 7, "html": 7, "sms": 2}


def _festivals() -> list[tuple[str, str]]:
    """The festivals with their next day, the next one first."""
    today = clock.now().date()
    dated = sorted((festivals.following(code, today), code) for code in festivals.FESTIVALS)
    return [(code, f"{_title(code)} · {date_format(on, 'DATE_FORMAT')}") for on, code in dated]


def _title(code: str) -> str:
    festival = festivals.FESTIVALS[code]
    if festival.is_solemn:
        return str(_("%(festival)s (in memory of the dead)") % {"festival": festival.title})
    return str(festival.title)


class GreetingForm(BilingualForm):
    """A greeting: its occasion, for whom, when, over what, what it says and what comes with it."""

    festivals = forms.MultipleChoiceField(
        label=_("Festivals"), choices=_festivals, required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "kind" in self.fields:
            kinds = [choice for choice in Greeting.Kind.choices if choice[0] != Greeting.Kind.BROADCAST]
            self.fields["kind"].choices = [("", "---------"), *kinds]  # type: ignore[attr-defined]
        for name in DAYS:
            if name in self.fields:
                self.fields[name].required = False  # of most kinds it says nothing
        if "kind" in self.fields:
            # Its occasions are of that kind; another one is another greeting.
            self.fields["kind"].disabled = bool(self.instance.pk)

    class Meta:
        widgets = {
            "tiers": UnfoldAdminCheckboxSelectMultipleWidget,
            "stores": UnfoldAdminCheckboxSelectMultipleWidget,
        } | {name: UnfoldAdminTextareaWidget({"rows": rows}) for text, rows in LINES.items() for name in both(text)}

    def clean(self) -> dict[str, Any]:
        own = {column: self.cleaned_data.get(column) for column in both("html") if column in self.fields}
        # Where a language has no HTML of its own, its own text is shown rather than the other's HTML.
        cleaned = super().clean() | own
        for name in DAYS:
            if name in self.fields and cleaned.get(name) is None:
                cleaned[name] = getattr(self.instance, name)
        kind = cleaned.get("kind") or self.instance.kind
        if kind != Greeting.Kind.HOLIDAY:
            cleaned["festivals"] = []
        elif not cleaned.get("festivals"):
            self.add_error("festivals", _("Choose one festival at least."))
        if kind in SERVICE and (cleaned.get("bonus_points") or cleaned.get("reward")):
            self.add_error(
                "bonus_points" if cleaned.get("bonus_points") else "reward",
                _("What members need to know goes also to those who want no marketing: it can't come with a present."),
            )
        self._check_html(cleaned)
        self._check_texts(cleaned, kind)
        self._check_hour(cleaned)
        return cleaned

    def _check_texts(self, cleaned: dict[str, Any], kind: str) -> None:
        channel = cleaned.get("channel", "")
        for name in TEXTS:
            columns = [column for column in both(name) if column in self.fields]
            if name in greetings.texts_needed(channel) and not any(cleaned.get(column) for column in columns):
                self.add_error(columns[0], _("This channel needs it, in one language at least."))
            for column in columns:
                self._check_placeholders(column, cleaned, kind)

    def _check_html(self, cleaned: dict[str, Any]) -> None:
        for column in both("html"):
            try:
                cleaned[column] = ownhtml.clean(cleaned.get(column) or "")
            except LoyaltyError as refusal:
                self.add_error(column, str(refusal))

    def _check_placeholders(self, column: str, cleaned: dict[str, Any], kind: str) -> None:
        try:
            greetings.check_text(
                cleaned.get(column) or "",
                kind=kind,
                has_bonus=bool(cleaned.get("bonus_points")),
                has_reward=bool(cleaned.get("reward")),
            )
        except LoyaltyError as refusal:
            self.add_error(column, str(refusal))

    def _check_hour(self, cleaned: dict[str, Any]) -> None:
        send_at, channel = cleaned.get("send_at"), cleaned.get("channel")
        for ringing, hours in queries.sending_hours().items():
            if send_at and channel in {ringing, Greeting.Channel.BEST} and not hours.begins <= send_at < hours.ends:
                self.add_error(
                    "send_at",
                    _("Nothing rings at that hour: from %(begins)s until %(ends)s only.")
                    % {"begins": f"{hours.begins:%H:%M}", "ends": f"{hours.ends:%H:%M}"},
                )
                return


def placeholder_lines(greeting: Greeting) -> list[tuple[str, str]]:
    """The placeholders of a greeting and what they become."""
    known = placeholders.allowed(
        kind=greeting.kind, has_bonus=bool(greeting.bonus_points), has_reward=greeting.reward_id is not None
    )
    return [(f"{{{name}}}", str(placeholders.MEANINGS[name])) for name in known]


class MemberForm(ActForm):
    """Whose letter to look at."""

    member = forms.CharField(
        label=_("As this member would read it"),
        max_length=120,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Member number, phone or e-mail"),
    )

    def clean_member(self) -> Member:
        text = str(self.cleaned_data["member"]).strip()
        known = Q(cards__number=text) | Q(phone=text) | Q(email=text.lower())
        found = Member.objects.filter(known).first()
        if found is None:
            raise forms.ValidationError(str(identity.UnknownMember.sentence))
        return found
