"""Loading the demo: the founding and the oldest receipts at once, the rest in the background, with its progress.

Whatever was posted is known by its receipt. So whoever is interrupted simply begins again, and writes what is left.
"""

import math
import time
from bisect import bisect
from collections.abc import Callable, Iterator
from datetime import date, datetime
from operator import attrgetter

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import clock, jobs
from core import programme as programmes
from core.errors import LoyaltyError
from core.jobs import Report
from core.models import JobRun, Programme
from loyalty_site.demo import crowds, founding, wares, wishes
from loyalty_site.demo import year as years
from loyalty_site.demo.founding import JOB, PREFIX, VIA
from loyalty_site.demo.year import Year
from members import consent
from members.models import Consent, Member
from points import expiry
from pos.history import posting
from pos.history import report as reports
from pos.history.plan import Event
from rewards import vouchers
from tiers import review

CHUNK = 100

Progress = Callable[[int, int], None]


class NotTheDemo(LoyaltyError):
    """There is a programme already, and it is not the demo."""

    code = "not_the_demo"
    sentence = _("There is a programme here already, and it is not the demo. Nothing was loaded.")


class NoDemo(LoyaltyError):
    """The demo was not begun."""

    code = "no_demo"
    sentence = _("There is no demo here whose rest could be loaded. Load it first: manage.py load_demo")


def begin(*, receipts: int, at: datetime, progress: Progress) -> JobRun:
    """Found the demo in an empty database and post its oldest RECEIPTS. Begun before: only what is missing.

    Raises NotTheDemo.
    """
    year = years.read()
    with transaction.atomic():
        if not Programme.objects.exists():
            founding.found(year, ends_on=founding.last_day(at), at=at)
    return _load(year, receipts, until=time.monotonic(), at=at, progress=progress)


def go_on(*, at: datetime, progress: Progress) -> JobRun:
    """Post what is left, then do what the nights since would have done. Done before: nothing. Raises NoDemo."""
    if not JobRun.objects.filter(job=JOB).exists():
        raise NoDemo
    return _load(years.read(), CHUNK, until=math.inf, at=at, progress=progress)


def _load(year: Year, chunk: int, *, until: float, at: datetime, progress: Progress) -> JobRun:
    known = JobRun.objects.filter(job=JOB).first()
    if known is None:
        raise NotTheDemo

    def work(report: Report) -> None:
        place = founding.open_place(programmes.current(), year, date.fromisoformat(known.period))
        counted = JobRun.objects.get(pk=known.pk).done.get("receipts", 0)
        done = 0
        for events in _pieces(year, chunk):
            with transaction.atomic():
                # Claims are made before what was bought after them: members read what they did in its order.
                wares.make_claims(year, place, until=events[0].at)
                posting.post(events, place, reports.Report(survey=year.survey))
                done += len(events)
                report.add(receipts=max(0, done - counted))
                counted = max(done, counted)
            progress(done, len(year.events))
            if done < len(year.events):
                report.beat()
        _conclude(year, clock.now())

    return jobs.run(JOB, known.period, work, at=at, until=until)


def _pieces(year: Year, chunk: int) -> Iterator[list[Event]]:
    """What happened in its order, at most CHUNK at a time, begun anew where somebody claims something."""
    begin = 0
    for moment in [*wares.moments(year), None]:
        end = len(year.events) if moment is None else bisect(year.events, moment, key=attrgetter("at"))
        yield from posting.batches(year.events[begin:end], chunk)
        begin = end


def _conclude(year: Year, at: datetime) -> None:
    """Note who said yes to marketing, do what the nights since would have done, write greetings and segments."""
    wanted = [f"{PREFIX}{customer}" for customer in year.customers[::3]]
    for member in Member.objects.filter(external_id__in=wanted).order_by("pk"):
        channel = Consent.Channel.EMAIL if member.email else Consent.Channel.SMS
        consent.give(member, channel, Consent.Purpose.MARKETING, source=VIA, at=member.enrolled_at)
    expiry.mature_due(at)
    expiry.expire_due(at)
    vouchers.expire_due(at)
    review.review(clock.business_date(at, programmes.current()))
    wishes.plan(at=at)
    crowds.gather(at=at)
