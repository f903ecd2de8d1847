"""What every page knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from core import programme as programmes
from core.models import JobRun, Programme
from core.revisions import PerRevision

DEMO_JOB = "demo.load"
# How pages look: as the reader's device has it, by day, by night. Kept on the device: phones may be dark, desks light.
LOOK_COOKIE = "look"
LOOKS = ("auto", "light", "dark")


def _may_be_loading(_programme: Programme) -> bool:
    return JobRun.objects.filter(job=DEMO_JOB).exclude(state=JobRun.State.DONE).exists()


may_be_loading = PerRevision(_may_be_loading)


def programme(request: HttpRequest) -> dict[str, Any]:
    """The programme, and the run that loads the demo: asked for only where a page shows it."""
    if hasattr(request, "programme"):
        current: Programme | None = request.programme
    else:
        current = programmes.current_or_none()
    return {
        "programme": current,
        "is_development": settings.DEBUG,
        "look": look(request),
        "demo": SimpleLazyObject(lambda: demo(current)),
    }


def look(request: HttpRequest) -> str:
    """How whoever sends REQUEST wants pages to look."""
    wanted = request.COOKIES.get(LOOK_COOKIE)
    return wanted if wanted in LOOKS else LOOKS[0]


def demo(programme: Programme | None) -> JobRun | None:
    """The run that loads the demo, while it is under way. No query where there is none."""
    if programme is None or not may_be_loading(programme):
        return None
    return JobRun.objects.filter(job=DEMO_JOB, state=JobRun.State.RUNNING).first()
