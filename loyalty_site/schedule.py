"""Everything that happens by the clock, in one list.

Each entry names the Celery task, how often beat sends it, and what it is for. Sending a task twice, late, or not
at all loses nothing: every job finds its work in the database.
"""

from typing import Any, NamedTuple


class Entry(NamedTuple):
    task: str
    every_seconds: float
    purpose: str


SCHEDULE = [
    Entry("messaging.tasks.fan_out", 5, "make messages of new events"),
    Entry("messaging.tasks.deliver", 3, "send what is queued"),
    Entry("campaigns.tasks.greet", 60, "plan the greetings of days that have begun, and write what is due"),
    Entry("loyalty_site.tasks.run_requested", 5, "start the jobs that staff asked for"),
    Entry(
        "loyalty_site.tasks.run_nightly",
        60,
        "when the business day has ended: mature, expire points and vouchers, review tiers, figures, segments",
    ),
    Entry(
        "loyalty_site.tasks.tidy",
        300,
        "drop answers older than 30 days, wipe sign-in codes that have served, forget sessions that ended",
    ),
    Entry("loyalty_site.tasks.heartbeat", 15, "show that beat and worker are alive"),
]


def beat_schedule() -> dict[str, dict[str, Any]]:
    """The list in Celery's own shape. A message not taken within two periods is dropped: the next one does its work."""
    return {
        entry.task: {
            "task": entry.task,
            "schedule": entry.every_seconds,
            "options": {"expires": max(entry.every_seconds * 2, 30)},
        }
        for entry in SCHEDULE
    }
