"""What the person sees while they wait: one line a step, with what it is doing and for how long."""

import os
import sys
import threading
import time
from types import TracebackType
from typing import Self, TextIO

STARTED_AT = "CHANGKE_STARTED_AT"
# Where the output is no terminal, a long step says from time to time that it is still alive.
HEARTBEAT_SECONDS = 10.0
WIDTH = 78


def total_seconds() -> float:
    """Seconds since the command was typed; survives the change from the system's Python to that of `.venv`."""
    return time.time() - float(os.environ.setdefault(STARTED_AT, repr(time.time())))


def say(text: str = "", out: TextIO | None = None) -> None:
    """Print a line at once. A terminal without Chinese letters shows question marks instead."""
    out = out or sys.stdout
    print(_printable(text, out), file=out, flush=True)


def _printable(text: str, out: TextIO) -> str:
    encoding = out.encoding or "utf-8"
    return text.encode(encoding, "replace").decode(encoding)


class Step:
    """One step, as a context: a moving line on a terminal, a plain one elsewhere, then a tick and its seconds."""

    def __init__(self, text: str, out: TextIO | None = None) -> None:
        self._text = text
        self._detail = ""
        self._out = out or sys.stdout
        self._live = self._out.isatty()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._keep_showing, daemon=True)

    def detail(self, text: str) -> None:
        """Say what the step is doing right now, or, at its end, what came of it."""
        self._detail = " ".join(text.split())

    def __enter__(self) -> Self:
        self._started = time.monotonic()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()
        self._write(self._line("✓" if kind is None else "✗"), end="\n")

    def _keep_showing(self) -> None:
        while not self._done.wait(0.15 if self._live else HEARTBEAT_SECONDS):
            self._write(self._line("…"), end="" if self._live else "\n")

    def _line(self, mark: str) -> str:
        text = f"{self._text}: {self._detail}" if self._detail else self._text
        room = WIDTH - 12
        if len(text) > room:
            text = text[: room - 1] + "…"
        return f"  {mark} {text:<{room}} {time.monotonic() - self._started:5.1f} s"

    def _write(self, line: str, end: str) -> None:
        line = _printable(line, self._out)
        print(f"\r\033[K{line}" if self._live else line, end=end, file=self._out, flush=True)
