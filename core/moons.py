"""Pure: the Chinese calendar from 1900 to 2100, its months as a table. Days are those of Beijing.

From 1929 on the table is that of an astronomical calculation (new moons and solar terms at UTC+8, as GB/T 33661-2017
defines the calendar); before, it is the calendar as it was printed then. Libraries differ from it in three months of
this century, whose new moons fall within minutes of midnight.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

FIRST_YEAR = 1900
LAST_YEAR = 2100
MONTHS = 12
LONG, SHORT = 30, 29

_BEGINS = date(1900, 1, 31)
# A lunar year: its leap month in the last digit (0: none), a bit for each month of 30 days, the first month first, and
# above them one for a leap month of 30 days.
# fmt: off
_YEARS = (
    0x04bd8, 0x04ae0, 0x0a570, 0x054d5, 0x0d260, 0x0d950, 0x16554, 0x056a0, 0x09ad0, 0x055d2,  # 1900
    0x04ae0, 0x0a5b6, 0x0a4d0, 0x0d250, 0x1d255, 0x0b540, 0x0d6a0, 0x0ada2, 0x095b0, 0x14977,  # 1910
    0x04970, 0x0a4b0, 0x0b4b5, 0x06a50, 0x06d40, 0x1ab54, 0x02b60, 0x09570, 0x052f2, 0x04970,  # 1920
    0x06566, 0x0d4a0, 0x0ea50, 0x16a95, 0x05ad0, 0x02b60, 0x186e3, 0x092e0, 0x1c8d7, 0x0c950,  # 1930
    0x0d4a0, 0x1d8a6, 0x0b550, 0x056a0, 0x1a5b4, 0x025d0, 0x092d0, 0x0d2b2, 0x0a950, 0x0b557,  # 1940
    0x06ca0, 0x0b550, 0x15355, 0x04da0, 0x0a5b0, 0x14573, 0x052b0, 0x0a9a8, 0x0e950, 0x06aa0,  # 1950
    0x0aea6, 0x0ab50, 0x04b60, 0x0aae4, 0x0a570, 0x05260, 0x0f263, 0x0d950, 0x05b57, 0x056a0,  # 1960
    0x096d0, 0x04dd5, 0x04ad0, 0x0a4d0, 0x0d4d4, 0x0d250, 0x0d558, 0x0b540, 0x0b6a0, 0x195a6,  # 1970
    0x095b0, 0x049b0, 0x0a974, 0x0a4b0, 0x0b27a, 0x06a50, 0x06d40, 0x0af46, 0x0ab60, 0x09570,  # 1980
    0x04af5, 0x04970, 0x064b0, 0x074a3, 0x0ea50, 0x06b58, 0x05ac0, 0x0ab60, 0x096d5, 0x092e0,  # 1990
    0x0c960, 0x0d954, 0x0d4a0, 0x0da50, 0x07552, 0x056a0, 0x0abb7, 0x025d0, 0x092d0, 0x0cab5,  # 2000
    0x0a950, 0x0b4a0, 0x0baa4, 0x0ad50, 0x055d9, 0x04ba0, 0x0a5b0, 0x15176, 0x052b0, 0x0a930,  # 2010
    0x07954, 0x06aa0, 0x0ad50, 0x05b52, 0x04b60, 0x0a6e6, 0x0a4e0, 0x0d260, 0x0ea65, 0x0d530,  # 2020
    0x05aa0, 0x076a3, 0x096d0, 0x04afb, 0x04ad0, 0x0a4d0, 0x1d0b6, 0x0d250, 0x0d520, 0x0dd45,  # 2030
    0x0b5a0, 0x056d0, 0x055b2, 0x049b0, 0x0a577, 0x0a4b0, 0x0aa50, 0x1b255, 0x06d20, 0x0ada0,  # 2040
    0x14b63, 0x09370, 0x049f8, 0x04970, 0x064b0, 0x168a6, 0x0ea50, 0x06aa0, 0x1a6c4, 0x0aae0,  # 2050
    0x092e0, 0x0d2e3, 0x0c960, 0x0d557, 0x0d4a0, 0x0da50, 0x05d55, 0x056a0, 0x0a6d0, 0x055d4,  # 2060
    0x052d0, 0x0a9b8, 0x0a950, 0x0b4a0, 0x0b6a6, 0x0ad50, 0x055a0, 0x0aba4, 0x0a5b0, 0x052b0,  # 2070
    0x0b273, 0x06930, 0x07337, 0x06aa0, 0x0ad50, 0x14b55, 0x04b60, 0x0a570, 0x054e4, 0x0d160,  # 2080
    0x0e968, 0x0d520, 0x0daa0, 0x16aa6, 0x056d0, 0x04ae0, 0x0a9d4, 0x0a2d0, 0x0d150, 0x0f252,  # 2090
    0x0d520,  # 2100
)
# fmt: on


@dataclass(frozen=True, slots=True)
class LunarDay:
    """A day by the Chinese calendar. `month_days`: how long its month is; `has_leap_twin`: whether the leap month of
    the same number follows in this year."""

    year: int
    month: int
    day: int
    is_leap_month: bool
    month_days: int
    has_leap_twin: bool


def leap_month(year: int) -> int:
    """The month that a lunar year has twice; 0 for none. Raises ValueError outside of 1900 to 2100."""
    return _code(year) & 0xF


def month_days(year: int, month: int, *, is_leap_month: bool = False) -> int:
    """How many days a month has, 29 or 30; 0 when that year has no such leap month."""
    code = _code(year)
    if not 1 <= month <= MONTHS:
        return 0
    if is_leap_month:
        if month != code & 0xF:
            return 0
        return LONG if code >> 16 else SHORT
    return LONG if code >> (16 - month) & 1 else SHORT


def solar(year: int, month: int, day: int, *, is_leap_month: bool = False) -> date:
    """The date of a lunar day. Raises ValueError when there is no such day."""
    if not 1 <= day <= month_days(year, month, is_leap_month=is_leap_month):
        raise ValueError(f"no such day in the lunar year {year}")
    before = 0
    for number, is_leap, length in _months(year):
        if (number, is_leap) == (month, is_leap_month):
            break
        before += length
    return _STARTS[year - FIRST_YEAR] + timedelta(before + day - 1)


def lunar(on: date) -> LunarDay:
    """A date by the Chinese calendar. Raises ValueError outside of the lunar years 1900 to 2100."""
    place = bisect_right(_STARTS, on) - 1
    left = (on - _STARTS[max(place, 0)]).days
    year = FIRST_YEAR + place
    for month, is_leap, length in _months(year):
        if left < length:
            return LunarDay(year, month, left + 1, is_leap, length, not is_leap and leap_month(year) == month)
        left -= length
    raise ValueError(f"the table of the Chinese calendar ends before {on}")


def _code(year: int) -> int:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"the table of the Chinese calendar does not hold the year {year}")
    return _YEARS[year - FIRST_YEAR]


def _months(year: int) -> list[tuple[int, bool, int]]:
    """The months of a lunar year in order: number, whether it is the leap one, days."""
    found = []
    for month in range(1, MONTHS + 1):
        found.append((month, False, month_days(year, month)))
        if days := month_days(year, month, is_leap_month=True):
            found.append((month, True, days))
    return found


def _year_days(year: int) -> int:
    return sum(days for _month, _is_leap, days in _months(year))


# The first day of each lunar year.
_STARTS = tuple(
    _BEGINS + timedelta(days)
    for days in accumulate((_year_days(year) for year in range(FIRST_YEAR, LAST_YEAR)), initial=0)
)
