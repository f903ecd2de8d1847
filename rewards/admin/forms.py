"""What staff fill in about rewards."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from core import clock
from core.admin.acts import ActForm, ReasonForm
from core.admin.bilingual import BilingualForm
from core.errors import LoyaltyError
from rewards import pictures, supply
from rewards.models import Reward

Kind = Reward.Kind
# Which of the three figures a reward of each kind must have, and which it may have besides.
NEEDED = {Kind.AMOUNT_OFF: "amount", Kind.PERCENT_OFF: "percent"}
ALLOWED = {
    Kind.AMOUNT_OFF: {"amount"},
    Kind.PERCENT_OFF: {"percent"},
    Kind.GIFT: {"worth"},
    Kind.EXPERIENCE: {"worth"},
}
FIGURES = ("worth", "amount", "percent")


class RewardForm(BilingualForm):
    """A reward, with a photograph of it."""

    photograph = forms.FileField(
        label=_("Photograph"),
        required=False,
        widget=UnfoldAdminFileFieldWidget,
        help_text=_("PNG, JPEG or WebP of at most 8 MB, best 4:3. Without one, the drawing is shown."),
    )
    no_photograph = forms.BooleanField(
        label=_("Remove the photograph"), required=False, widget=UnfoldBooleanSwitchWidget
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self._check_figures(cleaned)
        begins_on, ends_on = cleaned.get("begins_on"), cleaned.get("ends_on")
        if begins_on and ends_on and ends_on < begins_on:
            self.add_error("ends_on", _("Not before the first day."))
        if cleaned.get("limit_days") and not cleaned.get("limit_per_member"):
            self.add_error("limit_per_member", _("How many within these days?"))
        if not self.errors:
            self._take_photograph(cleaned)
        return cleaned

    def _check_figures(self, cleaned: dict[str, Any]) -> None:
        kind = cleaned.get("kind")
        if kind is None:
            return
        for name in FIGURES:
            value = cleaned.get(name)
            if value is None:
                if NEEDED.get(kind) == name and name not in self.errors:
                    self.add_error(name, _("A reward of this kind needs it."))
            elif name not in ALLOWED[kind]:
                self.add_error(name, _("Not for a reward of this kind: leave it empty."))
            elif value < 0 or (name == "amount" and not value):
                self.add_error(name, _("This is too little."))

    def _take_photograph(self, cleaned: dict[str, Any]) -> None:
        if cleaned.get("no_photograph"):
            self.instance.picture = None
        if upload := cleaned.get("photograph"):
            try:
                self.instance.picture = pictures.keep(upload.read(), at=clock.now())
            except LoyaltyError as refusal:
                self.add_error("photograph", str(refusal))


class StockForm(ReasonForm):
    """So many pieces more, or fewer."""

    by = forms.IntegerField(
        label=_("By how many"),
        min_value=-supply.MOST_AT_ONCE,
        max_value=supply.MOST_AT_ONCE,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_("20 puts twenty pieces into stock, -5 takes five out that nobody has redeemed."),
    )
    field_order = ("by", "reason")

    def clean_by(self) -> int:
        by: int = self.cleaned_data["by"]
        if not by:
            raise forms.ValidationError(_("How many?"))
        return by


class CodesForm(ActForm):
    """A file of codes."""

    name = forms.CharField(
        label=pgettext_lazy("of a code pool", "Name"),
        max_length=80,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Who supplied them, and when."),
    )
    file = forms.FileField(
        label=_("File"),
        widget=UnfoldAdminFileFieldWidget,
        help_text=_("CSV or text in UTF-8: one code a line, in the first column. A first line “code” is left out."),
    )
