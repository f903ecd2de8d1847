"""What staff fill in about offers. What contradicts itself is said beside the field."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectWidget,
)

from campaigns import offers
from campaigns.models import Offer
from core import money, once, words
from core.admin.acts import ActForm, refuse
from core.admin.bilingual import BilingualForm
from core.errors import LoyaltyError
from sales.models import Category, Store
from tiers.models import Tier

Kind = Offer.Kind
Choices = list[tuple[str, str]]


def categories() -> Choices:
    return [(row.code, row.name) for row in Category.objects.order_by("code")]


def tiers() -> Choices:
    return [(row.code, row.name) for row in Tier.objects.order_by("rank")]


def stores() -> Choices:
    return [(row.code, row.name) for row in Store.objects.order_by("code")]


def _weekdays() -> list[tuple[int, str]]:
    return [(day, str(name)) for day, name in WEEKDAYS.items()]


def _some(label: Any, choices: Callable[[], Any], help_text: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        choices=choices,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=help_text,
    )


class OfferForm(BilingualForm):
    """An offer: what it gives, when, where, to whom, for what, and how much of it there is."""

    weekdays = forms.TypedMultipleChoiceField(
        label=_("Weekdays"),
        choices=_weekdays,
        coerce=int,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("By business days. None chosen: all."),
    )
    stores = _some(_("Stores"), stores, _("None chosen: all."))
    categories = _some(_("Categories"), categories, _("Only their goods count. None chosen: all goods."))
    tiers = _some(_("Tiers"), tiers, _("That the member holds at the sale. None chosen: all."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "code" in self.fields:
            self.fields["code"].disabled = True  # tills and reasons name it
        if self.instance.minimum is not None:
            self.initial["minimum"] = words.quantity(self.instance.minimum)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self._check_gift(cleaned)
        begins_on, ends_on = cleaned.get("begins_on"), cleaned.get("ends_on")
        if begins_on and ends_on and ends_on < begins_on:
            self.add_error("ends_on", _("Not before the first day."))
        self._check_days(cleaned)
        self._check_hours(cleaned)
        self._check_minimum(cleaned)
        points, budget = cleaned.get("points"), cleaned.get("budget")
        if points and budget and budget < points:
            self.add_error("budget", _("It is not enough for one purchase."))
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.instance.pk and not self.errors:
            try:
                offers.require_savable(self.instance)
            except LoyaltyError as refusal:
                refuse(self, refusal)

    def _check_gift(self, cleaned: dict[str, Any]) -> None:
        """Of times and points the one that the kind asks for, and not the other."""
        is_times = cleaned.get("kind") == Kind.MULTIPLIER
        needed, other = ("multiplier", "points") if is_times else ("points", "multiplier")
        cleaned[other] = None  # the page hides it
        self._errors.pop(other, None)  # type: ignore[attr-defined]
        if cleaned.get(needed) is None and needed not in self.errors:
            self.add_error(needed, _("An offer of this kind needs it."))
        elif is_times and (times := cleaned.get("multiplier")) and times <= 1:
            self.add_error("multiplier", _("More than 1: with 1 it would give nothing."))

    def _check_days(self, cleaned: dict[str, Any]) -> None:
        begins_on, ends_on, weekdays = (cleaned.get(name) for name in ("begins_on", "ends_on", "weekdays"))
        if not (begins_on and ends_on and weekdays) or ends_on < begins_on:
            return
        days = {(begins_on.weekday() + more) % 7 for more in range(min(7, (ends_on - begins_on).days + 1))}
        if not days & set(weekdays):
            self.add_error("weekdays", _("None of them lies between the first day and the last."))

    def _check_hours(self, cleaned: dict[str, Any]) -> None:
        begins, ends = cleaned.get("from_time"), cleaned.get("until_time")
        if (begins is None) != (ends is None):
            self.add_error("until_time" if ends is None else "from_time", _("Fill in both hours, or neither."))
        elif begins and ends and ends <= begins:
            self.add_error("until_time", _("Later than the hour at which it begins, please."))

    def _check_minimum(self, cleaned: dict[str, Any]) -> None:
        programme, minimum = once.programme_or_none(), cleaned.get("minimum")
        if programme and minimum is not None and not money.fits(minimum, programme.currency):
            self.add_error("minimum", _("Not so many places after the point."))
        if programme and minimum is not None and minimum > programme.most_of_a_purchase:
            largest = money.shown(programme.most_of_a_purchase, programme.currency)
            self.add_error("minimum", _("No purchase may come to more than %(largest)s.") % {"largest": largest})


class BasketForm(ActForm):
    """Goods to try an offer with."""

    amount = forms.DecimalField(
        label=_("Amount"),
        min_value=Decimal("0.01"),
        max_digits=12,
        decimal_places=3,
        widget=UnfoldAdminDecimalFieldWidget,
    )
    category = forms.ChoiceField(
        label=_("Category"),
        choices=lambda: [("", _("without category")), *categories()],
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    tier = forms.ChoiceField(label=_("Tier"), choices=tiers, widget=UnfoldAdminSelectWidget)
