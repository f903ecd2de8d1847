"""The promises of conftest.py that other tests rely on."""

import subprocess
import sys

import pytest
from django.db import DatabaseError, connection, transaction

from access.models import AuditEntry
from core.models import Programme
from tests import databases, factories, racing


@pytest.mark.parametrize("again", [1, 2])
def test_committed_data_is_seen_by_threads_and_gone_afterwards(committed_db: None, again: int) -> None:
    assert list(Programme.objects.values_list("name", flat=True)) == []
    factories.programme()

    seen = racing.run_in_threads(3, lambda number: (number, Programme.objects.get().name))

    assert seen == [(0, "Gift Club"), (1, "Gift Club"), (2, "Gift Club")]


def test_committed_data_is_seen_by_other_processes(child_environment: dict[str, str]) -> None:
    factories.programme()
    program = "import django; django.setup()\nfrom core.models import Programme\nprint(Programme.objects.get().name)"

    answer = subprocess.run(
        [sys.executable, "-c", program], env=child_environment, capture_output=True, text=True, check=True
    )

    assert answer.stdout == "Gift Club\n"


def test_rolled_back_tests_do_not_see_what_was_committed(db: None) -> None:
    assert Programme.objects.count() == 0


def test_the_guards_against_truncating_stay_on(committed_db: None) -> None:
    AuditEntry.objects.create(action="looked", subject="guards")

    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("truncate access_auditentry")

    assert AuditEntry.objects.count() == 1


def test_the_error_of_a_thread_is_raised_again(committed_db: None) -> None:
    def fail_in_one(number: int) -> int:
        if number == 1:
            raise ValueError("number 1")
        return number

    with pytest.raises(ValueError, match="number 1"):
        racing.run_in_threads(2, fail_in_one)

    assert [str(outcome) for outcome in racing.outcomes(2, fail_in_one)] == ["0", "number 1"]


def test_tests_work_in_a_database_of_their_own(committed_db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select current_database()")
        assert cursor.fetchone() == (databases.name(),)
    assert databases.name().startswith("test_")
    assert databases.url().endswith(f"/{databases.name()}")
