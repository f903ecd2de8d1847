"""Pure: an offer read back as one sentence, and why a basket does not get it, in the language that is active."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from decimal import Decimal
from typing import Protocol

from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext, pgettext

from core import money, words

Words = Mapping[str, str]


class Terms(Protocol):
    """What an offer says: a version of it, or one about to be kept."""

    @property
    def multiplier(self) -> Decimal | None: ...
    @property
    def points(self) -> int | None: ...
    @property
    def begins_on(self) -> date: ...
    @property
    def ends_on(self) -> date | None: ...
    @property
    def weekdays(self) -> Iterable[int]: ...
    @property
    def from_time(self) -> time | None: ...
    @property
    def until_time(self) -> time | None: ...
    @property
    def minimum(self) -> Decimal: ...
    @property
    def per_member(self) -> int | None: ...
    @property
    def budget(self) -> int | None: ...


def of(
    terms: Terms, *, currency: str, categories: Sequence[Words], tiers: Sequence[Words], stores: Sequence[Words]
) -> str:
    """The offer in one sentence; CATEGORIES, TIERS and STORES are the names of those that it is for, none: all."""
    clauses = [
        _given(terms),
        gettext("on %(categories)s") % {"categories": _listed(categories)} if categories else "",
        least(terms, currency),
        days(terms),
        _week(terms),
        _hours(terms),
        gettext("in %(stores)s") % {"stores": _listed(stores)} if stores else "",
        gettext("for %(tiers)s members") % {"tiers": _listed(tiers)} if tiers else "",
        _limits(terms),
        gettext("at most %(points)s points in all") % {"points": f"{terms.budget:,}"} if terms.budget else "",
    ]
    return _joined(clauses) + pgettext("end of a sentence", ".")


def conditions(terms: Terms, *, currency: str, categories: Sequence[Words], stores: Sequence[Words]) -> str:
    """What a member must do for it: goods, minimum, days of the week, hours, stores, how often."""
    clauses = [
        gettext("on %(categories)s") % {"categories": _listed(categories)} if categories else "",
        least(terms, currency),
        _week(terms),
        _hours(terms),
        gettext("in %(stores)s") % {"stores": _listed(stores)} if stores else "",
        _limits(terms),
    ]
    return _joined(clauses)


def days(terms: Terms) -> str:
    """From which day to which, and on which days of the week none."""
    begins = date_format(terms.begins_on, "DATE_FORMAT")
    if terms.ends_on is None:
        return gettext("from %(begins)s on") % {"begins": begins}
    if terms.ends_on == terms.begins_on:
        return gettext("on %(day)s") % {"day": begins}
    return gettext("from %(begins)s to %(ends)s") % {
        "begins": begins, "ends": date_format(terms.ends_on, "DATE_FORMAT")
    }  # fmt: skip


def least(terms: Terms, currency: str) -> str:
    """What the goods must come to; "" where anything does."""
    if not terms.minimum:
        return ""
    return gettext("for %(amount)s or more") % {"amount": money.shown(terms.minimum, currency, whole=True)}


def missed(
    why: str, terms: Terms, missing: Decimal, *, currency: str, categories: Sequence[Words], tiers: Sequence[Words]
) -> str:
    """Why a basket does not get the offer, and what is missing."""
    if why == "below_minimum":
        return gettext("Minimum %(minimum)s, %(missing)s short") % {
            "minimum": money.shown(terms.minimum, currency, whole=True),
            "missing": money.shown(missing, currency, whole=True),
        }
    if why == "other_tier":
        return gettext("Only for %(tiers)s members") % {"tiers": _listed(tiers)}
    if why == "no_such_goods":
        return gettext("Only on %(categories)s") % {"categories": _listed(categories)}
    if why == "used_up_by_member":
        return ngettext(
            "Had once already, as often as a member may",
            "Had %(times)s times already, as often as a member may",
            terms.per_member or 0,
        ) % {"times": terms.per_member}
    return gettext("All its points are given") if why == "budget_used_up" else gettext("Too little for a point")


def _joined(clauses: Sequence[str]) -> str:
    text = pgettext("between clauses", ", ").join(clause for clause in clauses if clause)
    return text[:1].upper() + text[1:]


def _given(terms: Terms) -> str:
    if terms.multiplier is not None:
        return gettext("%(factor)s times the base points") % {"factor": f"{terms.multiplier.normalize():f}"}
    return gettext("%(points)s points on top") % {"points": f"{terms.points or 0:,}"}


def _week(terms: Terms) -> str:
    chosen = [str(WEEKDAYS[day]) for day in sorted(terms.weekdays)]
    return gettext("every %(weekdays)s") % {"weekdays": words.listed(chosen)} if chosen else ""


def _hours(terms: Terms) -> str:
    if terms.from_time is None or terms.until_time is None:
        return ""
    return gettext("between %(begins)s and %(ends)s") % {
        "begins": f"{terms.from_time:%H:%M}", "ends": f"{terms.until_time:%H:%M}"
    }  # fmt: skip


def _limits(terms: Terms) -> str:
    if terms.per_member is None:
        return ""
    return ngettext("once per member", "%(times)s times per member", terms.per_member) % {"times": terms.per_member}


def _listed(names: Sequence[Words]) -> str:
    return words.listed(words.in_language(name) for name in names)
