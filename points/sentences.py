"""Pure: an earning rule read back as sentences, in the language that is active."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Protocol

from django.utils.translation import get_language, gettext, ngettext

from core import money


class Terms(Protocol):
    """What an earning rule says: a version of it, or one about to be published."""

    @property
    def points(self) -> int: ...
    @property
    def per_amount(self) -> Decimal: ...
    @property
    def rounding(self) -> str: ...
    @property
    def only_categories(self) -> Sequence[str]: ...
    @property
    def except_categories(self) -> Sequence[str]: ...
    @property
    def tier_multiplies(self) -> bool: ...
    @property
    def is_active(self) -> bool: ...


def of(terms: Terms, *, currency: str, categories: Mapping[str, str]) -> str:
    """The rule in full sentences. CATEGORIES gives the names of categories by code, in the active language."""
    if not terms.is_active:
        return gettext("The rule gives no points.")
    spent = money.shown(terms.per_amount, currency)
    found = [
        ngettext(
            "%(points)d point for every %(amount)s spent.",
            "%(points)d points for every %(amount)s spent.",
            terms.points,
        )
        % {"points": terms.points, "amount": spent},
        _rounded(terms.rounding),
        gettext("The tier multiplies them.") if terms.tier_multiplies else gettext("The tier does not multiply them."),
    ]
    if terms.only_categories:
        found.append(gettext("Only for: %(categories)s.") % {"categories": _names(terms.only_categories, categories)})
    if terms.except_categories:
        found.append(gettext("Not for: %(categories)s.") % {"categories": _names(terms.except_categories, categories)})
    return ("" if (get_language() or "").startswith("zh") else " ").join(found)


def _rounded(rounding: str) -> str:
    if rounding == "up":
        return gettext("Parts of a point are rounded up.")
    if rounding == "half_up":
        return gettext("Half a point and more is rounded up.")
    return gettext("Parts of a point are rounded down.")


def _names(codes: Sequence[str], categories: Mapping[str, str]) -> str:
    return gettext(", ").join(categories.get(code, code) for code in codes)
