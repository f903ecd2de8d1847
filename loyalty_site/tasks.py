"""What the worker does for the whole site. Each task calls one verb; `loyalty_site.schedule` says how often."""

from celery import shared_task

from core import clock
from loyalty_site import night


@shared_task
def run_nightly() -> None:
    """When the business day has ended: mature, expire, review tiers, figures."""
    night.pass_night(at=clock.now())


@shared_task
def run_requested() -> None:
    """Start the jobs that staff asked for."""
    night.run_requested(at=clock.now())


@shared_task
def tidy() -> None:
    """Drop answers that no till will ask for any more, wipe sign-in codes that have served."""
    night.tidy(at=clock.now())


@shared_task
def heartbeat() -> None:
    """Show that beat and worker are alive."""
    night.feel_pulse(at=clock.now())
