"""Windows to the day: month ends, leap years, calendar periods."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import db
from tests.tiers.standing_model import DAY, Scheme, month_after

dates = st.dates(date(2023, 1, 1), date(2029, 12, 31))
rolling = st.builds(Scheme, thresholds=st.just(()), kind=st.just("rolling"), months=st.integers(1, 36))
calendar = st.builds(Scheme, thresholds=st.just(()), kind=st.just("calendar"), months=st.sampled_from([1, 3, 6, 12]))


def leaves_on(day: date, kind: str, months: int) -> date:
    found: date = db.value("select tiers_leaves_on(%s::date, %s, %s)", [day, kind, months])
    return found


@pytest.mark.parametrize(
    ("day", "kind", "months", "expected"),
    [
        (date(2026, 3, 10), "rolling", 12, date(2027, 3, 10)),
        (date(2026, 1, 28), "rolling", 1, date(2026, 2, 28)),
        (date(2026, 1, 29), "rolling", 1, date(2026, 3, 1)),
        (date(2026, 1, 31), "rolling", 1, date(2026, 3, 1)),
        (date(2024, 1, 29), "rolling", 1, date(2024, 2, 29)),
        (date(2024, 1, 30), "rolling", 1, date(2024, 3, 1)),
        (date(2026, 3, 31), "rolling", 1, date(2026, 5, 1)),
        (date(2024, 2, 29), "rolling", 12, date(2025, 3, 1)),
        (date(2023, 2, 28), "rolling", 12, date(2024, 2, 28)),
        (date(2026, 12, 31), "calendar", 12, date(2027, 1, 1)),
        (date(2026, 1, 1), "calendar", 12, date(2027, 1, 1)),
        (date(2026, 2, 14), "calendar", 3, date(2026, 4, 1)),
        (date(2026, 12, 1), "calendar", 3, date(2027, 1, 1)),
        (date(2026, 7, 1), "calendar", 6, date(2027, 1, 1)),
        (date(2026, 2, 28), "calendar", 1, date(2026, 3, 1)),
    ],
)
@pytest.mark.django_db
def test_a_day_leaves_its_window_on(day: date, kind: str, months: int, expected: date) -> None:
    assert leaves_on(day, kind, months) == expected


@pytest.mark.django_db
@settings(max_examples=300, deadline=None)
@given(scheme=rolling | calendar, day=dates)
def test_a_day_is_in_every_window_until_it_leaves(scheme: Scheme, day: date) -> None:
    left = leaves_on(day, scheme.kind, scheme.months)

    assert scheme.begin(left - DAY) < day <= scheme.begin(left)
    assert all(scheme.begin(left + timedelta(days=after)) >= day for after in range(40))


@pytest.mark.django_db
@settings(max_examples=300, deadline=None)
@given(scheme=rolling | calendar, on=dates)
def test_a_window_starts_the_day_after_its_beginning(scheme: Scheme, on: date) -> None:
    start = db.value("select tiers_window_start(%s::date, %s, %s)", [on, scheme.kind, scheme.months])

    assert start == scheme.begin(on) + DAY


@pytest.mark.parametrize(
    ("lapses_on", "expected"),
    [
        (date(2026, 1, 1), date(2026, 2, 28)),
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2024, 1, 31), date(2024, 2, 29)),
        (date(2026, 3, 10), date(2026, 4, 30)),
        (date(2026, 12, 31), date(2027, 1, 31)),
    ],
)
@pytest.mark.django_db
def test_a_standing_lasts_to_the_end_of_the_month_after(lapses_on: date, expected: date) -> None:
    assert db.value("select tiers_valid_until(%s::date)", [lapses_on]) == expected
    assert month_after(lapses_on) == expected
