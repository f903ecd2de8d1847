"""The night: which jobs run when, in which order, and what becomes of days that were missed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from core import jobs
from core.jobs import Report
from core.models import JobRun
from loyalty_site import night, schedule, tasks
from loyalty_site.celery import app
from loyalty_site.night import Job
from points.models import Account, PointType, Posting
from pos.models import IdempotencyKey
from tests import factories
from tests.points.grants import grant

EARLIER = datetime(2025, 12, 1, 12, tzinfo=UTC)
AFTER_MIDNIGHT = datetime(2026, 3, 1, 0, 1, tzinfo=UTC)
ORDER = ["points.mature", "points.expire", "vouchers.expire", "tiers.review", "insights.days", "campaigns.segments"]

pytestmark = pytest.mark.django_db


def runs() -> list[tuple[str, str, str]]:
    return list(JobRun.objects.order_by("id").values_list("job", "period", "state"))


def kinds(account: Account) -> list[tuple[str, int]]:
    return list(Posting.objects.filter(account=account).order_by("number").values_list("kind", "moved"))


@pytest.fixture
def points() -> PointType:
    return factories.shop().point_type


def test_the_night_matures_expires_and_reviews_in_this_order(points: PointType) -> None:
    ada = factories.member(email="ada@example.com")
    grant(ada, points, 5, until=None, at=EARLIER, usable_at=datetime(2026, 2, 28, tzinfo=UTC))
    grant(ada, points, 7, until=datetime(2026, 3, 1, tzinfo=UTC), at=EARLIER)
    grant(ada, points, 9, until=datetime(2026, 3, 30, 23, tzinfo=UTC), at=EARLIER)  # midnight in London
    lot = grant(ada, points, 11, until=datetime(2026, 3, 1, 0, 0, 1, tzinfo=UTC), at=EARLIER)

    night.pass_night(at=AFTER_MIDNIGHT)

    assert runs() == [(job, "2026-02-28", "done") for job in ORDER]
    assert kinds(lot.account)[4:] == [("mature", 5), ("expire", 7)]  # not what expires a second into the new day
    done = dict(JobRun.objects.values_list("job", "done"))
    assert done["points.mature"] == {"accounts": 1, "points": 5}
    assert done["points.expire"] == {"accounts": 1, "points": 7}


def test_a_night_that_is_over_costs_two_queries(points: PointType, django_assert_num_queries: Any) -> None:
    night.pass_night(at=AFTER_MIDNIGHT)

    with django_assert_num_queries(2):
        night.pass_night(at=AFTER_MIDNIGHT + timedelta(minutes=1))

    assert len(runs()) == len(ORDER)


@pytest.mark.parametrize(
    ("at", "period"),
    [
        (datetime(2026, 2, 28, 19, 59, tzinfo=UTC), "2026-02-27"),  # 03:59 in Shanghai: the 28th has not ended
        (datetime(2026, 2, 28, 20, 0, tzinfo=UTC), "2026-02-28"),
    ],
)
def test_the_business_day_ends_when_the_programme_says(at: datetime, period: str) -> None:
    factories.chinese_shop()

    night.pass_night(at=at)

    assert runs() == [(job, period, "done") for job in ORDER]


def test_before_the_programme_is_set_up_there_is_no_night() -> None:
    night.pass_night(at=AFTER_MIDNIGHT)

    assert runs() == []


def test_one_run_makes_up_for_days_that_were_missed(points: PointType) -> None:
    ada = factories.member()
    for day in (10, 20):
        lot = grant(ada, points, day, until=datetime(2026, 3, day, tzinfo=UTC), at=EARLIER)
    night.pass_night(at=AFTER_MIDNIGHT)

    night.pass_night(at=AFTER_MIDNIGHT + timedelta(days=24))

    assert [period for job, period, _ in runs() if job == "points.expire"] == ["2026-02-28", "2026-03-24"]
    assert kinds(lot.account)[2:] == [("expire", 10), ("expire", 20)]
    assert list(Posting.objects.filter(kind="expire").order_by("number").values_list("occurred_at", flat=True)) == [
        datetime(2026, 3, 10, tzinfo=UTC),
        datetime(2026, 3, 20, tzinfo=UTC),
    ]


def test_what_follows_waits_until_what_comes_before_is_done(points: PointType, monkeypatch: Any) -> None:
    def fail(report: Report, due: datetime) -> None:
        raise ZeroDivisionError("no tiers")

    whole = night.NIGHT
    broken = tuple(Job(j.name, j.title, j.purpose, fail) if j.name == "tiers.review" else j for j in whole)
    monkeypatch.setattr(night, "NIGHT", broken)

    for minute in (0, 1):
        with pytest.raises(ZeroDivisionError):
            night.pass_night(at=AFTER_MIDNIGHT + timedelta(minutes=minute))
    assert runs() == [
        ("points.mature", "2026-02-28", "done"),
        ("points.expire", "2026-02-28", "done"),
        ("vouchers.expire", "2026-02-28", "done"),
        ("tiers.review", "2026-02-28", "failed"),
    ]
    assert JobRun.objects.get(job="tiers.review").error == "ZeroDivisionError: no tiers"

    monkeypatch.setattr(night, "NIGHT", whole)
    night.pass_night(at=AFTER_MIDNIGHT + timedelta(minutes=2))

    assert runs() == [(job, "2026-02-28", "done") for job in ORDER]


def test_after_a_minute_the_rest_is_left_to_the_next_tick(points: PointType, monkeypatch: Any) -> None:
    for day in (1, 2, 3):
        grant(factories.member(), points, day, until=datetime(2026, 2, day, tzinfo=UTC), at=EARLIER)
    monkeypatch.setattr(jobs, "SECONDS", 0.0)

    states = []
    for minute in range(20):
        night.pass_night(at=AFTER_MIDNIGHT + timedelta(minutes=minute))
        states.append(dict(JobRun.objects.values_list("job", "state")).get("points.expire"))

    # One chunk holds all three: it is done, then the time is up; the next tick finds nothing left. The figures of the
    # nine weeks since December take a tick each.
    assert states[:3] == ["running", "done", "done"]
    assert JobRun.objects.get(job="points.expire").done == {"accounts": 3, "points": 6}
    assert runs() == [(job, "2026-02-28", "done") for job in ORDER]


def test_a_run_that_never_ended_is_closed_by_the_next_day(points: PointType) -> None:
    JobRun.objects.create(job="points.mature", period="2026-02-27", state="running", started_at=EARLIER)

    night.pass_night(at=AFTER_MIDNIGHT)

    old = JobRun.objects.get(period="2026-02-27")
    assert (old.state, old.error) == ("failed", "not finished; its work was done by the run of 2026-02-28")


def test_staff_can_ask_for_any_job_and_it_does_what_was_due_then(points: PointType) -> None:
    ada = factories.member()
    lot = grant(ada, points, 5, until=datetime(2026, 3, 1, 12, tzinfo=UTC), at=EARLIER)
    grant(ada, points, 6, until=datetime(2026, 3, 1, 13, tzinfo=UTC), at=EARLIER)
    asked_at = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
    for name in night.JOBS:
        jobs.request(name, by="sam", at=asked_at)

    night.run_requested(at=datetime(2026, 3, 1, 14, tzinfo=UTC))

    assert runs() == [(job, "2026-03-01T12:30:00+00:00", "done") for job in night.JOBS]
    assert kinds(lot.account)[2:] == [("expire", 5)]
    assert jobs.requested() == []


def test_a_requested_run_that_fails_is_not_repeated_and_one_nobody_knows_is_left(
    points: PointType, monkeypatch: Any
) -> None:
    def fail(report: Report, due: datetime) -> None:
        raise ZeroDivisionError

    first = night.NIGHT[0]
    monkeypatch.setitem(night.JOBS, first.name, Job(first.name, first.title, first.purpose, fail))
    jobs.request("demo", by="sam", at=EARLIER)
    jobs.request(first.name, by="sam", at=AFTER_MIDNIGHT)

    with pytest.raises(ZeroDivisionError):
        night.run_requested(at=AFTER_MIDNIGHT)
    night.run_requested(at=AFTER_MIDNIGHT)

    assert [(job, state) for job, _, state in runs()] == [("demo", "requested"), (first.name, "failed")]


def test_every_job_is_named_and_explained() -> None:
    assert [job.name for job in night.NIGHT] == ORDER
    assert list(night.JOBS) == ORDER
    for job in night.NIGHT:
        assert str(job.title)
        assert str(job.purpose).endswith(".")


def test_old_answers_go_and_newer_ones_stay() -> None:
    terminal = factories.terminal()
    for key, days in (("old", 31), ("new", 29)):
        IdempotencyKey.objects.create(
            terminal=terminal, key=key, path="/", request={}, status=201, answer="{}",
            created_at=AFTER_MIDNIGHT - timedelta(days=days),
        )  # fmt: skip

    night.tidy(at=AFTER_MIDNIGHT)

    assert list(IdempotencyKey.objects.values_list("key", flat=True)) == ["new"]


def test_the_schedule_names_tasks_that_there_are() -> None:
    app.loader.import_default_modules()

    for entry in schedule.SCHEDULE:
        task = app.tasks[entry.task]
        assert task.__doc__
    assert set(schedule.beat_schedule()) == {entry.task for entry in schedule.SCHEDULE}
    assert len(schedule.SCHEDULE) == 9


@pytest.mark.parametrize("task", [tasks.run_nightly, tasks.run_requested, tasks.tidy])
def test_every_task_calls_its_verb_with_the_moment(task: Any) -> None:
    factories.shop()

    with time_machine.travel(AFTER_MIDNIGHT, tick=False):
        task()

    nights = set(JobRun.objects.values_list("period", flat=True))
    assert nights == ({date(2026, 2, 28).isoformat()} if task is tasks.run_nightly else set())
