"""Members from a CSV file: a shop that moves in brings its list of members along.

The first line names the columns, in any order; phone, e-mail or external id must be among them:

| column | what it holds |
|---|---|
| number | the number of a card of ours that the member already has; usually left out |
| name | in one field, Chinese or Western |
| phone | with + and country, or as dialled in the programme's country |
| email | |
| external_id | the number under which another system knows the member |
| language | en or zh-hans; empty: the programme's |
| birthday | 1980-12-31, or 12-31 where the year is not known |
| birthday_calendar | solar, lunar, or lunar-leap for a birthday in a leap month; empty: solar |
| marketing_email, marketing_sms | yes or no, as the member said; empty: never asked |
| enrolled_on | 2019-05-01; empty: today |

Empty cells tell nothing. Members already known are found and only filled, never overwritten, so that the same file can
be read again; what they said about marketing since stays.
"""

import csv
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock, programme
from core.errors import InvalidInput
from members import consent, enrolment
from members.birthdays import Birthday
from members.enrolment import Enrolled
from members.models import Consent, Member
from members.profiles import IDENTIFIERS, Profile

TEXTS = ("name", "phone", "email", "external_id", "language")
MARKETING = {"marketing_email": Consent.Channel.EMAIL, "marketing_sms": Consent.Channel.SMS}
COLUMNS = ("number", *TEXTS, "birthday", "birthday_calendar", *MARKETING, "enrolled_on")

LONGEST_SHOWN = 80

_BIRTHDAY = re.compile(r"(?:(?P<year>\d{4})-|--)?(?P<month>\d{1,2})-(?P<day>\d{1,2})")
_CALENDARS = {"": ("solar", False), "solar": ("solar", False), "lunar": ("lunar", False), "lunar-leap": ("lunar", True)}
_ANSWERS = {"yes": True, "y": True, "true": True, "1": True, "是": True}
_ANSWERS |= {"no": False, "n": False, "false": False, "0": False, "否": False}


class UnusableHeader(InvalidInput):
    """The first line of the file does not name columns that we know. `found`, `known`: their names."""

    code = "unusable_header"
    sentence = gettext_lazy(
        "The first line must name the columns, among them phone, email or external_id. "
        "It says: %(found)s. Known are: %(known)s."
    )


class InvalidCell(InvalidInput):
    """A cell that can't be read. `expected`: what would do."""

    code = "invalid_cell"
    sentence = gettext_lazy("This can't be read. Expected: %(expected)s.")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file, and where it begins. Cells by column, trimmed."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a line was not taken. `field` is "" when it is the line as a whole."""

    line: int
    field: str
    reason: str


def read(lines: Iterable[str], *, also: Collection[str] = ()) -> Iterator[Row | Problem]:
    """The rows of a file, one at a time, and the lines that are none. ALSO: columns that somebody else takes.

    Raises UnusableHeader.
    """
    reader = csv.reader(lines, strict=True)
    header = _header(reader, also)
    while True:
        begins = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield Problem(begins, "", _("The quotes of this line don't match."))
            continue
        if any(cell.strip() for cell in cells):
            yield _row(begins, header, cells)


def take(row: Row, *, via: str, at: datetime) -> Enrolled:
    """Enrol the member of a row, or find and fill them. VIA is where the file came from, such as "file".

    A repeat changes nothing. Raises InvalidCell and the refusals of members.enrolment and members.consent.
    """
    settings = programme.current()
    cells = row.cells
    profile = Profile(**{column: cells[column] for column in TEXTS if cells.get(column)})  # type: ignore[typeddict-item]
    if birthday := _birthday(cells.get("birthday", ""), cells.get("birthday_calendar", "")):
        profile["birthday"] = birthday
    on = day(cells, "enrolled_on")
    if on and on > clock.business_date(at, settings):
        raise InvalidCell(pointer="/enrolled_on", expected=_("a day that has come"))
    said = {channel: _answer(cells, column) for column, channel in MARKETING.items()}
    enrolled_at = clock.start_of(on, settings) if on else at
    enrolled = enrolment.enrol(via=via, at=enrolled_at, number=cells.get("number", ""), **profile)
    _note_consents(enrolled.member, said, via=via, at=at)
    return enrolled


def day(cells: Mapping[str, str], column: str) -> date | None:
    """The date in a cell, None when it is empty. Raises InvalidCell."""
    if not cells.get(column):
        return None
    try:
        return date.fromisoformat(cells[column])
    except ValueError as error:
        raise InvalidCell(pointer=f"/{column}", expected="2026-12-31") from error


def _header(reader: Iterator[list[str]], also: Collection[str]) -> list[str]:
    known = (*COLUMNS, *also)
    try:
        found = [cell.strip().lower().removeprefix("\ufeff") for cell in next(reader, [])]
    except csv.Error:
        found = []
    strangers = set(found) - set(known)
    if strangers or len(set(found)) < len(found) or not set(IDENTIFIERS) & set(found):
        shown = "".join(sign if sign.isprintable() else "�" for sign in ", ".join(found))
        raise UnusableHeader(found=shown[:LONGEST_SHOWN], known=", ".join(known))
    return found


def _row(begins: int, header: list[str], cells: list[str]) -> Row | Problem:
    if len(cells) != len(header):
        words = _("This line has %(found)d cells, the first line names %(expected)d columns.")
        return Problem(begins, "", words % {"found": len(cells), "expected": len(header)})
    for column, cell in zip(header, cells, strict=True):
        # Bytes that are not text come as halves of a pair, when the file was opened with surrogateescape.
        if any("\ud800" <= character <= "\udfff" or character == "\0" for character in cell):
            return Problem(begins, column, _("This is not text in the encoding of the file."))
    return Row(begins, {column: cell.strip() for column, cell in zip(header, cells, strict=True)})


def _birthday(text: str, calendar: str) -> Birthday | None:
    if calendar.lower() not in _CALENDARS:
        raise InvalidCell(pointer="/birthday_calendar", expected="solar, lunar, lunar-leap")
    if not text:
        return None
    parts = _BIRTHDAY.fullmatch(text)
    if not parts:
        raise InvalidCell(pointer="/birthday", expected="1980-12-31, 12-31")
    name, is_leap_month = _CALENDARS[calendar.lower()]
    year = int(parts["year"]) if parts["year"] else None
    return Birthday(int(parts["month"]), int(parts["day"]), year, name, is_leap_month)


def _answer(cells: Mapping[str, str], column: str) -> bool | None:
    answer = cells.get(column, "").lower()
    if answer and answer not in _ANSWERS:
        raise InvalidCell(pointer=f"/{column}", expected="yes, no")
    return _ANSWERS.get(answer)


def _note_consents(member: Member, said: Mapping[Consent.Channel, bool | None], *, via: str, at: datetime) -> None:
    answers = {channel: answer for channel, answer in said.items() if answer is not None}
    if not answers:
        return
    before = consent.current(member)
    for channel, answer in answers.items():
        if (channel, Consent.Purpose.MARKETING) in before:
            continue
        say = consent.give if answer else consent.withdraw
        say(member, channel, Consent.Purpose.MARKETING, source=via, at=at)
