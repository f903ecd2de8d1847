"""Which days a period has, what it is compared with, and how a chart divides it."""

from datetime import date

import pytest

from insights import periods
from insights.periods import Period

TODAY = date(2026, 3, 31)


@pytest.mark.parametrize(
    ("name", "period", "before"),
    [
        ("today", (TODAY, TODAY), (date(2026, 3, 30), date(2026, 3, 30))),
        ("7", (date(2026, 3, 25), TODAY), (date(2026, 3, 18), date(2026, 3, 24))),
        ("30", (date(2026, 3, 2), TODAY), (date(2026, 1, 31), date(2026, 3, 1))),
        ("month", (date(2026, 3, 1), TODAY), (date(2026, 2, 1), date(2026, 2, 28))),
    ],
)
def test_a_period_and_the_one_before(name: str, period: tuple[date, date], before: tuple[date, date]) -> None:
    found = periods.preset(name, TODAY)

    assert (found.first, found.last) == period
    assert (found.before().first, found.before().last) == before


def test_the_first_day_of_a_month_is_compared_with_the_first_day_of_the_month_before() -> None:
    month = periods.preset("month", date(2026, 3, 1))

    assert month.before() == Period(date(2026, 2, 1), date(2026, 2, 1))


def test_a_whole_month_is_compared_with_the_month_before_it_whole_or_not() -> None:
    assert Period(date(2026, 2, 1), date(2026, 2, 28)).before() == Period(date(2026, 1, 1), date(2026, 1, 28))
    assert Period(date(2026, 3, 1), date(2026, 3, 31)).before() == Period(date(2026, 2, 1), date(2026, 2, 28))


def test_a_chart_shows_a_week_at_least() -> None:
    assert periods.charted(Period(TODAY, TODAY)) == Period(date(2026, 3, 25), TODAY)
    assert periods.charted(Period(date(2026, 3, 2), TODAY)) == Period(date(2026, 3, 2), TODAY)


def test_long_charts_go_by_weeks_and_months() -> None:
    days = periods.parts(periods.preset("30", TODAY))
    weeks = periods.parts(periods.preset("90", TODAY))
    months = periods.parts(Period(date(2025, 12, 15), date(2026, 4, 2)))

    assert (len(days), days[0], days[-1]) == (30, Period(date(2026, 3, 2), date(2026, 3, 2)), Period(TODAY, TODAY))
    assert (len(weeks), weeks[0].days, weeks[-1]) == (13, 6, Period(date(2026, 3, 25), TODAY))
    assert sum(week.days for week in weeks) == 90
    assert months == [
        Period(date(2025, 12, 15), date(2025, 12, 31)),
        Period(date(2026, 1, 1), date(2026, 1, 31)),
        Period(date(2026, 2, 1), date(2026, 2, 28)),
        Period(date(2026, 3, 1), date(2026, 3, 31)),
        Period(date(2026, 4, 1), date(2026, 4, 2)),
    ]


def test_days_that_follow_each_other_are_one_run() -> None:
    days = [date(2026, 3, 2), date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 9)]

    assert periods.runs(days) == [
        Period(date(2026, 2, 28), date(2026, 3, 2)),
        Period(date(2026, 3, 9), date(2026, 3, 9)),
    ]
    assert periods.runs([]) == []
