"""A kill at any moment, and the same command again, end where an undisturbed run ends."""

import csv
import signal
import subprocess
import sys
import time
from decimal import Decimal
from itertools import islice
from pathlib import Path

import pytest
from django.db.models import Sum

from loyalty_site.demo import builder
from loyalty_site.demo import year as years
from points import verification
from points.models import Posting
from pos.history import lines
from sales.models import Purchase, PurchaseLine, Return
from tests import databases
from tests.history import ledger
from tests.history.conftest import open_shop

LINES = 1200
PATIENCE_SECONDS = 60


@pytest.fixture(scope="module")
def part(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The beginning of the demo's data."""
    path = tmp_path_factory.mktemp("history") / "part.csv.gz"
    path.write_bytes(builder.packed(islice(lines.read(years.DATA), LINES)))
    return path


def start(part: Path, environment: dict[str, str]) -> subprocess.Popen[str]:
    command = [sys.executable, "manage.py", "import_receipts", str(part), "--store=LON-1", "--terminal=T1"]
    return subprocess.Popen(
        [*command, "--batch=5", f"--report={_report(part)}"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _report(part: Path) -> Path:
    return part.with_name("report.csv")


def finish(part: Path, environment: dict[str, str]) -> str:
    process = start(part, environment)
    output, _nothing = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0, output
    return _report(part).read_text()


def kill_after(part: Path, environment: dict[str, str], receipts: int) -> None:
    """Start the import, and kill it without warning once so many receipts are there."""
    process = start(part, environment)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while Purchase.objects.count() < receipts:
        assert process.poll() is None, process.stdout and process.stdout.read()
        assert time.monotonic() < deadline
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    process.communicate()


@pytest.mark.slow
def test_killed_three_times_and_run_again_nothing_is_lost_or_doubled(
    child_environment: dict[str, str], part: Path
) -> None:
    open_shop()
    undisturbed = finish(part, child_environment)
    expected = ledger.state()
    total = Purchase.objects.count()
    assert total > 50
    databases.restore()

    open_shop()
    for receipts in (1, total // 3, total * 2 // 3):
        kill_after(part, child_environment, receipts)
        assert Purchase.objects.count() < total
    assert finish(part, child_environment) == undisturbed
    for table, rows in expected.items():
        assert ledger.state()[table] == rows, table


@pytest.mark.slow
def test_a_threaded_import_killed_in_the_middle_and_run_again_agrees_to_the_penny_and_doubles_nothing(
    child_environment: dict[str, str], part: Path
) -> None:
    """One thread reads the file ahead while another posts: the kill takes both, wherever each of them is."""
    open_shop()
    kill_after(part, child_environment, 20)
    posted = Purchase.objects.count()
    assert posted >= 20

    finish(part, child_environment)

    with _report(part).open(encoding="utf-8", newline="") as report:
        rest = sum((Decimal(row["amount"]) for row in csv.DictReader(report)), Decimal(0))
    sold = Purchase.objects.aggregate(total=Sum("amount"))["total"]
    back = Return.objects.aggregate(total=Sum("amount"))["total"] or Decimal(0)
    assert sold - back + rest == lines.survey(part).amount
    numbers = list(Purchase.objects.values_list("number", flat=True))
    assert len(numbers) == len(set(numbers)) > posted
    assert PurchaseLine.objects.aggregate(total=Sum("amount"))["total"] == sold
    assert verification.faults() == []
    accrued = Posting.objects.filter(kind="accrue").values_list("account", "reference")
    assert len(accrued) == len(set(accrued)) > 0

    before = ledger.state()
    finish(part, child_environment)
    assert ledger.state() == before


@pytest.mark.slow
def test_two_at_once_are_as_one(child_environment: dict[str, str], part: Path) -> None:
    open_shop()
    finish(part, child_environment)
    expected = ledger.state()
    databases.restore()

    open_shop()
    both = [start(part, child_environment) for _ in range(2)]
    for process in both:
        output, _nothing = process.communicate(timeout=PATIENCE_SECONDS)
        assert process.returncode == 0, output
    for table, rows in expected.items():
        assert ledger.state()[table] == rows, table
