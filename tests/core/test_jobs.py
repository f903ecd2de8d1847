"""Runs of jobs: once a period, one runner at a time, taken up again."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, OperationalError, connection

from core import jobs
from core.db import value
from core.jobs import LockLost, Report
from core.models import JobRun, Programme
from tests import factories
from tests.racing import run_in_threads

AT = datetime(2026, 3, 1, 0, 5, tzinfo=UTC)
ENOUGH_SECONDS = 30


def count_five(report: Report) -> None:
    report.expect(5)
    report.add(accounts=5, points=100)


def row(job: str = "sweep", period: str = "2026-02-28") -> JobRun:
    return JobRun.objects.get(job=job, period=period)


@pytest.mark.django_db
def test_a_run_is_done_once_and_tells_what_it_did() -> None:
    with time_machine.travel(AT + timedelta(seconds=7), tick=False):
        done = jobs.run("sweep", "2026-02-28", count_five, at=AT)
        again = jobs.run("sweep", "2026-02-28", count_five, at=AT + timedelta(minutes=1))

    assert (done.state, done.done, done.total) == ("done", {"accounts": 5, "points": 100}, 5)
    assert (done.started_at, done.finished_at) == (AT, AT + timedelta(seconds=7))
    assert (again.id, again.done) == (done.id, {"accounts": 5, "points": 100})
    assert JobRun.objects.count() == 1


@pytest.mark.django_db
def test_another_period_is_another_run() -> None:
    jobs.run("sweep", "2026-02-27", count_five, at=AT)
    jobs.run("sweep", "2026-02-28", count_five, at=AT)

    assert jobs.done_in("2026-02-27") == {"sweep"}
    assert JobRun.objects.filter(job="sweep", state="done").count() == 2


@pytest.mark.django_db
def test_an_error_is_written_down_raised_and_the_run_taken_up_again() -> None:
    def break_off(report: Report) -> None:
        report.add(accounts=2)
        raise ZeroDivisionError("no stores")

    with pytest.raises(ZeroDivisionError):
        jobs.run("sweep", "2026-02-28", break_off, at=AT)

    assert (row().state, row().error, row().done) == ("failed", "ZeroDivisionError: no stores", {"accounts": 2})

    jobs.run("sweep", "2026-02-28", count_five, at=AT + timedelta(minutes=1))

    assert (row().state, row().error, row().done) == ("done", "", {"accounts": 7, "points": 100})
    assert row().started_at == AT


def test_a_database_error_is_written_down_without_the_row_it_quotes(committed_db: None) -> None:
    factories.programme()

    def write_nonsense(report: Report) -> None:
        with connection.cursor() as cursor:
            cursor.execute("update core_programme set day_ends_at = 13, name = 'Ada Lovelace'")

    with pytest.raises(IntegrityError):
        jobs.run("sweep", "2026-02-28", write_nonsense, at=AT)

    assert row().error == (
        'IntegrityError: new row for relation "core_programme" violates check constraint '
        '"core_programme_day_ends_in_the_night"'
    )
    assert Programme.objects.get().name == "Gift Club"


@pytest.mark.django_db
def test_a_runner_whose_time_is_up_leaves_the_rest_to_the_next() -> None:
    chunks = iter(range(3))

    def work(report: Report) -> None:
        for _ in chunks:
            report.add(chunks=1)
            report.beat()

    first = jobs.run("sweep", "2026-02-28", work, at=AT, until=time.monotonic())
    second = jobs.run("sweep", "2026-02-28", work, at=AT, until=time.monotonic())
    last = jobs.run("sweep", "2026-02-28", work, at=AT)

    assert [(r.state, r.done) for r in (first, second)] == [("running", {"chunks": 1}), ("running", {"chunks": 2})]
    assert (last.state, last.done) == ("done", {"chunks": 3})


@pytest.mark.parametrize("period", ["2026-02-28", "2026-02-27"])
def test_a_second_runner_does_nothing_while_the_first_is_alive(committed_db: None, period: str) -> None:
    inside, may_end = threading.Event(), threading.Event()

    def slow(report: Report) -> None:
        inside.set()
        assert may_end.wait(ENOUGH_SECONDS)
        report.add(accounts=1)

    def runner(number: int) -> str:
        if number == 0:
            return jobs.run("sweep", "2026-02-28", slow, at=AT).state
        assert inside.wait(ENOUGH_SECONDS)
        try:
            return jobs.run("sweep", period, count_five, at=AT).state
        finally:
            may_end.set()

    states = run_in_threads(2, runner)

    assert states == ["done", "running" if period == "2026-02-28" else "requested"]
    assert row().done == {"accounts": 1}


def test_many_runners_at_once_do_the_work_once(committed_db: None) -> None:
    states = run_in_threads(8, lambda _: jobs.run("sweep", "2026-02-28", count_five, at=AT).state)

    assert states.count("done") >= 1
    assert JobRun.objects.count() == 1
    assert (row().state, row().done) == ("done", {"accounts": 5, "points": 100})


def test_the_run_of_a_killed_runner_is_taken_up_at_once(committed_db: None) -> None:
    inside, is_killed = threading.Event(), threading.Event()
    backend: list[int] = []

    def hang(report: Report) -> None:
        report.add(accounts=2)
        backend.append(value("select pg_backend_pid()"))
        inside.set()
        assert is_killed.wait(ENOUGH_SECONDS)
        report.add(accounts=100)

    def runner(number: int) -> str:
        if number == 0:
            with pytest.raises(OperationalError):
                jobs.run("sweep", "2026-02-28", hang, at=AT)
            return "killed"
        assert inside.wait(ENOUGH_SECONDS)
        value("select pg_terminate_backend(%s, 10000)", [backend[0]])
        try:
            return jobs.run("sweep", "2026-02-28", count_five, at=AT).state
        finally:
            is_killed.set()

    states = run_in_threads(2, runner)

    assert states == ["killed", "done"]
    assert (row().state, row().done) == ("done", {"accounts": 7, "points": 100})


def test_a_runner_whose_connection_was_replaced_stops(committed_db: None) -> None:
    def reconnect(report: Report) -> None:
        connection.close()
        report.add(accounts=1)

    with pytest.raises(LockLost):
        jobs.run("sweep", "2026-02-28", reconnect, at=AT)

    assert (row().state, row().done) == ("running", {})


@pytest.mark.django_db
def test_a_run_asked_for_by_staff_waits_until_it_is_done_or_failed() -> None:
    asked = jobs.request("sweep", by="sam", at=AT)
    again = jobs.request("sweep", by="sam", at=AT)
    other = jobs.request("review", by="ann", at=AT)

    assert asked.id == again.id
    assert (asked.period, asked.state, asked.requested_by) == ("2026-03-01T00:05:00+00:00", "requested", "sam")
    assert [r.id for r in jobs.requested()] == [asked.id, other.id]

    jobs.run("sweep", asked.period, count_five, at=AT)

    assert [r.id for r in jobs.requested()] == [other.id]


@pytest.mark.django_db
def test_a_run_that_the_next_day_made_needless_is_closed() -> None:
    JobRun.objects.create(job="sweep", period="2026-02-27", state="running", started_at=AT)
    asked = jobs.request("sweep", by="sam", at=AT)

    jobs.supersede("sweep", "2026-02-28")

    assert (row(period="2026-02-27").state, row(period="2026-02-27").error) == (
        "failed",
        "not finished; its work was done by the run of 2026-02-28",
    )
    assert [r.id for r in jobs.requested()] == [asked.id]


@pytest.mark.django_db
def test_a_place_that_was_kept_is_known_to_the_next_runner() -> None:
    begun: list[int] = []

    def work(report: Report) -> None:
        begun.append(report.kept)
        report.add(kept=2)
        report.keep(begun[-1] + 20)
        report.beat()

    jobs.run("review", "2026-02-28", work, at=AT, until=time.monotonic())
    assert row("review").done == {"kept": 2, "place": 20}
    jobs.run("review", "2026-02-28", work, at=AT)

    assert begun == [0, 20]
    assert row("review").done == {"kept": 4}
