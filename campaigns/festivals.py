"""Pure: the festivals that greetings are written for, Western and Chinese, and the days on which they fall.

A festival of the Chinese calendar counts by its lunar year: Laba may come twice in one Gregorian year and not at all
in the next. Its day is the one of the calendar, wherever the member is. Days on which the dead are remembered are
`solemn`: nobody is wished a happy one, and staff are told so.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from borax.calendars.lunardate import TermUtils
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from core import moons

MONDAY, THURSDAY, SUNDAY = 0, 3, 6
WEEK = 7


@dataclass(frozen=True, slots=True)
class Festival:
    """A festival: `falls_on` says on which date in its own year, a lunar one for lunar festivals."""

    code: str
    title: Promise
    falls_on: Callable[[int], date]
    is_solemn: bool = False


def _fixed(month: int, day: int) -> Callable[[int], date]:
    return lambda year: date(year, month, day)


def _lunar(month: int, day: int) -> Callable[[int], date]:
    return lambda year: moons.solar(year, month, day)


def _last_lunar_day(year: int) -> date:
    """The eve of the new year: the 30th or the 29th, whichever is the last one."""
    return moons.solar(year + 1, 1, 1) - timedelta(days=1)


def _weekday(month: int, weekday: int, nth: int) -> Callable[[int], date]:
    def falls_on(year: int) -> date:
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.weekday()) % WEEK + WEEK * (nth - 1))

    return falls_on


def _easter(offset: int) -> Callable[[int], date]:
    return lambda year: easter(year) + timedelta(days=offset)


def _term(name: str) -> Callable[[int], date]:
    def falls_on(year: int) -> date:
        day: date = TermUtils.nth_term_day(year, term_name=name)
        return day

    return falls_on


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher)."""
    golden = year % 19
    century, rest = divmod(year, 100)
    leaps, left = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + century - leaps - correction + 15) % 30
    quarter, odd = divmod(rest, 4)
    weekday = (32 + 2 * left + 2 * quarter - moon - odd) % WEEK
    shift = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - WEEK * shift + 114, 31)
    return date(year, month, day + 1)


FESTIVALS = {
    festival.code: festival
    for festival in (
        Festival("new_year", pgettext_lazy("festival", "New Year"), _fixed(1, 1)),
        Festival("laba", pgettext_lazy("festival", "Laba Festival"), _lunar(12, 8)),
        Festival("new_year_eve", pgettext_lazy("festival", "Chinese New Year's Eve"), _last_lunar_day),
        Festival("spring_festival", pgettext_lazy("festival", "Chinese New Year"), _lunar(1, 1)),
        Festival("lantern", pgettext_lazy("festival", "Lantern Festival"), _lunar(1, 15)),
        Festival("valentine", pgettext_lazy("festival", "Valentine's Day"), _fixed(2, 14)),
        Festival("womens_day", pgettext_lazy("festival", "Women's Day"), _fixed(3, 8)),
        Festival("mothering_sunday", pgettext_lazy("festival", "Mothering Sunday"), _easter(-21)),
        Festival("qingming", pgettext_lazy("festival", "Qingming"), _term("清明"), is_solemn=True),
        Festival("easter", pgettext_lazy("festival", "Easter"), easter),
        Festival("may_20", pgettext_lazy("festival", "20 May"), _fixed(5, 20)),
        Festival("mothers_day", pgettext_lazy("festival", "Mother's Day"), _weekday(5, SUNDAY, 2)),
        Festival("childrens_day", pgettext_lazy("festival", "Children's Day"), _fixed(6, 1)),
        Festival("dragon_boat", pgettext_lazy("festival", "Dragon Boat Festival"), _lunar(5, 5)),
        Festival("fathers_day", pgettext_lazy("festival", "Father's Day"), _weekday(6, SUNDAY, 3)),
        Festival("qixi", pgettext_lazy("festival", "Qixi"), _lunar(7, 7)),
        Festival("zhongyuan", pgettext_lazy("festival", "Zhongyuan"), _lunar(7, 15), is_solemn=True),
        Festival("teachers_day", pgettext_lazy("festival", "Teachers' Day"), _fixed(9, 10)),
        Festival("mid_autumn", pgettext_lazy("festival", "Mid-Autumn Festival"), _lunar(8, 15)),
        Festival("national_day", pgettext_lazy("festival", "National Day of China"), _fixed(10, 1)),
        Festival("double_ninth", pgettext_lazy("festival", "Double Ninth Festival"), _lunar(9, 9)),
        Festival("halloween", pgettext_lazy("festival", "Halloween"), _fixed(10, 31)),
        Festival("singles_day", pgettext_lazy("festival", "Singles' Day"), _fixed(11, 11)),
        Festival("thanksgiving", pgettext_lazy("festival", "Thanksgiving"), _weekday(11, THURSDAY, 4)),
        Festival("winter_solstice", pgettext_lazy("festival", "Winter Solstice"), _term("冬至")),
        Festival("christmas", pgettext_lazy("festival", "Christmas"), _fixed(12, 25)),
    )
}


def celebrated(on: date) -> dict[str, int]:
    """The festivals of a day, each with the year that it counts in: the lunar one for lunar festivals."""
    return {
        code: year
        for code, festival in FESTIVALS.items()
        for year in (on.year - 1, on.year)
        if festival.falls_on(year) == on
    }


def dates(code: str, year: int) -> list[date]:
    """On which dates of a Gregorian year a festival falls: once as a rule, Laba now and then twice or not at all."""
    found = [FESTIVALS[code].falls_on(counted) for counted in (year - 1, year)]
    return sorted({day for day in found if day.year == year})


def following(code: str, on: date) -> date:
    """The next date of a festival, today's included."""
    return next(day for year in range(on.year, on.year + 3) for day in dates(code, year) if day >= on)
