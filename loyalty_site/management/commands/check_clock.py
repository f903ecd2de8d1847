"""For supervisors and containers: are beat and a worker at work together?"""

import argparse
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import clock
from loyalty_site import night

PATIENCE_SECONDS = 120


class Command(BaseCommand):
    help = (
        "Fail when beat and worker have not been seen at work for a while. "
        "Sent and taken through the queue, the pulse is late when the queue is."
    )
    requires_system_checks: list[str] = []  # noqa: RUF012  as Django declares it

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--seconds", type=int, default=PATIENCE_SECONDS, help="how long a while is")

    def handle(self, *args: Any, **options: Any) -> None:
        pulse = night.last_pulse()
        if pulse is None:
            raise CommandError("Beat and worker have not been seen since the broker was emptied.")
        age = clock.now() - pulse
        if age > timedelta(seconds=options["seconds"]):
            raise CommandError(f"Beat and worker were last seen {age.total_seconds():.0f} seconds ago.")
        self.stdout.write(f"Beat and worker were seen {age.total_seconds():.0f} seconds ago.")
