"""manage.py translations collect | compile | check: the Chinese of all that members and staff read."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from loyalty_site.translations import catalogue, literals, sources

LOCALE_ROOT = settings.LOCALE_PATHS[0]


class Command(BaseCommand):
    help = (
        "Keep the Chinese catalogue: collect brings in what the source says now and compiles it, "
        "compile does the second only, check says what is missing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=("collect", "compile", "check"))

    def handle(self, *args: Any, what: str, **options: Any) -> None:
        if what == "check":
            self._check()
            return
        known = catalogue.read(LOCALE_ROOT)
        kept = catalogue.renewed(known, sources.messages()) if what == "collect" else known
        catalogue.write(kept, LOCALE_ROOT)
        empty = len(kept.untranslated_entries())
        self.stdout.write(f"{len(kept)} messages, {empty} of them without translation.")

    def _check(self) -> None:
        found = [*catalogue.problems(LOCALE_ROOT, sources.messages()), *literals.problems()]
        for problem in found:
            self.stderr.write(problem)
        if found:
            raise CommandError(f"{len(found)} problems. docs/translations.md says what to do.")
        self.stdout.write("Every message has its Chinese.")
