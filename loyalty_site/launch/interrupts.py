"""Ctrl-C and its kin, at moments when they can be obeyed without losing sight of a process."""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

HEEDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LOOK_SECONDS = 0.5


class Interrupted(BaseException):
    """We were asked to stop. No Exception, so that nothing on the way takes it for a failure."""


class Signals:
    """Turns the first signal into Interrupted; while held, signals only count."""

    def __init__(self) -> None:
        self.count = 0
        self._held = False

    def install(self) -> None:
        """Heed signals from now on, also those that only reach `make`, our parent."""
        for number in HEEDED:
            signal.signal(number, self._handle)
        if os.environ.get("MAKELEVEL"):
            threading.Thread(target=self._watch_make, args=(os.getppid(),), daemon=True).start()

    def hold(self) -> None:
        """From now on only count: what follows must run to its end."""
        self._held = True

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """A signal that comes in here is obeyed at the end."""
        if self._held:
            yield
            return
        before = self.count
        self._held = True
        try:
            yield
        finally:
            self._held = self.count > before
        if self._held:
            raise Interrupted

    def _handle(self, number: int, frame: FrameType | None) -> None:
        self.count += 1
        if not self._held:
            self._held = True
            raise Interrupted

    def _watch_make(self, make: int) -> None:
        """Stop when `make` is gone, or when it was interrupted without us.

        At a terminal Ctrl-C reaches make and us alike. Sent to make alone, SIGINT makes it wait for us for ever;
        while it waits, the signal is blocked, and on Linux that can be seen.
        """
        looks = 0
        while os.getppid() == make and looks < 2:  # a second look: at a terminal our own signal has come by then
            time.sleep(LOOK_SECONDS)
            looks = looks + 1 if _has_blocked_sigint(make) else 0
        if self.count == 0:
            os.kill(os.getpid(), signal.SIGTERM)


def _has_blocked_sigint(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
    blocked = next((line.split()[1] for line in status.splitlines() if line.startswith("SigBlk")), "0")
    return bool(int(blocked, 16) & (1 << (signal.SIGINT - 1)))
