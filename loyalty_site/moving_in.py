"""A shop that moves in: its members from a CSV file, with the points and tiers they bring along.

The columns are those of `members.roster` and of `loyalty_site.opening`. A line is taken whole or not at all.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db import transaction

from core import programme
from core.errors import LoyaltyError
from loyalty_site import opening
from members import roster
from members.roster import Problem, Row

# Committed together: so few that a till waits no longer than a blink for a member of this file.
CHUNK = 100


@dataclass
class Report:
    """What was read, and what became of it. `bad` counts the lines that were not taken."""

    lines: int = 0
    enrolled: int = 0
    filled: int = 0
    unchanged: int = 0
    bad: int = 0
    points: int = 0
    tiers: int = 0


def take_file(
    lines: Iterable[str],
    *,
    via: str,
    at: datetime,
    is_dry_run: bool,
    on_problem: Callable[[Problem], None],
    on_progress: Callable[[Report], None],
) -> Report:
    """Enrol the members of a file, line by line as it is read, and open their balances and tiers.

    Lines that can't be taken go to ON_PROBLEM, each with its reason. A repeat changes nothing; after a kill in the
    middle, a repeat does the rest. A dry run does all of it in one transaction, and takes it back. Raises
    UnusableHeader, NotSetUp.
    """
    programme.current()
    report = Report()
    rows = roster.read(lines, also=opening.COLUMNS)
    with _taken_back() if is_dry_run else _kept():
        while chunk := list(islice(rows, CHUNK)):
            with transaction.atomic():
                for problem in _take(chunk, report, via=via, at=at):
                    on_problem(problem)
            on_progress(report)
    return report


@contextmanager
def _kept() -> Iterator[None]:
    yield


@contextmanager
def _taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _take(chunk: list[Row | Problem], report: Report, *, via: str, at: datetime) -> Iterator[Problem]:
    for row in chunk:
        report.lines += 1
        if isinstance(row, Problem):
            report.bad += 1
            yield row
            continue
        try:
            with transaction.atomic():
                _take_row(row, report, via=via, at=at)
        except LoyaltyError as refusal:
            report.bad += 1
            yield Problem(row.line, _field(refusal), str(refusal))


def _take_row(row: Row, report: Report, *, via: str, at: datetime) -> None:
    enrolled = roster.take(row, via=via, at=at)
    opened = opening.take(row, enrolled.member, at=at)
    report.points += opened.points
    report.tiers += opened.has_tier
    if enrolled.is_new:
        report.enrolled += 1
    elif enrolled.filled:
        report.filled += 1
    else:
        report.unchanged += 1


def _field(refusal: LoyaltyError) -> str:
    """The columns that a refusal speaks of."""
    return ", ".join(pointer.removeprefix("/") for pointer in refusal.pointers)
