"""The accountant's month as a file: CSV that spreadsheets open as it is meant, in the reader's language."""

import csv
from collections.abc import Sequence
from io import StringIO

from django.utils.translation import gettext as _

from core import words
from core.models import Programme
from insights.rollforward import Forward, Month

BYTE_ORDER_MARK = "\ufeff"  # without it, Excel takes UTF-8 for the code page of its country
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def name(month: Month) -> str:
    """ "points-2026-05.csv"; of a month that has not ended "points-2026-05-so-far.csv"."""
    return f"points-{month.code}{'' if month.is_final else '-so-far'}.csv"


def text(month: Month, forwards: Sequence[Forward], programme: Programme) -> str:
    """One row for each line of each type of points. Numbers are bare, so that they can be added up; amounts exact."""
    file = StringIO()
    rows = csv.writer(file, lineterminator="\r\n")
    rows.writerow(_heads())
    for forward in forwards:
        worth = forward.point_type.worth
        for line in forward.lines:
            rows.writerow(
                [
                    month.code,
                    month.begins_at.isoformat(timespec="seconds"),
                    month.ends_at.isoformat(timespec="seconds"),
                    _("final") if month.is_final else _("so far"),
                    safe(forward.point_type.code),
                    safe(str(forward.point_type)),
                    line.code,
                    safe(str(line.name)),
                    line.pending,
                    line.available,
                    line.held,
                    line.total,
                    line.debt,
                    forward.worth,
                    words.quantity(worth * line.total),
                    programme.currency,
                ]
            )
    return BYTE_ORDER_MARK + file.getvalue()


def safe(cell: str) -> str:
    """A text that no spreadsheet takes for a formula, whoever wrote it."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _heads() -> list[str]:
    return [
        _("month"),
        _("booked from"),
        _("booked until"),
        _("state"),
        _("code"),
        _("point type"),
        _("line code"),
        _("what it is"),
        _("pending"),
        _("available"),
        _("held"),
        _("total"),
        _("owed"),
        _("worth of one point"),
        _("amount"),
        _("currency"),
    ]
