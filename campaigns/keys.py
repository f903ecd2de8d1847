"""Occasion keys in words: "birthday:lunar:2026" is for the database, not for people to read."""

from collections.abc import Callable, Mapping
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns import festivals


def in_words(key: str) -> str:
    """What an occasion is, in the reader's language. A key that is none of ours is shown as it is."""
    kind, *parts = key.split(":")
    try:
        return _READERS[kind](*parts)
    except (KeyError, TypeError, ValueError):
        return key


def _birthday(calendar: str, year: str) -> str:
    if calendar == "lunar":
        return _("birthday of %(year)s, Chinese calendar") % {"year": year}
    return _("birthday of %(year)s") % {"year": year}


def _holiday(code: str, year: str) -> str:
    return _("%(festival)s %(year)s") % {"festival": festivals.FESTIVALS[code].title, "year": year}


def _anniversary(years: str) -> str:
    return ngettext("%(years)d year a member", "%(years)d years a member", int(years)) % {"years": int(years)}


def _expiry(on: str, days: str, of_type: str = "") -> str:
    told = {"date": _date(on), "days": int(days), "type": of_type}
    if of_type:
        return _("points (%(type)s) expire after %(date)s, told %(days)d days before") % told
    return _("points expire after %(date)s, told %(days)d days before") % told


def _at_risk(on: str, days: str) -> str:
    return _("tier runs out after %(date)s, told %(days)d days before") % {"date": _date(on), "days": int(days)}


def _missed(on: str, days: str) -> str:
    return _("%(days)d days without a purchase since %(date)s") % {"date": _date(on), "days": int(days)}


def _date(text: str) -> str:
    return date_format(date.fromisoformat(text), "DATE_FORMAT")


_READERS: Mapping[str, Callable[..., str]] = {
    "birthday": _birthday,
    "holiday": _holiday,
    "anniversary": _anniversary,
    "welcome": lambda: _("joined"),
    "tier": lambda change: _("tier reached (change %(number)s)") % {"number": change},
    "first": lambda: _("first purchase"),
    "return": lambda number: _("goods brought back (return %(number)s)") % {"number": number},
    "missed": _missed,
    "expiry": _expiry,
    "at_risk": _at_risk,
}
