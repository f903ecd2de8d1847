"""Pure: birthdays as people give them, by the solar or the lunar calendar, with or without the year.

What was entered is what is kept. A lunar birthday is never converted and forgotten: its solar date is another one
each year.
"""

from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from core import moons
from core.errors import InvalidInput
from members import lunar
from members.models import Member

FIRST_YEAR = 1900
LUNAR_DAYS = 30
MONTHS = 12
LONGEST_MONTH = 31
# A leap year, for days without a year.
ANY_LEAP_YEAR = 2000


class NoSuchDay(InvalidInput):
    """A day that the calendar does not have, such as 30 February."""

    code = "no_such_day"
    sentence = _("There is no such day in the calendar.")


class NoSuchLeapMonth(InvalidInput):
    """A leap month that the lunar calendar did not have, in that year or in anybody's lifetime."""

    code = "no_such_leap_month"
    sentence = _("The lunar calendar had no such leap month.")


class NotBornYet(InvalidInput):
    """A birthday that lies in the future, or before 1900."""

    code = "impossible_birth_year"
    sentence = _("Nobody living was born in that year.")


@dataclass(frozen=True, slots=True)
class Birthday:
    """A day in the year as entered. `year` counts in the same calendar as the rest; None when not told."""

    month: int
    day: int
    year: int | None = None
    calendar: str = Member.Calendar.SOLAR
    is_leap_month: bool = False

    @property
    def is_lunar(self) -> bool:
        return self.calendar == Member.Calendar.LUNAR


def of(member: Member) -> Birthday | None:
    """The member's birthday, None when not told."""
    if member.birth_month is None or member.birth_day is None:
        return None
    return Birthday(
        member.birth_month, member.birth_day, member.birth_year, member.birth_calendar, member.birth_is_leap_month
    )


def written(birthday: Birthday) -> str:
    """In the reader's words, as it was entered: by its own calendar, with the year where it is known."""
    if birthday.is_lunar:
        return lunar.written(birthday.month, birthday.day, birthday.year, is_leap_month=birthday.is_leap_month)
    day = date(birthday.year or ANY_LEAP_YEAR, birthday.month, birthday.day)
    return date_format(day, "DATE_FORMAT" if birthday.year else "MONTH_DAY_FORMAT")


def check(birthday: Birthday, *, on: date) -> None:
    """Raise NoSuchDay, NoSuchLeapMonth or NotBornYet for what can't be the birthday of somebody living ON that date.

    Without a year, a day is possible when some year has it: 29 February, and day 30 of any lunar month.
    """
    if not (1 <= birthday.month <= MONTHS and 1 <= birthday.day <= LONGEST_MONTH):
        raise NoSuchDay(pointer="/birthday")
    if birthday.is_leap_month and not birthday.is_lunar:
        raise NoSuchLeapMonth(pointer="/birthday")
    if birthday.year is not None:
        _check_year(birthday, birthday.year, on)
    elif birthday.is_lunar:
        _check_lunar_day(birthday, on)
    else:
        _solar_date(ANY_LEAP_YEAR, birthday)


def age(birthday: Birthday, *, on: date) -> int | None:
    """The age in full years ON a date; None when the year is not known.

    Who was born on 29 February is a year older on 1 March. A lunar birthday counts by the solar day of the birth.
    """
    if birthday.year is None:
        return None
    born = _born_on(birthday, birthday.year)
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _check_year(birthday: Birthday, year: int, on: date) -> None:
    if not FIRST_YEAR <= year <= on.year:
        raise NotBornYet(pointer="/birthday")
    if _born_on(birthday, year) > on:
        raise NotBornYet(pointer="/birthday")


def _check_lunar_day(birthday: Birthday, on: date) -> None:
    if birthday.day > LUNAR_DAYS:
        raise NoSuchDay(pointer="/birthday")
    if not birthday.is_leap_month:
        return
    lengths = [_lunar_days(year, birthday) for year in range(FIRST_YEAR, on.year + 1)]
    if not any(lengths):
        raise NoSuchLeapMonth(pointer="/birthday")
    if birthday.day > max(lengths):
        raise NoSuchDay(pointer="/birthday")


def _lunar_days(year: int, birthday: Birthday) -> int:
    """How many days the birthday's month has in a lunar year, 0 when that year has no such leap month."""
    return moons.month_days(year, birthday.month, is_leap_month=birthday.is_leap_month)


def _born_on(birthday: Birthday, year: int) -> date:
    if not birthday.is_lunar:
        return _solar_date(year, birthday)
    days = _lunar_days(year, birthday)
    if not days:
        raise NoSuchLeapMonth(pointer="/birthday")
    if birthday.day > days:
        raise NoSuchDay(pointer="/birthday")
    return moons.solar(year, birthday.month, birthday.day, is_leap_month=birthday.is_leap_month)


def _solar_date(year: int, birthday: Birthday) -> date:
    try:
        return date(year, birthday.month, birthday.day)
    except ValueError as error:
        raise NoSuchDay(pointer="/birthday") from error
