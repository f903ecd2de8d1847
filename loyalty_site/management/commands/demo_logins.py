"""Show how to sign in to the demo."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from core import clock
from loyalty_site.demo import logins
from loyalty_site.demo.logins import Logins


class Command(BaseCommand):
    help = "Show the demo's logins: members, staff with the code of this moment, the key of a till."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        found = logins.logins(at=clock.now())
        if options["json"]:
            self.stdout.write(json.dumps(found.as_data(), ensure_ascii=False, indent=1))
        else:
            for line in in_words(found):
                self.stdout.write(line)


def in_words(found: Logins) -> list[str]:
    """The logins as lines of text. Codes change every 30 seconds: the command shows the next one."""
    lines = ["Members 会员: ask for a code on the sign-in page, then read it in the sent mail."]
    lines += [f"  {m.name}  {m.phone}  {m.email}  card {m.number}" for m in found.members]
    lines.append("Staff 员工: user, password, code of an authenticator app (its secret)")
    lines += [f"  {s.username:<14} {s.password}  {s.totp_code}  ({s.totp_secret})" for s in found.staff]
    lines.append("Codes change every 30 seconds. The next one: make manage ARGS=demo_logins")
    lines.append(f"Till 收银机: Authorization: Bearer {found.terminal_key}")
    if not found.terminal_key or not found.staff:
        lines.append("What is missing was made under another SECRET_KEY, or changed since.")
    return lines
