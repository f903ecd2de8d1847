"""Post a file of old receipts as history."""

import secrets
from argparse import ArgumentParser
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, OutputWrapper

from core import clock, money
from core import programme as programmes
from core.errors import LoyaltyError
from core.models import Programme
from points import rules
from pos.history import posting
from pos.history.place import Place
from pos.history.report import Report
from sales.models import Store, Terminal

BAR = 30
# Of a price in a file: a tenth of a penny is real.
PLACES = 3
EVERY = timedelta(seconds=5)


class Command(BaseCommand):
    help = (
        "Post the receipts of a file in the Online Retail format (.csv or .csv.gz) as history: purchases, returns, "
        "members, products. A repeat changes nothing; after a kill, the same command goes on. See docs/import.md."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--store", help="code of the store; without it, a store named history is made")
        parser.add_argument("--terminal", help="code of the terminal; without it, the one named file")
        parser.add_argument("--time-zone", help="zone of the times in the file; without it, the store's")
        parser.add_argument("--dry-run", action="store_true", help="say what would be posted, and write nothing")
        parser.add_argument("--report", type=Path, help="where to list what was not posted: .csv or .json")
        parser.add_argument("--batch", type=int, default=posting.BATCH, help="receipts a transaction")

    def handle(self, *args: Any, **options: Any) -> None:
        path, dry_run = options["file"], options["dry_run"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        if options["batch"] < 1:
            raise CommandError("A batch has at least one receipt.")
        try:
            programme = programmes.current()
            place = self._place(programme, options, dry_run=dry_run)
            meter = Meter(self.stdout, is_terminal=self.stdout.isatty())
            report = posting.import_file(path, place, batch=options["batch"], dry_run=dry_run, progress=meter.show)
        except LoyaltyError as error:
            raise CommandError(str(error)) from error
        meter.end(report)
        self._conclude(report, options["report"] or _default_report(path), place)

    def _place(self, programme: Programme, options: dict[str, Any], *, dry_run: bool) -> Place:
        terminal = _terminal(options["store"], options["terminal"], dry_run=dry_run)
        name = options["time_zone"] or terminal.store.time_zone or programme.time_zone
        try:
            zone = ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise CommandError(f"{name} is no time zone. An example: Europe/London.") from error
        return Place(programme, [terminal], zone)

    def _conclude(self, report: Report, path: Path, place: Place) -> None:
        for line in table(report, place.programme.currency):
            self.stdout.write(line)
        report.write(path)
        self.stdout.write(f"What was not posted stands in {path}, with its reasons: {len(report.rest)} rows.")
        begin = report.survey.first_at
        if begin and not rules.rulebook(place.programme).valid(place.moment(begin)):
            self.stdout.write(
                "No earning rule was valid yet when the file begins: what was sold before it earned nothing."
            )
        if report.difference:
            raise CommandError(f"File and programme differ by {report.difference}: please report this.")


class Meter:
    """How far the import is: a bar that moves on a terminal, a line every few seconds elsewhere."""

    def __init__(self, out: OutputWrapper, *, is_terminal: bool) -> None:
        self._out = out
        self._is_terminal = is_terminal
        self._began = self._shown = clock.now()

    def show(self, line: int, report: Report) -> None:
        now = clock.now()
        if not self._is_terminal and now - self._shown < EVERY:
            return
        self._shown = now
        seconds = (now - self._began).total_seconds()
        share = min(1.0, line / (report.survey.lines + 1))
        text = (
            f"{share:4.0%}  {report.receipts:,} receipts  {report.receipts / seconds:,.0f}/s  "
            f"{seconds * (1 - share) / share:,.0f} s to go"
        )
        if self._is_terminal:
            full = round(share * BAR)
            self._out.write(f"\r{'█' * full}{'░' * (BAR - full)} {text}   ", ending="")
            self._out.flush()
        else:
            self._out.write(text)

    def end(self, report: Report) -> None:
        if self._is_terminal:
            self._out.write("\r" + " " * (BAR + 60) + "\r", ending="")
        seconds = (clock.now() - self._began).total_seconds()
        self._out.write(f"{report.receipts:,} receipts in {seconds:,.1f} s, {report.receipts / seconds:,.0f}/s.")


def table(report: Report, currency: str) -> list[str]:
    """The totals of a report as lines of text that end in the proof: posted and not posted are all that there was."""
    totals = report.totals()
    rows = [
        (str(t.label), f"{t.receipts:,}" if t.receipts else "", f"{t.lines:,}", _money(t.amount, currency))
        for t in totals
    ]
    survey = report.survey
    rows.append(("together", "", "", _money(survey.amount - report.difference, currency)))
    rows.append(("the file", f"{len(survey.ends):,}", f"{survey.lines:,}", _money(survey.amount, currency)))
    heading = ("", "receipts", "lines", currency)
    widths = [max(len(row[column]) for row in [heading, *rows]) for column in range(4)]
    cells = [[row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])] for row in [heading, *rows]]
    return ["  ".join(row).rstrip() for row in cells]


def _money(amount: Decimal, currency: str) -> str:
    """As many places as the currency has; a file's prices may have one more, which is told too, and kept in line."""
    places = money.places(currency)
    exact = places if money.fits(amount, currency) else PLACES
    return f"{amount:,.{exact}f}".ljust(len(f"{amount:,.{PLACES}f}")) if exact < PLACES else f"{amount:,.{exact}f}"


def _default_report(path: Path) -> Path:
    return settings.DATA_DIR / "reports" / f"{path.name.removesuffix('.gz').removesuffix('.csv')}-not-posted.csv"


def _terminal(store_code: str | None, terminal_code: str | None, *, dry_run: bool) -> Terminal:
    """The terminal to post at. Stores that are named must exist; a terminal is made, without a key that opens it."""
    code = terminal_code or "file"
    store = Store.objects.filter(code=store_code or "history").first()
    if store is None and store_code:
        known = ", ".join(Store.objects.order_by("code").values_list("code", flat=True)) or "none"
        raise CommandError(f"There is no store {store_code}. Known: {known}.")
    store = store or Store(code="history", name="Receipts from before 历史小票")
    found = Terminal.objects.filter(store=store, code=code).first() if store.pk else None
    terminal = found or Terminal(store=store, code=code, key_prefix=f"file{secrets.token_hex(5)}", is_active=False)
    if not dry_run and not found:
        if not store.pk:
            store.save()
        terminal.store = store
        terminal.save()
    return terminal
