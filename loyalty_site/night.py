"""The programme's jobs, and the order of the night in which they follow each other.

The night's work of a business day begins when the day has ended. It tidies: which points can be used is decided by
their dates, at any moment, by every verb and every balance. So once a day is enough, and a night that was missed is
made up for by the next one: each job looks for all that is due by then, however long it has been.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.core.cache import cache
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access import sessions
from campaigns import audiences
from core import clock, jobs
from core import programme as programmes
from core.jobs import Report
from core.models import JobRun
from insights import snapshots
from messaging import outbox
from points import expiry
from pos import idempotency
from rewards import proofs, vouchers
from tiers import review

PULSE = "clock.pulse"
# The figures of a large shop's years take minutes the first time. A worker that does them in pieces has time for what
# people wait for, and with the week that it has begun none takes ten seconds.
FIGURES_SECONDS = 6.0


@dataclass(frozen=True, slots=True)
class Job:
    """Work that the clock does and staff can ask for. WORK does all that is due by a moment; a repeat does nothing."""

    name: str
    title: Promise
    purpose: Promise
    work: Callable[[Report, datetime], None]
    seconds: float = jobs.SECONDS  # after so many, what is left waits for the clock's next round


def _mature(report: Report, due: datetime) -> None:
    expiry.mature_due(due, tick=partial(_points, report))


def _expire(report: Report, due: datetime) -> None:
    expiry.expire_due(due, tick=partial(_points, report))


def _points(report: Report, accounts: int, points: int) -> None:
    report.add(accounts=accounts, points=points)
    report.beat()


def _expire_vouchers(report: Report, due: datetime) -> None:
    def tick(expired: int) -> None:
        report.add(vouchers=expired)
        report.beat()

    vouchers.expire_due(due, tick=tick)


def _review(report: Report, due: datetime) -> None:
    on = clock.business_date(due, programmes.current())
    for part in review.parts(on, at=clock.now(), after=report.kept):
        report.add(raised=part.raised, lowered=part.lowered, kept=part.kept)
        report.keep(part.last_member_id)
        report.beat()


def _keep_days(report: Report, due: datetime) -> None:
    def tick(days: int, left: int) -> None:
        report.add(days=days)
        if left:  # else it is done, and would be begun anew
            report.beat()

    snapshots.take(programmes.current(), at=clock.now(), tick=tick)


def _refresh_segments(report: Report, due: datetime) -> None:
    for place, renewed in audiences.refresh_all(at=clock.now(), after=report.kept):
        if renewed:
            report.add(segments=1, entered=renewed.entered, left=renewed.gone)
        else:
            report.add(unusable=1)
        report.keep(place)
        report.beat()


# In this order, each after the one before it is done.
NIGHT = (
    Job(
        "points.mature",
        _("Maturing"),
        _("Points whose pending time is over become usable."),
        _mature,
    ),
    Job(
        "points.expire",
        _("Expiry"),
        _("Points that were not used in time expire. Held points stay."),
        _expire,
    ),
    Job(
        "vouchers.expire",
        _("Expiry of vouchers"),
        _("Vouchers that were not used in time expire. Their points stay spent."),
        _expire_vouchers,
    ),
    Job(
        "tiers.review",
        _("Tier review"),
        _("Members whose standing has run out step down one tier."),
        _review,
    ),
    Job(
        "insights.days",
        _("Figures of the day"),
        _("The figures of the days that ended are kept, so that the overview answers at once."),
        _keep_days,
        seconds=FIGURES_SECONDS,
    ),
    Job(
        "campaigns.segments",
        _("Segments"),
        _("Members enter the segments whose conditions they meet now, and leave the others."),
        _refresh_segments,
    ),
)
JOBS = {job.name: job for job in NIGHT}


def pass_night(*, at: datetime) -> None:
    """Do what is left of the work for the business day that ended last before AT, for a minute; the next call goes on.

    One run of each job for that day, in the order of the night. Does nothing before the programme is set up.
    """
    programme = programmes.current_or_none()
    if programme is None:
        return
    today = clock.business_date(at, programme)
    ended = (today - timedelta(days=1)).isoformat()
    done = jobs.done_in(ended)
    until = time.monotonic() + jobs.SECONDS
    for job in NIGHT:
        if job.name in done:
            continue
        work = partial(_work, job, clock.start_of(today, programme))
        run = jobs.run(job.name, ended, work, at=at, until=_until(job, until))
        if run.state != JobRun.State.DONE:
            return
        jobs.supersede(job.name, ended)


def _until(job: Job, until: float) -> float:
    return min(until, time.monotonic() + job.seconds)


def _work(job: Job, due: datetime, report: Report) -> None:
    job.work(report, due)


def run_requested(*, at: datetime) -> None:
    """Run the jobs that staff asked for, oldest first, for a minute: each does what was due when it was asked for."""
    until = time.monotonic() + jobs.SECONDS
    for asked in jobs.requested():
        if job := JOBS.get(asked.job):
            due = datetime.fromisoformat(asked.period)
            jobs.run(job.name, asked.period, partial(_work, job, due), at=at, until=_until(job, until))


def tidy(*, at: datetime) -> None:
    """Drop answers that no till will ask for again, wipe codes that have served, forget sessions that have ended.

    For a minute at most.
    """
    outbox.wipe_served(at=at)
    proofs.forget_codes(at=at)
    sessions.forget(at=at)
    until = time.monotonic() + jobs.SECONDS
    while idempotency.forget(at) and time.monotonic() < until:
        pass


def feel_pulse(*, at: datetime) -> None:
    """Note that beat sends and a worker takes what it sends."""
    cache.set(PULSE, at, timeout=None)


def last_pulse() -> datetime | None:
    """When beat and a worker were last seen at work together. None: not since the broker was last emptied."""
    found: datetime | None = cache.get(PULSE)
    return found
