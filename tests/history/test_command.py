"""The command around the import: what it prints, where the report is, what it refuses."""

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.core.management.base import OutputWrapper
from django.test import override_settings

from loyalty_site.management.commands.import_receipts import Meter
from pos.history.lines import Survey
from pos.history.report import Report
from sales.models import Purchase, Store, Terminal
from tests import factories
from tests.history import samples
from tests.history.samples import Book

TABLE = """\
                                                      receipts  lines           GBP
purchases of members                                        33    210   181,217.38
purchases without member                                     3     34       350.32
returns                                                     17     32  -169,672.37
goods back, nobody knows whose                                      1       -95.38
goods back, no earlier sale of them to this customer                7      -687.06
more goods back than were sold                                      4       -38.90
goods back at another price: the difference                         9        -9.97
discount given afterwards                                           2       -92.24
correction of the stock, nothing sold                               3         0.00
bookkeeping, nothing sold                                           3   -11,062.06
less than the smallest coin                                         1         0.001
together                                                                    -90.279
the file                                                    68    292       -90.279"""


def command(path: Path, **options: Any) -> list[str]:
    output = io.StringIO()
    call_command("import_receipts", str(path), stdout=output, **options)
    return output.getvalue().splitlines()


def test_it_prints_where_every_line_and_penny_went(terminal: Terminal, tmp_path: Path) -> None:
    report = tmp_path / "new" / "rest.csv"
    first, *table, last = command(samples.REAL, store="LON-1", terminal="T1", report=report)
    assert first.startswith("36 receipts in ")
    assert "\n".join(table) == TABLE
    assert last == f"What was not posted stands in {report}, with its reasons: 30 rows."


def test_the_report_lists_the_rest_in_order_of_its_lines(terminal: Terminal, tmp_path: Path) -> None:
    report = tmp_path / "rest.csv"
    command(samples.REAL, store="LON-1", terminal="T1", report=report)
    rows = list(csv.DictReader(report.read_text(encoding="utf-8").splitlines()))
    assert [int(row["line"]) for row in rows] == sorted(int(row["line"]) for row in rows)
    assert rows[3] == {
        "line": "10",
        "invoice": "C536818",
        "customer": "16995",
        "sku": "84947",
        "quantity": "-1",
        "amount": "-1.25",
        "reason": "return_without_sale",
    }


def test_as_json_the_report_has_the_totals_too(terminal: Terminal, tmp_path: Path) -> None:
    report = tmp_path / "rest.json"
    command(Book().line("1", "JAR", 1, "2").line("C2", "JAR", -2, "2").write(tmp_path / "a.csv"), report=report)
    found = json.loads(report.read_text())
    assert (found["file"]["lines"], found["file"]["amount"], found["difference"]) == (2, "-2", "0.000")
    assert [(total["label"], total["lines"], total["amount"]) for total in found["totals"]] == [
        ("purchases of members", 1, "2"),
        ("purchases without member", 0, "0"),
        ("returns", 1, "-2.00"),
        ("more goods back than were sold", 1, "-2"),
    ]
    assert [(row["line"], row["quantity"], row["reason"]) for row in found["rest"]] == [
        (3, -1, "return_of_more_than_sold")
    ]


def test_without_a_store_one_is_made_whose_terminal_opens_nothing(terminal: Terminal, tmp_path: Path) -> None:
    with override_settings(DATA_DIR=tmp_path):
        command(Book().line("1", "JAR", 1, "2").write(tmp_path / "mine.csv"))
        command(Book().line("1", "JAR", 1, "2").write(tmp_path / "mine.csv"))
    purchase = Purchase.objects.get()
    assert (purchase.store.code, purchase.terminal.code) == ("history", "file")
    assert (purchase.terminal.is_active, purchase.terminal.key_hash) == (False, "")
    assert (tmp_path / "reports" / "mine-not-posted.csv").exists()


def test_a_dry_run_makes_no_store_either(terminal: Terminal, tmp_path: Path) -> None:
    command(samples.REAL, dry_run=True, report=tmp_path / "rest.csv")
    assert list(Store.objects.values_list("code", flat=True)) == ["LON-1"]


def test_times_are_the_stores_unless_another_zone_is_named(terminal: Terminal, tmp_path: Path) -> None:
    path = Book().line("1", "JAR", 1, "2").write(tmp_path / "a.csv")
    Store.objects.filter(pk=terminal.store_id).update(time_zone="Europe/Paris")
    command(path, store="LON-1", terminal="T1", report=tmp_path / "rest.csv")
    assert Purchase.objects.get().occurred_at.isoformat() == "2026-03-02T08:02:00+00:00"
    command(path, time_zone="Asia/Shanghai", report=tmp_path / "rest.csv")
    assert Purchase.objects.latest("id").occurred_at.isoformat() == "2026-03-02T01:02:00+00:00"


def test_it_says_when_no_rule_was_valid_yet(terminal: Terminal, tmp_path: Path) -> None:
    path = samples.write(tmp_path / "a.csv", ["1,JAR,Jar,1,2009-12-31 10:00:00,2.00,17850,UK"])
    assert "No earning rule was valid yet" in command(path, report=tmp_path / "rest.csv")[-1]


def test_on_a_terminal_a_bar_moves_and_is_wiped_at_the_end() -> None:
    output = io.StringIO()
    report = Report(survey=Survey(lines=99))
    report.member_purchases.receipts = 1200
    with time_machine.travel(datetime(2026, 3, 2, tzinfo=UTC), tick=False) as clock:
        meter = Meter(OutputWrapper(output), is_terminal=True)
        clock.shift(2)
        meter.show(50, report)
        assert output.getvalue() == f"\r{'█' * 15}{'░' * 15}  50%  1,200 receipts  600/s  2 s to go   "
        clock.shift(2)
        meter.end(report)
    assert output.getvalue().rpartition("\r")[2] == "1,200 receipts in 4.0 s, 300/s.\n"


def test_elsewhere_a_line_comes_every_five_seconds() -> None:
    output = io.StringIO()
    report = Report(survey=Survey(lines=99))
    report.member_purchases.receipts = 600
    with time_machine.travel(datetime(2026, 3, 2, tzinfo=UTC), tick=False) as clock:
        meter = Meter(OutputWrapper(output), is_terminal=False)
        for line in (10, 20, 30):
            clock.shift(3)
            meter.show(line, report)
    assert output.getvalue() == " 20%  600 receipts  100/s  24 s to go\n"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"store": "PAR-1"}, "There is no store PAR-1. Known: LON-1."),
        ({"time_zone": "Mars/Olympus"}, "Mars/Olympus is no time zone."),
        ({"batch": 0}, "A batch has at least one receipt."),
    ],
)
def test_what_makes_no_sense_is_refused(terminal: Terminal, options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        command(samples.REAL, **options)
    assert Purchase.objects.count() == 0


def test_a_missing_file_a_broken_file_and_a_missing_programme_are_refused(db: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no file"):
        command(tmp_path / "none.csv")
    with pytest.raises(CommandError, match="has not been set up yet"):
        command(samples.REAL)
    factories.shop()
    with pytest.raises(CommandError, match="Line 1 of the file can't be read: it names no column InvoiceNo"):
        command(_text(tmp_path / "b.csv", "a,b\n1,2\n"))


def _text(path: Path, text: str) -> Path:
    path.write_text(text)
    return path
