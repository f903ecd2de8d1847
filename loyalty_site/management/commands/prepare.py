"""Bring the database in step with the code, and load the beginning of the demo into an empty one."""

import io
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from core.models import JobRun, Programme
from loyalty_site import health
from loyalty_site.demo.founding import JOB


class Command(BaseCommand):
    help = "Migrate, and load the first receipts of the demo when there is no programme yet. Repeats change nothing."
    requires_system_checks = ("wallet",)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--demo-receipts",
            type=int,
            default=0,
            help="receipts of the demo to load now; 0: no demo",
        )
        parser.add_argument("--report", type=Path, help="write what is there as JSON to this file")

    def handle(self, *args: Any, **options: Any) -> None:
        if health.pending_migrations():
            call_command("migrate", interactive=False, skip_checks=True, stdout=self.stdout)
        if options["demo_receipts"] and not Programme.objects.exists():
            call_command("load_demo", head=options["demo_receipts"], stdout=self.stdout)
        found = self._found()
        if options["report"]:
            options["report"].write_text(json.dumps(found))
        self.stdout.write("in step with the code" if found["has_programme"] else "empty, waiting for its set-up")

    def _found(self) -> dict[str, Any]:
        demo = JobRun.objects.filter(job=JOB)
        return {
            "has_programme": Programme.objects.exists(),
            "demo_unfinished": demo.exclude(state=JobRun.State.DONE).exists(),
            "logins": self._logins() if demo.exists() else "",
        }

    @staticmethod
    def _logins() -> str:
        logins = io.StringIO()
        call_command("demo_logins", stdout=logins)
        return logins.getvalue()
