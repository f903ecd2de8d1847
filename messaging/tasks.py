"""What the worker does for messages, every few seconds."""

import time

from celery import shared_task

from core import clock
from messaging import delivery, fanout

# Then the next tick goes on, so that nobody else waits long for a worker.
SECONDS = 10.0


@shared_task
def fan_out() -> None:
    """Make messages of new events."""
    until = time.monotonic() + SECONDS
    while fanout.read(at=clock.now()) and time.monotonic() < until:
        pass


@shared_task
def deliver() -> None:
    """Send what is queued."""
    delivery.send_for(SECONDS)
