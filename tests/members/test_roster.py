from datetime import UTC, datetime

import pytest
from django.utils import timezone

from core.errors import InvalidInput
from core.models import Event
from members import consent, numbers, roster
from members.models import Consent, Member
from members.roster import Problem, Row, UnusableHeader
from tests import factories

AT = datetime(2026, 11, 22, 10, tzinfo=UTC)
LATER = datetime(2026, 11, 23, 10, tzinfo=UTC)

FULL = (
    "number,name,phone,email,external_id,language,birthday,birthday_calendar,marketing_email,marketing_sms,enrolled_on"
)


@pytest.fixture
def programme(db: None) -> None:
    factories.programme()


def take(header: str, line: str, at: datetime = AT) -> Member:
    (row,) = roster.read([header, line])
    assert isinstance(row, Row)
    return roster.take(row, via="file", at=at).member


def test_rows_are_read_one_at_a_time_with_the_line_they_begin_on() -> None:
    lines = iter(["\ufeffName, Phone\n", "Ada,07700 900123\n", "\n", '"Bob\n', 'Builder", 07700 900124 \n', "not read"])

    rows = roster.read(lines)

    assert next(rows) == Row(2, {"name": "Ada", "phone": "07700 900123"})
    assert next(rows) == Row(4, {"name": "Bob\nBuilder", "phone": "07700 900124"})
    assert next(lines) == "not read"


@pytest.mark.parametrize("header", ["", "name,birthday", "phone,phone", "phone,shoe_size", "Ada,07700 900123"])
def test_the_first_line_must_name_columns_we_know(header: str) -> None:
    with pytest.raises(UnusableHeader) as refusal:
        list(roster.read([header, "Ada"]))

    assert refusal.value.details["found"] == header.lower().replace(",", ", ")
    assert str(refusal.value).startswith("The first line must name the columns, among them phone, email or external_id")


def test_columns_of_others_are_handed_on() -> None:
    assert list(roster.read(["phone,points", "07700 900123,120"], also=["points"])) == [
        Row(2, {"phone": "07700 900123", "points": "120"})
    ]


def test_lines_that_are_no_rows_are_told_with_reasons_and_reading_goes_on() -> None:
    lines = ["name,phone\n", "Ada\n", '"Bob"by,07700 900124\n', "Zo\udcff,07700 900125\n", "Cy,07700 900126\n"]

    assert list(roster.read(lines)) == [
        Problem(2, "", "This line has 1 cells, the first line names 2 columns."),
        Problem(3, "", "The quotes of this line don't match."),
        Problem(4, "name", "This is not text in the encoding of the file."),
        Row(5, {"name": "Cy", "phone": "07700 900126"}),
    ]


def test_a_full_row_is_taken_whole(programme: None) -> None:
    member = take(
        FULL,
        "0000 0000 5724,王小明,138 0013 8000,XM@example.com,CRM-7,zh-hans,1979-06-15,lunar-leap,no,,2019-05-01".replace(
            "138", "+86 138"
        ),
    )

    assert Member.objects.values(
        *("number", "name", "phone", "email", "external_id", "language", "enrolled_via", "enrolled_at"),
        *("birth_month", "birth_day", "birth_year", "birth_calendar", "birth_is_leap_month"),
    ).get(pk=member.pk) == {
        "number": "000000005724",
        "name": "王小明",
        "phone": "+8613800138000",
        "email": "xm@example.com",
        "external_id": "CRM-7",
        "language": "zh-hans",
        "enrolled_via": "file",
        "enrolled_at": datetime(2019, 4, 30, 23, tzinfo=UTC),
        "birth_month": 6,
        "birth_day": 15,
        "birth_year": 1979,
        "birth_calendar": "lunar",
        "birth_is_leap_month": True,
    }
    assert list(Consent.objects.values_list("channel", "purpose", "granted", "at", "source")) == [
        ("email", "marketing", False, AT, "file")
    ]


def test_empty_cells_tell_nothing(programme: None) -> None:
    member = take(FULL, ",,,ada@example.com,,,,,,,")

    assert numbers.is_valid(member.number)
    assert (member.name, member.language, member.birth_month, member.enrolled_at) == ("", "en", None, AT)
    assert Consent.objects.count() == 0


@pytest.mark.parametrize(
    ("text", "birthday"),
    [("1980-12-31", (1980, 12, 31)), ("12-31", (None, 12, 31)), ("--02-29", (None, 2, 29)), ("2-9", (None, 2, 9))],
)
def test_birthdays_may_lack_the_year(programme: None, text: str, birthday: tuple[int | None, int, int]) -> None:
    member = take("email,birthday", f"ada@example.com,{text}")

    assert (member.birth_year, member.birth_month, member.birth_day) == birthday


@pytest.mark.parametrize(
    ("header", "line", "pointer"),
    [
        ("email,birthday", "ada@example.com,31.12.1980", "/birthday"),
        ("email,birthday", "ada@example.com,1980-02-30", "/birthday"),
        ("email,birthday,birthday_calendar", "ada@example.com,02-10,julian", "/birthday_calendar"),
        ("email,marketing_email", "ada@example.com,perhaps", "/marketing_email"),
        ("email,enrolled_on", "ada@example.com,2026-11-23", "/enrolled_on"),
        ("email,enrolled_on", "ada@example.com,yesterday", "/enrolled_on"),
        ("email,phone", "ada@example.com,12", "/phone"),
        ("email,number", "ada@example.com,000000005725", "/number"),
        ("email,language", "ada@example.com,fr", "/language"),
    ],
)
def test_cells_that_make_no_sense_are_refused_by_column(programme: None, header: str, line: str, pointer: str) -> None:
    (row,) = roster.read([header, line])
    assert isinstance(row, Row)

    with pytest.raises(InvalidInput) as refusal:
        roster.take(row, via="file", at=AT)

    assert refusal.value.details["pointer"] == pointer
    assert Member.objects.count() == 0


def test_a_repeat_changes_nothing(programme: None) -> None:
    line = "0000 0000 5724,Ada,07700 900123,ada@example.com,CRM-7,en,12-10,,yes,no,2019-05-01"
    first = take(FULL, line)
    facts = Event.objects.count(), Consent.objects.count()

    assert take(FULL, line, at=LATER) == first
    assert (Event.objects.count(), Consent.objects.count()) == facts == (3, 2)


def test_what_members_said_since_stays(programme: None) -> None:
    member = take("email,marketing_email,marketing_sms", "ada@example.com,yes,no")
    consent.withdraw(member, "email", "marketing", source="portal", at=LATER)
    consent.give(member, "sms", "marketing", source="portal", at=LATER)

    take("email,marketing_email,marketing_sms", "ada@example.com,yes,no", at=LATER)

    assert {channel: said.granted for (channel, _purpose), said in consent.current(member).items()} == {
        "email": False,
        "sms": True,
    }
    assert timezone.is_aware(member.enrolled_at)
