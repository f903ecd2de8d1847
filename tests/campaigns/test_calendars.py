"""The calendars, against an independent calculation: every month from 1929 to 2099, festivals, birthdays.

The tables in data/ were calculated from new moons and solar terms at UTC+8 by the people who began this project.
"""

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest
from dateutil import easter as oracle

from campaigns import celebrations, festivals
from campaigns.celebrations import Born
from core import moons

DATA = Path(__file__).parent / "data"


def table(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open() as file:
        return list(csv.DictReader(file))


def test_every_month_begins_on_its_new_moon() -> None:
    months = table("lunar_months_1929_2099")
    assert len(months) == 2115
    for row in months:
        year, month, is_leap = int(row["lunar_year"]), int(row["month"]), row["is_leap"] == "1"
        first, days = date.fromisoformat(row["first_day_gregorian"]), int(row["days"])
        assert moons.month_days(year, month, is_leap_month=is_leap) == days, row
        assert moons.solar(year, month, 1, is_leap_month=is_leap) == first, row
        for day in (1, 15, days):
            found = moons.lunar(first + timedelta(days=day - 1))
            assert (found.year, found.month, found.day, found.is_leap_month) == (year, month, day, is_leap), row


def test_the_table_holds_what_it_says_and_no_more() -> None:
    assert moons.solar(1900, 1, 1) == date(1900, 1, 31)
    assert moons.lunar(date(2101, 1, 28)).year == 2100
    assert moons.leap_month(2033) == 11
    for day in (date(1900, 1, 30), date(2101, 1, 29)):
        with pytest.raises(ValueError, match="table of the Chinese calendar"):
            moons.lunar(day)
    for wrong in ((2025, 12, 30, False), (2024, 6, 1, True), (2025, 13, 1, False), (2101, 1, 1, False)):
        with pytest.raises(ValueError, match="year"):
            moons.solar(*wrong[:3], is_leap_month=wrong[3])


def test_every_festival_of_the_table() -> None:
    rows = table("festivals_2024_2035")
    assert len(rows) == 108
    for row in rows:
        day = date.fromisoformat(row["date"])
        assert day in festivals.dates(row["festival"], int(row["gregorian_year"])), row
        assert row["festival"] in festivals.celebrated(day), row


@pytest.mark.parametrize(
    ("code", "on"),
    [
        ("mothers_day", date(2026, 5, 10)),
        ("fathers_day", date(2026, 6, 21)),
        ("thanksgiving", date(2026, 11, 26)),
        ("mothering_sunday", date(2026, 3, 15)),
        ("easter", date(2026, 4, 5)),
        ("qingming", date(2026, 4, 5)),
        ("winter_solstice", date(2026, 12, 22)),
        ("singles_day", date(2026, 11, 11)),
    ],
)
def test_festivals_of_other_calendars(code: str, on: date) -> None:
    assert festivals.dates(code, 2026) == [on]
    assert festivals.following(code, on) == on
    assert festivals.following(code, on + timedelta(days=1)).year == 2027


def test_easter_of_two_centuries() -> None:
    assert [festivals.easter(year) for year in range(1900, 2100)] == [oracle.easter(y) for y in range(1900, 2100)]


def test_laba_may_come_twice_in_a_year_and_not_at_all_in_the_next() -> None:
    twice = [year for year in range(2000, 2100) if len(festivals.dates("laba", year)) == 2]
    never = [year for year in range(2000, 2100) if not festivals.dates("laba", year)]
    assert (twice[:2], never[:2]) == ([2003, 2022], [2004, 2023])
    labas = [(day, festivals.celebrated(day)["laba"]) for day in festivals.dates("laba", 2022)]
    assert [year for _day, year in labas] == [2021, 2022]


def test_every_lunar_birthday_of_the_table_and_no_other_day() -> None:
    rows = table("lunar_birthday_cases")
    assert len(rows) == 126
    days = [date(2023, 1, 1) + timedelta(days=n) for n in range(366 * 15)]
    celebrated = {
        day: {(b.month, b.day, b.is_leap_month, b.occasion) for b in celebrations.born_on(day)} for day in days
    }
    for row in rows:
        born = (int(row["birth_month"]), int(row["birth_day"]), row["birth_is_leap"] == "1")
        wanted = (*born, f"birthday:lunar:{row['lunar_year']}")
        assert [day.isoformat() for day in days if wanted in celebrated[day]] == [row["celebrated_on"]], row


def test_29_february_is_celebrated_every_year_once() -> None:
    def days(*, in_march: bool) -> list[date]:
        every = (date(2023, 1, 1) + timedelta(days=n) for n in range(366 * 6))
        leap = [(day, celebrations.born_on(day, leap_day_in_march=in_march)) for day in every]
        return [day for day, born in leap if Born("solar", 2, 29, False, f"birthday:solar:{day.year}") in born]

    assert days(in_march=False) == [
        date(2023, 2, 28), date(2024, 2, 29), date(2025, 2, 28), date(2026, 2, 28), date(2027, 2, 28),
        date(2028, 2, 29),
    ]  # fmt: skip
    assert days(in_march=True) == [
        date(2023, 3, 1), date(2024, 2, 29), date(2025, 3, 1), date(2026, 3, 1), date(2027, 3, 1), date(2028, 2, 29),
    ]  # fmt: skip


def test_anniversaries_count_the_years_and_know_29_february() -> None:
    assert celebrations.joined_on(date(2026, 2, 28))[date(2024, 2, 29)] == 2
    assert celebrations.joined_on(date(2026, 2, 28))[date(2025, 2, 28)] == 1
    assert date(2024, 2, 29) not in celebrations.joined_on(date(2028, 2, 28))
    assert celebrations.joined_on(date(2028, 2, 29)) == {date(y, 2, 29): 2028 - y for y in range(2000, 2028, 4)}
