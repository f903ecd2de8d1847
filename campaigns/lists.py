"""A list of members from a CSV file: all lines are understood, or none is taken and every bad one is named."""

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import db
from core.errors import InvalidInput, LoyaltyError
from core.models import Programme
from members import contacts, numbers

MOST_LINES = 1_000_000
SHOWN = 50
SHOWN_TEXT = 40

# Where a line can name a member, and how it is compared.
COLUMNS = ("number", "phone", "email", "external_id")
FIND = """
    select g.line, m.id, m.status from unnest(%(lines)s::int[], %(values)s::text[]) as g(line, value)
    left join members_member m on m.{column} = g.value
    order by g.line
"""


class UnusableList(InvalidInput):
    """A file that can't be taken as it is. `problems`: (line, reason), all of them; line 0 is the file as a whole."""

    code = "unusable_list"
    sentence = gettext_lazy("Nothing was taken from this file.")


@dataclass(frozen=True, slots=True)
class Row:
    """What a line of the file says, and where it stands."""

    line: int
    value: str


def members(data: bytes, programme: Programme) -> list[int]:
    """The members that a file names, each once, in the order of the file. One query.

    The first line names the columns, of which exactly one must be number, phone, email or external_id; others are
    passed over. Raises UnusableList for lines that name nobody, or somebody who left.
    """
    column, rows = _rows(data)
    read, problems = _compared(column, rows, programme)
    params = {"lines": [row.line for row in read], "values": [row.value for row in read]}
    found = db.rows(FIND.format(column=column), params) if read else []
    said = {row.line: row.value for row in rows}
    for row in found:
        if row["id"] is None:
            problems[row["line"]] = _("We know nobody with “%(value)s”.") % {"value": said[row["line"]][:SHOWN_TEXT]}
        elif row["status"] == "closed":
            problems[row["line"]] = _("The member “%(value)s” has left.") % {"value": said[row["line"]][:SHOWN_TEXT]}
    if problems:
        raise UnusableList(problems=sorted(problems.items()), pointer="/file")
    if not found:
        raise UnusableList(problems=[(0, _("There is nobody in this file."))], pointer="/file")
    return list(dict.fromkeys(row["id"] for row in found))


def told(refusal: UnusableList) -> list[str]:
    """What is wrong with a file, line by line; of a very long story the beginning, and how much more there is."""
    problems: list[tuple[int, str]] = refusal.details["problems"]
    lines = [
        _("Line %(line)s: %(reason)s") % {"line": line, "reason": reason} if line else reason
        for line, reason in problems[:SHOWN]
    ]
    if len(problems) > SHOWN:
        lines.append(_("And %(count)s more lines.") % {"count": f"{len(problems) - SHOWN:,}"})
    return [str(refusal), *lines]


def _rows(data: bytes) -> tuple[str, list[Row]]:
    """The column that names members, and what stands there, with the line's number in the file."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnusableList(problems=[(0, _("The file is not in UTF-8."))], pointer="/file") from error
    reader = csv.reader(io.StringIO(text), strict=True)
    rows: list[Row] = []
    try:
        header = [cell.strip().lower() for cell in next(reader, [])]
        known = [column for column in COLUMNS if column in header]
        if len(known) != 1 or header.count(known[0]) != 1:
            words = _("The first line must name exactly one of these columns: %(known)s.")
            raise UnusableList(problems=[(1, words % {"known": ", ".join(COLUMNS)})], pointer="/file")
        place, begins = header.index(known[0]), reader.line_num + 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(Row(begins, cells[place].strip() if place < len(cells) else ""))
            begins = reader.line_num + 1
    except csv.Error as error:
        words = _("The quotes of this line don't match.")
        raise UnusableList(problems=[(reader.line_num, words)], pointer="/file") from error
    if len(rows) > MOST_LINES:
        words = _("More than %(most)s lines are too many.")
        raise UnusableList(problems=[(0, words % {"most": f"{MOST_LINES:,}"})], pointer="/file")
    return known[0], rows


def _compared(column: str, rows: list[Row], programme: Programme) -> tuple[list[Row], dict[int, str]]:
    """The lines in the form in which the database keeps them; why others can't be read."""
    read: list[Row] = []
    problems: dict[int, str] = {}
    kept: Mapping[str, Callable[[str], str]] = {
        "number": numbers.plain,
        "phone": lambda text: contacts.phone(text, programme.country),
        "email": contacts.email,
        "external_id": contacts.external_id,
    }
    for row in rows:
        if not row.value or "\0" in row.value:
            problems[row.line] = _("This line names nobody.")
            continue
        try:
            read.append(Row(row.line, kept[column](row.value)))
        except LoyaltyError as refusal:
            problems[row.line] = str(refusal)
    return read, problems
