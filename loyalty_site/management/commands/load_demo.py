"""Load the demo programme."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import clock
from core.errors import LoyaltyError
from core.models import JobRun
from loyalty_site.demo import loading


class Command(BaseCommand):
    help = (
        "Found the demo programme in an empty database and post its year of receipts, which ends yesterday. "
        "A repeat changes nothing; after a kill, the same command goes on."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--head", type=int, help="post only so many receipts, the oldest")
        which.add_argument("--rest", action="store_true", help="post what is left of a demo that was begun")

    def handle(self, *args: Any, **options: Any) -> None:
        at = clock.now()
        try:
            if not options["rest"]:
                run = loading.begin(receipts=max(1, options["head"] or loading.CHUNK), at=at, progress=self._show)
            if not options["head"]:
                run = loading.go_on(at=at, progress=self._show)
        except LoyaltyError as error:
            raise CommandError(str(error)) from error
        state = "loaded" if run.state == JobRun.State.DONE else "begun"
        self.stdout.write(f"demo {state}: {run.done.get('receipts', 0):,} of {run.total:,} receipts")

    def _show(self, done: int, total: int) -> None:
        if self.stdout.isatty():
            self.stdout.write(f"\r{done:,} of {total:,} receipts", ending="\n" if done == total else "")
            self.stdout.flush()
        elif done % 500 < loading.CHUNK:
            self.stdout.write(f"{done:,} of {total:,} receipts")
