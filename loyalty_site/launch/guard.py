"""One run of a checkout at a time, and none left behind by a run that was killed."""

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from loyalty_site.launch.layout import Layout
from loyalty_site.launch.problems import Problem

PATIENCE_SECONDS = 20.0


@contextlib.contextmanager
def only_one(here: Layout) -> Iterator[TextIO]:
    """Hold the checkout's data. Raises Problem while another run holds it; a lock dies with its process.

    What the holder writes into the file that it gets is what others read about it.
    """
    with here.run_lock.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            holder = lock.read().strip() or "another process"
            raise Problem(
                f"Changke is already running from this folder ({holder}). "
                f"Stop it with Ctrl-C where it runs, or give this one another DATA_DIR."
            ) from error
        lock.truncate(0)
        lock.write(f"process {os.getpid()}")
        lock.flush()
        yield lock


def remember(path: Path, pids: dict[str, int]) -> None:
    """Write down what runs, so that the next run can end what a killed one left behind."""
    path.write_text(json.dumps({name: [pid, started_at(pid)] for name, pid in pids.items()}))


def end_leftovers(path: Path) -> list[str]:
    """End the processes that a killed run left behind and answer their names. The servers, first started, go last."""
    try:
        noted = json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        return []
    left = {name: pid for name, (pid, when) in noted.items() if when is not None and started_at(pid) == when}
    for name, pid in reversed(left.items()):
        end(pid, signal.SIGINT if name == "postgres" else signal.SIGTERM)
    path.unlink()
    return list(left)


def end(pid: int, number: signal.Signals) -> None:
    """Ask a process that is not our child to stop, and kill its group if it does not."""
    born = started_at(pid)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while started_at(pid) == born is not None:
        if time.monotonic() > deadline:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
            return
        time.sleep(0.05)


def started_at(pid: int) -> str | None:
    """When a living process began, in the system's own words; None when there is none (or only its corpse)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return None if fields[0] == "Z" else fields[19]
    except (FileNotFoundError, ProcessLookupError):
        if Path("/proc/self/stat").exists():
            return None
    answer = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return answer.stdout.strip() or None


def command_line(pid: int) -> str:
    """How a process was called; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        answer = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
        return answer.stdout.strip()
