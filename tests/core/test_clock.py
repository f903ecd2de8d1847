"""Months on the calendar, held against a library that does them another way."""

from datetime import date

from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from core import clock

DAYS = st.dates(date(1970, 1, 1), date(2199, 12, 31))


@given(DAYS, st.integers(-600, 600))
def test_months_after_a_day_end_with_a_shorter_month(day: date, months: int) -> None:
    assert clock.months_after(day, months) == day + relativedelta(months=months)


@given(DAYS)
def test_a_month_ends_on_its_last_day(day: date) -> None:
    assert clock.end_of_month(day) == day + relativedelta(day=31)


def test_a_month_after_the_last_of_january_is_the_last_of_february() -> None:
    assert clock.months_after(date(2027, 1, 31), 1) == date(2027, 2, 28)
    assert clock.months_after(date(2028, 1, 31), 1) == date(2028, 2, 29)
