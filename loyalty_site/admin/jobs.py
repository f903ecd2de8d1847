"""What the clock does: each job with its last run, what it did, how long it took, what comes next; and starting it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from access.admin.acting import acting
from core import clock, jobs, once, words
from core.admin.base import ReadOnlyAdmin
from core.admin.columns import column
from core.models import JobRun
from loyalty_site import night
from loyalty_site.night import Job

STATE_COLOURS = {"requested": "info", "running": "info", "done": "success", "failed": "danger"}
# Beat shows a sign of life every few seconds; without any for so long, nothing is done by the clock.
SILENCE = timedelta(minutes=2)

COUNTED: dict[str, str | Promise] = {
    "accounts": _("accounts"),
    "points": _("points"),
    "vouchers": _("vouchers"),
    "messages": _("messages"),
    "raised": _("raised"),
    "lowered": _("lowered"),
    "kept": _("kept"),
    "receipts": _("receipts"),
    "days": _("days"),
    "segments": _("segments"),
    "entered": pgettext_lazy("segment", "entered"),
    "left": pgettext_lazy("segment", "left"),
    "unusable": _("with conditions that can't be used"),
}
# What runs beside the clock.
ONCE: dict[str, str | Promise] = {
    "demo.load": _("Loading the demo"),
    "points.notices": _("Notices of expiry"),  # greetings since
}


@dataclass(frozen=True, slots=True)
class Known:
    """A job as its card tells it."""

    job: Job
    last: JobRun | None
    did: str
    took: str
    next_at: datetime | None


def title(job: str) -> str:
    """A job's name in the reader's language."""
    return str(night.JOBS[job].title if job in night.JOBS else ONCE.get(job, job))


def did(run: JobRun) -> str:
    """What a run did, in words: "accounts 30, points 1,200"."""
    order = list(COUNTED)
    counts = sorted(run.done.items(), key=lambda item: order.index(item[0]) if item[0] in order else len(order))
    return words.listed(f"{COUNTED.get(name, name)} {count:,}" for name, count in counts) or words.NOTHING


def took(run: JobRun) -> str:
    """How long a run took, or has been at it."""
    if run.started_at is None:
        return words.NOTHING
    seconds = ((run.finished_at or clock.now()) - run.started_at).total_seconds()
    if seconds < 1:
        return str(_("less than a second"))
    if seconds < 120:
        return ngettext("%(count)d second", "%(count)d seconds", round(seconds)) % {"count": round(seconds)}
    minutes = round(seconds / 60)
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}


@admin.register(JobRun)
class JobRunAdmin(ReadOnlyAdmin):
    list_before_template = "admin/jobs.html"
    list_display = ("job_title", "shown_period", "shown_state", "started_at", "duration", "work_done", "requested_by")
    list_filter = ("state",)
    ordering = ("-id",)
    fields = (
        ("job_title", "shown_period"),
        ("state", "requested_by"),
        ("started_at", "finished_at"),
        ("duration", "beat_at"),
        "work_done",
        "error",
    )
    readonly_fields = ("job_title", "shown_period", "duration", "work_done")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The head of the page names the job in the reader's language."""
        if run := context.get("original"):
            context["subtitle"] = f"{title(run.job)} · {_period(run.period)}"
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response

    def has_run_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("core.run_job")

    def get_urls(self) -> list[URLPattern]:
        run = self.admin_site.admin_view(self.run)
        return [path("run/<str:name>/", run, name="core_jobrun_run"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        at = clock.now()
        pulse = night.last_pulse()
        found = {
            "known_jobs": known(at),
            "may_run": self.has_run_permission(request),
            "pulse": pulse,
            "is_silent": pulse is None or at - pulse > SILENCE,
            "title": _("Jobs"),
        }
        response: HttpResponse = super().changelist_view(request, {**(extra_context or {}), **found})
        return response

    def run(self, request: HttpRequest, name: str) -> HttpResponse:
        """Ask for a run of a job: the worker takes it up within seconds."""
        if not self.has_run_permission(request) or request.method != "POST":
            raise PermissionDenied
        if name not in night.JOBS:
            raise Http404
        asked = jobs.request(name, by=str(acting(request)), at=clock.now())
        self.recorder.record(request, "job.requested", asked, changes={"job": name})
        messages.success(request, _("The job starts within seconds. Reload this page to see what it does."))
        return HttpResponseRedirect(reverse("admin:core_jobrun_changelist"))

    @column(_("job"), order="job")
    def job_title(self, run: JobRun) -> str:
        return title(run.job)

    @column(_("period"), order="period")
    def shown_period(self, run: JobRun) -> str:
        return _period(run.period)

    @column(_("state"), colours=STATE_COLOURS, order="state")
    def shown_state(self, run: JobRun) -> tuple[str, str]:
        return run.state, run.get_state_display()

    @column(_("took"))
    def duration(self, run: JobRun) -> str:
        return took(run)

    @column(_("what it did"))
    def work_done(self, run: JobRun) -> str:
        return did(run)


def _period(text: str) -> str:
    """For what a run was: a business day; or the moment when somebody asked for it."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return words.moment(moment) if moment.tzinfo else formats.date_format(moment)


def known(at: datetime) -> list[Known]:
    """Every job of the clock, with its last run. One query."""
    latest = JobRun.objects.filter(job__in=night.JOBS).order_by("job", "-id").distinct("job")
    runs = {run.job: run for run in latest}
    tonight = _tonight(at)
    return [
        Known(job, run, did(run) if run else "", took(run) if run else "", tonight)
        for job in night.NIGHT
        for run in [runs.get(job.name)]
    ]


def _tonight(at: datetime) -> datetime | None:
    """When the business day of AT ends, and with it the night's work begins."""
    programme = once.programme_or_none()
    if programme is None:
        return None
    ends = clock.start_of(clock.business_date(at, programme) + timedelta(days=1), programme)
    return timezone.localtime(ends)
