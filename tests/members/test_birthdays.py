from datetime import date

import pytest
from django.utils import translation

from members import birthdays
from members.birthdays import Birthday, NoSuchDay, NoSuchLeapMonth, NotBornYet

TODAY = date(2026, 11, 22)


def lunar(month: int, day: int, year: int | None = None, *, leap: bool = False) -> Birthday:
    return Birthday(month, day, year, "lunar", leap)


@pytest.mark.parametrize(
    "birthday",
    [
        Birthday(2, 29),
        Birthday(2, 29, 2024),
        Birthday(12, 31, 1900),
        Birthday(11, 22, 2026),
        lunar(12, 30),
        lunar(6, 30, leap=True),
        lunar(6, 29, 2025, leap=True),
        lunar(6, 30, 2025),
        lunar(8, 15, 1954),
        lunar(10, 13, 2026),  # 21 November 2026
    ],
)
def test_birthdays_that_people_have(birthday: Birthday) -> None:
    birthdays.check(birthday, on=TODAY)


@pytest.mark.parametrize(
    ("birthday", "refusal"),
    [
        (Birthday(2, 30), NoSuchDay),
        (Birthday(2, 29, 2023), NoSuchDay),
        (Birthday(4, 31), NoSuchDay),
        (Birthday(13, 1), NoSuchDay),
        (Birthday(0, 1), NoSuchDay),
        (Birthday(1, 0), NoSuchDay),
        (Birthday(1, 10**30), NoSuchDay),
        (Birthday(6, 1, 2025, "solar", is_leap_month=True), NoSuchLeapMonth),
        (Birthday(1, 1, 1899), NotBornYet),
        (Birthday(11, 23, 2026), NotBornYet),
        (Birthday(1, 1, 2027), NotBornYet),
        (Birthday(1, 1, 10**30), NotBornYet),
        (lunar(1, 31), NoSuchDay),
        (lunar(6, 30, 2025, leap=True), NoSuchDay),  # that leap month has 29 days
        (lunar(12, 30, 2025), NoSuchDay),  # so has the twelfth month of 2025
        (lunar(6, 1, 2024, leap=True), NoSuchLeapMonth),
        (lunar(1, 1, leap=True), NoSuchLeapMonth),
        (lunar(12, 1, leap=True), NoSuchLeapMonth),
        (lunar(11, 1, leap=True), NoSuchLeapMonth),  # the next one is in 2033
        (lunar(10, 15, 2026), NotBornYet),  # 23 November 2026
        (lunar(12, 1, 2026), NotBornYet),
    ],
)
def test_birthdays_that_nobody_has(birthday: Birthday, refusal: type[Exception]) -> None:
    with pytest.raises(refusal) as refused:
        birthdays.check(birthday, on=TODAY)

    assert refused.value.details == {"pointer": "/birthday"}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("birthday", "on", "age"),
    [
        (Birthday(11, 22, 2010), date(2026, 11, 21), 15),
        (Birthday(11, 22, 2010), date(2026, 11, 22), 16),
        (Birthday(2, 29, 2008), date(2026, 2, 28), 17),
        (Birthday(2, 29, 2008), date(2026, 3, 1), 18),
        (Birthday(11, 22), date(2026, 11, 22), None),
        # The first day of the eighth month of 2010 was 8 September; the 30th of its twelfth was 2 February 2011.
        (lunar(8, 1, 2010), date(2026, 9, 7), 15),
        (lunar(8, 1, 2010), date(2026, 9, 8), 16),
        (lunar(12, 30, 2010), date(2027, 2, 1), 15),
        (lunar(12, 30, 2010), date(2027, 2, 2), 16),
    ],
)
def test_age_in_full_years(birthday: Birthday, on: date, age: int | None) -> None:
    assert birthdays.age(birthday, on=on) == age


@pytest.mark.parametrize(
    ("birthday", "english", "chinese"),
    [
        (Birthday(12, 10), "10 December", "12月10日"),
        (Birthday(2, 29, 1992), "29 Feb 1992", "1992年2月29日"),
        (Birthday(1, 8, calendar="lunar"), "8th day of the 1st lunar month", "农历正月初八"),
        (Birthday(8, 20, 1990, calendar="lunar"), "20th day of the 8th lunar month 1990", "农历1990年八月二十"),
        (Birthday(11, 21, calendar="lunar"), "21st day of the 11th lunar month", "农历冬月廿一"),
        (Birthday(12, 30, calendar="lunar"), "30th day of the 12th lunar month", "农历腊月三十"),
        (
            Birthday(4, 15, calendar="lunar", is_leap_month=True),
            "15th day of the leap 4th lunar month",
            "农历闰四月十五",
        ),
        (
            Birthday(5, 10, 1990, calendar="lunar", is_leap_month=True),
            "10th day of the leap 5th lunar month 1990",
            "农历1990年闰五月初十",
        ),
    ],
)
def test_a_birthday_in_words(birthday: Birthday, english: str, chinese: str) -> None:
    assert birthdays.written(birthday) == english
    with translation.override("zh-hans"):
        assert birthdays.written(birthday) == chinese
