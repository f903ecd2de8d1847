"""Pure: whose birthday or anniversary a day is. The day is looked at once; members are found by what they entered.

- Born in a leap month: in a year with that leap month it is celebrated there, else in the ordinary month.
- Born in the ordinary month of a year with its twin: in the ordinary one.
- Born on the 30th of a month that has 29 days this year: on the 29th.
- Born on 29 February: in other years on 28 February, or on 1 March where the shop says so.

A lunar birthday counts by lunar year: by the Gregorian one some members would be greeted twice and others never.
"""

from calendar import isleap
from dataclasses import dataclass
from datetime import date, timedelta

from core import moons

FEBRUARY, MARCH = 2, 3
LEAP_DAY = 29


@dataclass(frozen=True, slots=True)
class Born:
    """A birthday as members entered it, and the occasion that it is this year."""

    calendar: str
    month: int
    day: int
    is_leap_month: bool
    occasion: str


def born_on(on: date, *, leap_day_in_march: bool = False) -> list[Born]:
    """The birthdays, as entered, that are celebrated ON a date."""
    solar = f"birthday:solar:{on.year}"
    found = [Born("solar", month, day, False, solar) for month, day in _days(on, in_march=leap_day_in_march)]
    today = moons.lunar(on)
    days = [today.day]
    if today.day == today.month_days == moons.SHORT:
        days.append(moons.LONG)
    # A month that is its own leap twin is for those born in it; one without twin also for those born in a leap month.
    kinds = [True] if today.is_leap_month else [False] if today.has_leap_twin else [False, True]
    lunar = f"birthday:lunar:{today.year}"
    return found + [Born("lunar", today.month, day, is_leap, lunar) for is_leap in kinds for day in days]


def joined_on(on: date) -> dict[date, int]:
    """The dates whose anniversary a day is, back to the year 2000, with how many years it has been."""
    return {
        date(year, month, day): on.year - year
        for year in range(2000, on.year)
        for month, day in _days(on, in_march=False)
        if (month, day) != (FEBRUARY, LEAP_DAY) or isleap(year)
    }


def _days(on: date, *, in_march: bool) -> list[tuple[int, int]]:
    """Month and day, and with it 29 February on the day that stands for it this year."""
    found = [(on.month, on.day)]
    stands_in = date(on.year, MARCH, 1) - timedelta(days=0 if in_march else 1)
    if on == stands_in and not isleap(on.year):
        found.append((FEBRUARY, LEAP_DAY))
    return found
