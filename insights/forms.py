"""Which period, and which points, staff look at."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from insights import periods
from insights.periods import Period
from points.models import PointType

CUSTOM = "custom"
CHOICES = [
    ("today", _("Today")),
    ("7", _("7 days")),
    ("30", _("30 days")),
    ("90", _("90 days")),
    ("month", _("This month")),
    (CUSTOM, _("From–to")),
]


class PeriodForm(forms.Form):
    """The period in business dates of the programme, up to TODAY. What does not make sense says so beside it."""

    period = forms.ChoiceField(choices=CHOICES, required=False)
    since = forms.DateField(label=_("From"), required=False)
    until = forms.DateField(label=_("To"), required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("period") != CUSTOM or self.errors:
            return cleaned
        since, until = cleaned.get("since"), cleaned.get("until")
        for name, day in (("since", since), ("until", until)):
            if day is None:
                self.add_error(name, _("Choose a day."))
            elif day > self.today:
                self.add_error(name, _("Choose a day up to today."))
        if since and until and not self.errors:
            if since > until:
                self.add_error("until", _("Choose a day that is not before the first one."))
            elif (until - since).days >= periods.LONGEST_DAYS:
                self.add_error("since", _("Choose at most %(days)s days.") % {"days": f"{periods.LONGEST_DAYS:,}"})
        return cleaned

    @property
    def chosen(self) -> str:
        """The name of the period; the usual one where none was chosen, or a wrong one."""
        if not self.is_valid():
            return periods.USUAL
        return self.cleaned_data["period"] or periods.USUAL

    @property
    def days(self) -> Period:
        """The period itself."""
        if self.chosen == CUSTOM:
            return Period(self.cleaned_data["since"], self.cleaned_data["until"])
        return periods.preset(self.chosen, self.today)


def chosen_type(code: str, types: list[PointType]) -> PointType | None:
    """The point type that CODE names, else the main one, else the first."""
    named = [each for each in types if each.code == code]
    return next(iter(named or [each for each in types if each.is_default] or types), None)
