"""`make reset`: the data goes, the environment stays."""

import os
import shutil
import sys

from loyalty_site.launch import guard
from loyalty_site.launch.layout import Layout
from loyalty_site.launch.problems import Problem
from loyalty_site.launch.progress import Step, say


def main(here: Layout) -> int:
    """Delete the private data, once somebody has said yes. Raises Problem while the site runs, or if nobody can."""
    if not here.run_lock.exists():
        say("Nothing to reset: there is no data yet.")
        return 0
    with guard.only_one(here):
        if not _agreed(here):
            say("Nothing was deleted.")
            return 1
        guard.end_leftovers(here.processes)
        with Step(f"Deleting {here.data}"):
            if here.postgres_pointer.exists():
                shutil.rmtree(here.postgres_pointer.read_text(), ignore_errors=True)
            shutil.rmtree(here.data)
    return 0


def _agreed(here: Layout) -> bool:
    """Asked at a terminal; a script says so beforehand, by YES=1."""
    if os.environ.get("YES") == "1":
        return True
    if not sys.stdin.isatty():
        raise Problem(
            f"This would delete all members, points and purchases in {here.data}, and nobody is here to ask. "
            f"If that is meant: make reset YES=1"
        )
    try:
        answer = input(f"Delete all members, points and purchases in {here.data}? Type yes: ")
    except EOFError:
        return False
    return answer.strip().lower() == "yes"
