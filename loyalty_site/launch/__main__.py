"""The second step, inside `.venv`: `python -m loyalty_site.launch run|test|check|bench|manage|smoke`."""

import errno
import os
import sys
from collections.abc import Callable

from loyalty_site.launch import layout, run, smoke, within
from loyalty_site.launch.interrupts import Interrupted, Signals
from loyalty_site.launch.layout import Layout
from loyalty_site.launch.problems import DISK_FULL, Problem
from loyalty_site.launch.progress import say

Command = Callable[[Layout, Signals, list[str]], int]
COMMANDS: dict[str, Command] = {
    "run": lambda here, signals, arguments: run.main(here, signals),
    "test": within.test,
    "check": within.check,
    "bench": within.bench,
    "manage": within.manage,
    "smoke": smoke.main,
}


def main(arguments: list[str]) -> int:
    """Do what the first word says. Answers the exit status; 130 means interrupted."""
    name, *rest = arguments or ["run"]
    if name not in COMMANDS:
        say(f"There is no {name!r}. There are: {', '.join(COMMANDS)}.", sys.stderr)
        return 2
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    signals = Signals()
    signals.install()
    here = layout.of_this_checkout()
    try:
        here.create()
        return COMMANDS[name](here, signals, rest)
    except Interrupted:
        return 130
    except Problem as problem:
        say(f"\n{problem}", sys.stderr)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        say(f"\n{DISK_FULL}", sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
