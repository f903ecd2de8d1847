"""Waiting for what other processes and connections do."""

import time
from collections.abc import Callable

PATIENCE_SECONDS = 60.0


def wait_until(what: Callable[[], bool]) -> None:
    """Look until WHAT holds. A minute is enough, also on a busy machine."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < deadline, "waited a minute in vain"
        time.sleep(0.02)
