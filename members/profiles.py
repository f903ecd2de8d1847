"""What is known about a member: checked, and put into the columns that keep it."""

from datetime import datetime
from typing import Any, TypedDict
from zoneinfo import available_timezones

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core import clock
from core.errors import InvalidInput
from core.models import Programme
from members import birthdays, contacts
from members.birthdays import Birthday
from members.models import Member

IDENTIFIERS = ("phone", "email", "external_id")
# Without month and day nothing is known; the other columns go along.
_BIRTHDAY = ("birth_month", "birth_day", "birth_year", "birth_calendar", "birth_is_leap_month")


class UnknownLanguage(InvalidInput):
    """A language that the site does not speak. `known`: those it does."""

    code = "unknown_language"
    sentence = _("This language is not known here. Known are: %(known)s.")


class UnknownTimeZone(InvalidInput):
    """A time zone that is not in the list of the world's time zones."""

    code = "unknown_time_zone"
    sentence = _("This time zone is not known. An example: Europe/London.")


class Profile(TypedDict, total=False):
    """What may be told about a member. Left out: not told. None or "": there is none."""

    phone: str | None
    email: str | None
    external_id: str | None
    name: str | None
    language: str | None
    time_zone: str | None
    birthday: Birthday | None


def columns(profile: Profile, *, programme: Programme, at: datetime) -> dict[str, Any]:
    """The columns of what PROFILE tells. Raises InvalidPhone, InvalidEmail, InvalidText, UnknownLanguage,
    UnknownTimeZone, and the refusals of members.birthdays."""
    told: dict[str, Any] = {}
    if "phone" in profile:
        told["phone"] = contacts.phone(profile["phone"], programme.country) if profile["phone"] else None
    if "email" in profile:
        told["email"] = contacts.email(profile["email"]) if profile["email"] else None
    if "external_id" in profile:
        told["external_id"] = contacts.external_id(profile["external_id"] or "") or None
    if "name" in profile:
        told["name"] = contacts.name(profile["name"] or "")
    if "language" in profile:
        told["language"] = _language(profile["language"]) or programme.language
    if "time_zone" in profile:
        told["time_zone"] = _time_zone(profile["time_zone"])
    if "birthday" in profile:
        told |= _birthday(profile["birthday"], programme=programme, at=at)
    return told


def missing(member: Member, told: dict[str, Any]) -> dict[str, Any]:
    """Those of the TOLD columns that are empty with the member. A birthday counts as one, language is never empty."""
    empty = {column: told[column] for column in told if told[column] and not getattr(member, column)}
    if member.birth_month is not None or not told.get("birth_month"):
        return {column: empty[column] for column in empty if column not in _BIRTHDAY}
    return empty | {column: told[column] for column in _BIRTHDAY}


def _language(code: str | None) -> str:
    known = [language for language, _name in settings.LANGUAGES]
    if code and code.lower() not in known:
        raise UnknownLanguage(pointer="/language", known=", ".join(known))
    return (code or "").lower()


def _time_zone(name: str | None) -> str:
    if name and name not in available_timezones():
        raise UnknownTimeZone(pointer="/time_zone")
    return name or ""


def _birthday(birthday: Birthday | None, *, programme: Programme, at: datetime) -> dict[str, Any]:
    if birthday is None:
        return dict(zip(_BIRTHDAY, (None, None, None, Member.Calendar.SOLAR, False), strict=True))
    birthdays.check(birthday, on=clock.business_date(at, programme))
    told = (birthday.month, birthday.day, birthday.year, birthday.calendar, birthday.is_leap_month)
    return dict(zip(_BIRTHDAY, told, strict=True))
