"""What staff fill in about challenges. What contradicts itself is said beside the field."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from campaigns import challenges
from campaigns.admin import offer_forms
from campaigns.models import Challenge
from core import money, once, words
from core.admin.acts import refuse
from core.admin.bilingual import BilingualForm
from core.errors import LoyaltyError
from sales.models import Product

Kind = Challenge.Kind
BY_MINIMUM = (Kind.VISITS, Kind.STREAK)
MOST_SKUS = 50


class ChallengeForm(BilingualForm):
    """A challenge: what counts, until how much, when, where, for whom, how often, and what it gives."""

    categories = offer_forms.some(_("Categories"), offer_forms.categories, _("Only their goods count."))
    skus = forms.CharField(
        label=_("Products"),
        required=False,
        max_length=2000,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Their SKUs, with commas between. They count beside the categories. Neither: all goods."),
    )
    stores = offer_forms.some(_("Stores"), offer_forms.stores, _("None chosen: all."))
    tiers = offer_forms.some(_("Tiers"), offer_forms.tiers, _("Who holds one of them takes part. None chosen: all."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "code" in self.fields:
            self.fields["code"].disabled = True  # tills and references name it
        if self.instance.started_at:
            for name in challenges.FIXED:
                if field := self.fields.get(name.removesuffix("_id")):
                    field.disabled = True
        for name in ("goal", "minimum"):
            if (number := getattr(self.instance, name)) is not None:
                self.initial[name] = words.quantity(number)
        self.initial["skus"] = ", ".join(self.instance.skus)

    def clean_skus(self) -> list[str]:
        """Products that we know: a mistyped SKU would never be bought."""
        found = {part.strip() for part in self.cleaned_data["skus"].replace("，", ",").split(",")} - {""}
        if len(found) > MOST_SKUS:
            raise forms.ValidationError(_("At most %(most)s, please: take a category.") % {"most": MOST_SKUS})
        unknown = found - set(Product.objects.filter(sku__in=found).values_list("sku", flat=True))
        if unknown:
            raise forms.ValidationError(
                _("No product has this SKU: %(skus)s") % {"skus": words.listed(sorted(unknown))}
            )
        return sorted(found)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        kind = cleaned.get("kind")
        self._clear(cleaned, kind)
        self._check_goal(cleaned, is_money=kind == Kind.SPEND)
        if kind == Kind.STREAK and not cleaned.get("period"):
            self.add_error("period", _("Weeks or months? A challenge of this kind needs it."))
        begins_on, ends_on = cleaned.get("begins_on"), cleaned.get("ends_on")
        if begins_on and ends_on and ends_on < begins_on:
            self.add_error("ends_on", _("Not before the first day."))
        self._check_gift(cleaned)
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.instance.pk and not self.errors:
            try:
                challenges.require_savable(self.instance)
            except LoyaltyError as refusal:
                refuse(self, refusal)

    def _clear(self, cleaned: dict[str, Any], kind: Any) -> None:
        """What the page hides, as this kind does not ask for it."""
        hidden = {"period": ("", kind != Kind.STREAK), "minimum": (Decimal(0), kind not in BY_MINIMUM)}
        for name, (value, is_hidden) in hidden.items():
            if is_hidden:
                cleaned[name] = value
                self._errors.pop(name, None)  # type: ignore[attr-defined]

    def _check_goal(self, cleaned: dict[str, Any], *, is_money: bool) -> None:
        programme, goal, minimum = once.programme_or_none(), cleaned.get("goal"), cleaned.get("minimum")
        if goal is not None and not is_money and goal != int(goal):
            self.add_error("goal", _("A whole number, please."))
        amounts = {"minimum": minimum, **({"goal": goal} if is_money else {})}
        for name, amount in amounts.items():
            if programme and amount is not None and not money.fits(amount, programme.currency):
                self.add_error(name, _("Not so many places after the point."))
        if programme and minimum and minimum > programme.most_of_a_purchase:
            largest = money.shown(programme.most_of_a_purchase, programme.currency)
            self.add_error("minimum", _("No purchase may come to more than %(largest)s.") % {"largest": largest})

    def _check_gift(self, cleaned: dict[str, Any]) -> None:
        badge = cleaned.get("badge")
        if not (cleaned.get("points") or cleaned.get("reward") or badge) and "points" not in self.errors:
            self.add_error("points", _("Points, a voucher or a badge: it must give something."))
        if cleaned.get("badge_title_en") and not badge and "badge" not in self.errors:
            self.add_error("badge", _("Choose a drawing for it, or leave the title empty."))
