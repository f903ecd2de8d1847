"""Runs of jobs: one row for each job and period, one runner at a time, taken up again after a crash.

The runner holds an advisory lock of its database connection for as long as it works. A killed runner's lock dies
with its connection, so that the next one simply goes on; what is left to do stands in the database, not here.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import Error as DatabaseError
from django.db import connection
from django.db.models import Func, IntegerField

from core import clock
from core.db import value
from core.models import JobRun

# A task of a worker may work so long; the rest is left for the next tick of the clock.
SECONDS = 60.0
SIGN_OF_LIFE_SECONDS = 5.0
ERROR_LENGTH = 2000
PLACE = "place"


class LockLost(Exception):
    """The database connection was replaced while the job ran, and with it went the lock: somebody else may run it."""


class _TimeUp(Exception):
    """The runner has worked long enough. Raised between two chunks, so that nothing is lost."""


class Report:
    """What a job's work tells of itself while it runs. Counts of an earlier, interrupted runner go on."""

    def __init__(self, run: JobRun, until: float) -> None:
        self._run = run
        self._until = until
        self._backend = value("select pg_backend_pid()")
        self._written = time.monotonic()

    def add(self, **counts: int) -> None:
        """Add to what the run did so far, such as add(accounts=5, points=100). Called after each chunk."""
        before = self._run.done
        self._run.done = before | {name: before.get(name, 0) + count for name, count in counts.items()}
        self._write(done=self._run.done)

    def keep(self, place: int) -> None:
        """Remember how far the work is, such as the id of the last member, for a runner that goes on."""
        self._run.done = self._run.done | {PLACE: place}
        self._write(done=self._run.done)

    @property
    def kept(self) -> int:
        """The place that was kept last; 0 at the beginning."""
        return int(self._run.done.get(PLACE, 0))

    def expect(self, total: int) -> None:
        """Say of how many the work consists, so that people can see how far it is."""
        self._run.total = total
        self._write(total=total)

    def beat(self) -> None:
        """Between two chunks: give a sign of life, and stop here when the time of this runner is up."""
        if time.monotonic() - self._written >= SIGN_OF_LIFE_SECONDS:
            self._write()
        if time.monotonic() >= self._until:
            raise _TimeUp

    def _write(self, **changes: object) -> None:
        """Write CHANGES with a sign of life, on the connection that holds the lock. Raises LockLost."""
        mine = JobRun.objects.alias(backend=Func(function="pg_backend_pid", output_field=IntegerField()))
        if not mine.filter(id=self._run.id, backend=self._backend).update(beat_at=clock.now(), **changes):
            raise LockLost
        self._written = time.monotonic()


Work = Callable[[Report], None]


def run(job: str, period: str, work: Work, *, at: datetime, until: float | None = None) -> JobRun:
    """Do JOB for PERIOD once, and answer its row; the caller looks at its state.

    Done before: nothing happens. Alive elsewhere (any period of this job): nothing happens either. Failed, or left
    by a runner that died: taken up again. Work is stopped between two chunks when UNTIL (on the monotonic clock, a
    minute from now if not given) has passed, and stays `running` for the next call. An error of the work is written
    down and raised again.
    """
    waiting = JobRun(job=job, period=period, state=JobRun.State.REQUESTED)
    JobRun.objects.bulk_create([waiting], ignore_conflicts=True)
    with _alone(job) as is_mine:
        found = JobRun.objects.get(job=job, period=period)
        if not is_mine or found.state == JobRun.State.DONE:
            return found
        _begin(found, at)
        try:
            work(Report(found, time.monotonic() + SECONDS if until is None else until))
        except _TimeUp:
            return found
        except LockLost:
            raise  # the row may be another runner's by now
        except Exception as error:  # whatever it was: staff see it on the jobs page, and it is raised again
            if connection.is_usable():  # else the row stays `running`, and is taken up all the same
                _end(found, JobRun.State.FAILED, _in_short(error))
            raise
        found.done.pop(PLACE, None)
        _end(found, JobRun.State.DONE)
        return found


def request(job: str, *, by: str, at: datetime) -> JobRun:
    """Ask for a run of JOB as soon as the clock comes by. BY names who asks. A repeat at the same moment asks once."""
    return JobRun.objects.get_or_create(
        job=job, period=at.isoformat(), defaults={"state": JobRun.State.REQUESTED, "requested_by": by}
    )[0]


def requested() -> list[JobRun]:
    """Runs that people asked for and that nobody finished, oldest first. Failed ones must be asked for anew."""
    open_states = [JobRun.State.REQUESTED, JobRun.State.RUNNING]
    return list(JobRun.objects.filter(state__in=open_states).exclude(requested_by="").order_by("id"))


def done_in(period: str) -> set[str]:
    """The jobs that are done for PERIOD."""
    return set(JobRun.objects.filter(period=period, state=JobRun.State.DONE).values_list("job", flat=True))


def supersede(job: str, period: str) -> None:
    """Close the clock's older runs of JOB that never ended: the one of PERIOD has done their work too."""
    JobRun.objects.filter(job=job, requested_by="", period__lt=period).exclude(
        state__in=[JobRun.State.DONE, JobRun.State.FAILED]
    ).update(state=JobRun.State.FAILED, error=f"not finished; its work was done by the run of {period}")


@contextmanager
def _alone(job: str) -> Iterator[bool]:
    """Hold the job's lock for the length of the block. False: somebody else has it."""
    key = value("select hashtextextended('core.jobs ' || %s, 0)", [job])
    is_mine = bool(value("select pg_try_advisory_lock(%s)", [key]))
    try:
        yield is_mine
    finally:
        # A broken connection can't be asked any more, and its locks are gone anyway.
        if is_mine and connection.is_usable():
            value("select pg_advisory_unlock(%s)", [key])


def _begin(found: JobRun, at: datetime) -> None:
    found.state = JobRun.State.RUNNING
    found.started_at = found.started_at or at
    found.beat_at = at
    found.finished_at = None
    found.save(update_fields=["state", "started_at", "beat_at", "finished_at"])


def _end(found: JobRun, state: JobRun.State, error: str = "") -> None:
    found.state = state
    found.finished_at = found.beat_at = clock.now()
    found.error = error
    found.save(update_fields=["state", "finished_at", "beat_at", "error", "done"])


def _in_short(error: Exception) -> str:
    """What went wrong, for staff. Of a database's answer the first line only: the next ones quote the row."""
    text = str(error)
    if isinstance(error, DatabaseError):
        text = text.partition("\n")[0]
    return f"{type(error).__name__}: {text}"[:ERROR_LENGTH]
