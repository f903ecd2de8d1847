"""What staff fill in about a member."""

import uuid
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDateWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelect2Widget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from core.admin.acts import ActForm, ReasonForm
from members import birthdays
from members.birthdays import Birthday
from members.models import Consent, Member
from points.models import PointType
from tiers.models import Tier

BIRTHDAY = ("birth_month", "birth_day", "birth_year", "birth_calendar", "birth_is_leap_month")

# Why staff give or take points. Members read it in their language, so it is one of these.
REASONS = {
    "goodwill": _("Goodwill"),
    "missing_purchase": _("A purchase that was not recorded"),
    "correction": _("Correction of a mistake"),
    "event": _("Event or competition"),
    "misuse": _("Misuse"),
}


def _zones() -> list[tuple[str, Any]]:
    return [("", _("The programme's")), *((zone, zone) for zone in sorted(available_timezones()))]


class ProfileForm(ActForm):
    """What is known about a member. One of phone, e-mail and external id is enough."""

    name = forms.CharField(label=_("Name"), max_length=120, required=False, widget=UnfoldAdminTextInputWidget)
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("With + and country, or as dialled in the programme's country."),
    )
    email = forms.CharField(label=_("E-mail"), max_length=254, required=False, widget=UnfoldAdminTextInputWidget)
    external_id = forms.CharField(
        label=_("External id"), max_length=80, required=False, widget=UnfoldAdminTextInputWidget
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, widget=UnfoldAdminSelectWidget)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=_zones, required=False, widget=UnfoldAdminSelect2Widget)
    birth_calendar = forms.ChoiceField(
        label=_("Birthday by calendar"), choices=Member.Calendar.choices, widget=UnfoldAdminSelectWidget
    )
    birth_month = forms.IntegerField(
        label=_("Birth month"), min_value=1, max_value=12, required=False, widget=UnfoldAdminIntegerFieldWidget
    )
    birth_day = forms.IntegerField(
        label=_("Birth day"), min_value=1, max_value=31, required=False, widget=UnfoldAdminIntegerFieldWidget
    )
    birth_year = forms.IntegerField(
        label=_("Birth year"), min_value=1900, max_value=2100, required=False, widget=UnfoldAdminIntegerFieldWidget
    )
    birth_is_leap_month = forms.BooleanField(
        label=_("Leap month"), required=False, widget=UnfoldBooleanSwitchWidget, help_text=_("Lunar calendar only.")
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if bool(cleaned.get("birth_month")) != bool(cleaned.get("birth_day")):
            self.add_error("birth_day", _("Give month and day, or neither."))
        return cleaned

    def profile(self) -> dict[str, Any]:
        """What was filled in, as members.enrolment takes it."""
        given = {name: value for name, value in self.cleaned_data.items() if name not in {*BIRTHDAY, "seen"}}
        return {**given, "birthday": self._birthday()}

    def _birthday(self) -> Birthday | None:
        given = self.cleaned_data
        if not given["birth_month"]:
            return None
        return Birthday(
            month=given["birth_month"],
            day=given["birth_day"],
            year=given["birth_year"],
            calendar=given["birth_calendar"],
            is_leap_month=given["birth_is_leap_month"],
        )


def profile_of(member: Member) -> dict[str, Any]:
    """The form's values for a member as they are known now."""
    found = birthdays.of(member)
    told = {name: getattr(member, name) for name in ProfileForm.base_fields if hasattr(member, name)}
    return {**told, "phone": str(member.phone or ""), "birth_calendar": found.calendar if found else "solar"}


class AdjustForm(ActForm):
    """Points given or taken by hand."""

    reference = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    point_type: "forms.ModelChoiceField[PointType]" = forms.ModelChoiceField(
        label=_("Of"), queryset=PointType.objects.order_by("-is_default", "code"), widget=UnfoldAdminSelectWidget
    )
    direction = forms.ChoiceField(
        label=_("Do what"),
        choices=[("give", _("Give points")), ("take", _("Take points"))],
        widget=UnfoldAdminRadioSelectWidget,
    )
    points = forms.IntegerField(
        label=_("How many"),
        min_value=1,
        max_value=10_000_000,
        widget=UnfoldAdminIntegerFieldWidget,
        error_messages={"min_value": _("One at least, and without a minus: giving or taking is chosen above.")},
    )
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[("", "—"), *REASONS.items()],
        widget=UnfoldAdminSelectWidget,
        help_text=_("The member reads it in their history."),
    )
    note_for_member = forms.CharField(
        label=_("Note for the member"),
        max_length=200,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Shown beside the reason. Leave it empty if the reason says it all."),
    )
    internal_note = forms.CharField(
        label=_("Internal note"),
        max_length=500,
        required=False,
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
        help_text=_("For colleagues: what happened, who asked. The member does not see it."),
    )

    @property
    def signed(self) -> int:
        """The points, with their sign."""
        points: int = self.cleaned_data["points"]
        return points if self.cleaned_data["direction"] == "give" else -points


class GiveTierForm(ReasonForm):
    """A tier given by hand. Everybody holds the lowest."""

    field_order = ("tier", "until", "reason")

    tier: "forms.ModelChoiceField[Tier]" = forms.ModelChoiceField(
        label=_("Tier"),
        queryset=Tier.objects.filter(rank__gt=0).order_by("rank"),
        widget=UnfoldAdminSelectWidget,
    )
    until = forms.DateField(
        label=_("Until"),
        required=False,
        widget=UnfoldAdminDateWidget,
        help_text=_("The last day. Leave it empty for as long as if it had been reached today."),
    )


class ConsentForm(ActForm):
    """What a member told staff that they want, or no longer want."""

    channel = forms.ChoiceField(label=_("Channel"), choices=Consent.Channel.choices, widget=UnfoldAdminSelectWidget)
    purpose = forms.ChoiceField(label=_("Purpose"), choices=Consent.Purpose.choices, widget=UnfoldAdminSelectWidget)
    answer = forms.ChoiceField(
        label=_("The member says"),
        choices=[("yes", _("yes")), ("no", _("no"))],
        widget=UnfoldAdminRadioSelectWidget,
    )
