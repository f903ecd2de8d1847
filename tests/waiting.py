"""Waiting for what other processes and connections do."""

import time
from collections.abc import Callable

# Longer than the clock needs to come by again (a minute) and to do its work on a busy machine.
PATIENCE_SECONDS = 180.0


def wait_until(what: Callable[[], bool]) -> None:
    """Look until WHAT holds. Only what never comes about takes all the patience."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < deadline, "waited three minutes in vain"
        time.sleep(0.02)
