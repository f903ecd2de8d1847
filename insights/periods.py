"""Periods of business dates: which one staff look at, the one before it, and how a chart divides it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from core import clock

# A period may be so long; longer ones would say little on one screen.
LONGEST_DAYS = 1100
PRESETS = ("today", "7", "30", "90", "month")
USUAL = "30"

# A chart shows at least so many days, and so many of them one by one before it goes over to weeks and months.
FEWEST_DAYS = 7
DAILY_DAYS = 31
WEEKLY_DAYS = 100


@dataclass(frozen=True, slots=True)
class Period:
    """Business dates from FIRST to LAST, both counted. `is_month`: the beginning of a month, and compared as such."""

    first: date
    last: date
    is_month: bool = False

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def day_after(self) -> date:
        return self.last + timedelta(days=1)

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(days=number) for number in range(self.days))

    def before(self) -> "Period":
        """As many days before it. Before a month, or a month so far: the same days of the month before."""
        if self.is_month or (self.first.day == 1 and self.last == clock.end_of_month(self.first)):
            first = clock.months_after(self.first, -1)
            return Period(first, min(first + timedelta(days=self.days - 1), clock.end_of_month(first)))
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1))


def preset(name: str, today: date) -> Period:
    """The period that NAME names, up to TODAY: "today", a number of days, or "month"."""
    if name == "month":
        return Period(today.replace(day=1), today, is_month=True)
    days = 1 if name == "today" else int(name)
    return Period(today - timedelta(days=days - 1), today)


def charted(period: Period) -> Period:
    """The days that charts of PERIOD show: its own, at least seven."""
    return period if period.days >= FEWEST_DAYS else Period(period.last - timedelta(days=FEWEST_DAYS - 1), period.last)


def parts(period: Period) -> list[Period]:
    """PERIOD in days, in weeks that end with it, or in calendar months, whichever can be told apart on a phone."""
    if period.days <= DAILY_DAYS:
        return [Period(day, day) for day in period]
    if period.days <= WEEKLY_DAYS:
        ends = range((period.days - 1) % 7, period.days, 7)
        return [Period(max(period.first, end - timedelta(days=6)), end) for end in _days(period, ends)]
    found = []
    begin = period.first
    while begin <= period.last:
        end = min(clock.end_of_month(begin), period.last)
        found.append(Period(begin, end))
        begin = found[-1].day_after
    return found


def _days(period: Period, numbers: range) -> Iterator[date]:
    return (period.first + timedelta(days=number) for number in numbers)


def runs(days: list[date]) -> list[Period]:
    """DAYS in order, joined where they follow each other."""
    found: list[Period] = []
    for day in sorted(days):
        if found and day == found[-1].day_after:
            found[-1] = Period(found[-1].first, day)
        else:
            found.append(Period(day, day))
    return found
