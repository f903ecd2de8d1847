"""What the worker does for greetings, referrals and challenges, every minute."""

from celery import shared_task

from campaigns import completing, planning, rewarding, writing
from core import clock

# Then the next tick goes on, so that nobody else waits long for a worker.
SECONDS = 30.0


@shared_task
def greet() -> None:
    """Plan the days that have begun, and write what is due, also where planning has failed."""
    at = clock.now()
    try:
        planning.plan(at=at, seconds=SECONDS)
    finally:
        writing.write_due(at=at, seconds=SECONDS)


@shared_task
def reward_referrals() -> None:
    """Find the first purchases of friends who were invited, and give both sides what is due."""
    rewarding.go_on(at=clock.now(), seconds=SECONDS)


@shared_task
def complete() -> None:
    """Complete the stamp cards and challenges that are full."""
    completing.complete_due(at=clock.now(), seconds=SECONDS)
