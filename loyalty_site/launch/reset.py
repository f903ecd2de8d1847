"""`make reset`: the data goes, the environment stays."""

import shutil
import sys
from pathlib import Path

from loyalty_site.launch import guard
from loyalty_site.launch.layout import Layout
from loyalty_site.launch.progress import Step, say


def main(here: Layout) -> int:
    """Delete the private data after asking, where there is somebody to ask. Refuses while the site runs."""
    if not here.run_lock.exists():
        say("Nothing to reset: there is no data yet.")
        return 0
    with guard.only_one(here):
        guard.end_leftovers(here.processes)
        if sys.stdin.isatty() and not _agreed(here.data):
            return 1
        with Step(f"Deleting {here.data}"):
            if here.postgres_pointer.exists():
                shutil.rmtree(here.postgres_pointer.read_text(), ignore_errors=True)
            shutil.rmtree(here.data)
    return 0


def _agreed(data: Path) -> bool:
    answer = input(f"Delete all members, points and purchases in {data}? Type yes: ")
    return answer.strip().lower() in {"y", "yes"}
