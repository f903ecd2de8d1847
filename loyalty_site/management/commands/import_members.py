"""manage.py import_members FILE: the members of a shop that moves in, with their points and tiers."""

import csv
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import clock
from core.errors import LoyaltyError
from loyalty_site import moving_in
from loyalty_site.moving_in import Report
from members.roster import Problem

SHOWN = 20


def counted(number: int, noun: str) -> str:
    """ "1 line", "2 lines"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


class Command(BaseCommand):
    help = (
        "Enrol the members of a CSV file, and open the points and tiers they bring along. "
        "The columns are described in members/roster.py and loyalty_site/opening.py. "
        "Running it again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="check every line, change nothing")
        parser.add_argument("--encoding", default="utf-8-sig", help="of the file, such as gb18030 (default: UTF-8)")
        parser.add_argument("--report", type=Path, help="a CSV to write the lines not taken to, with reasons")

    def handle(self, *args: Any, file: Path, dry_run: bool, encoding: str, report: Path | None, **options: Any) -> None:
        try:
            with (
                file.open(encoding=encoding, errors="surrogateescape", newline="") as lines,
                report.open("w", encoding="utf-8", newline="") if report else nullcontext() as problems,
            ):
                told = csv.writer(problems) if problems else None
                if told:
                    told.writerow(["line", "field", "reason"])
                seen: list[Problem] = []

                def on_problem(problem: Problem) -> None:
                    if told:
                        told.writerow([problem.line, problem.field, problem.reason])
                    if len(seen) < SHOWN:
                        seen.append(problem)
                        where = f"line {problem.line}: {problem.field}".removesuffix(": ")
                        self.stderr.write(f"{where}: {problem.reason}")

                done = moving_in.take_file(
                    lines,
                    via="file",
                    at=clock.now(),
                    is_dry_run=dry_run,
                    on_problem=on_problem,
                    on_progress=self._show_progress,
                )
        except FileNotFoundError as error:
            raise CommandError(f"There is no file {error.filename}.") from error
        except (OSError, LookupError, LoyaltyError) as error:
            raise CommandError(str(error)) from error
        self._sum_up(done, dry_run=dry_run, report=report)

    def _show_progress(self, report: Report) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r{report.lines:,} lines read, {report.bad:,} not taken", ending="")

    def _sum_up(self, done: Report, *, dry_run: bool, report: Path | None) -> None:
        if sys.stderr.isatty():
            self.stderr.write("")
        if done.bad > SHOWN:
            where = f"all are in {report}" if report else "--report FILE writes all of them"
            self.stderr.write(f"… and {done.bad - SHOWN:,} more; {where}.")
        self.stdout.write(
            f"{'Dry run, nothing changed. ' if dry_run else ''}{counted(done.lines, 'line')}: "
            f"{done.enrolled:,} enrolled, {done.filled:,} filled, "
            f"{done.unchanged:,} unchanged, {done.bad:,} not taken. "
            f"{counted(done.points, 'point')} and {counted(done.tiers, 'tier')} brought along."
        )
        if done.bad:
            sys.exit(1)
