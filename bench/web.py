"""Web servers under load: gunicorn as in production, driven by wrk."""

import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.figures import Comparison

WORKERS, THREADS, CONNECTIONS = 2, 4, 8


class LoadFailed(Exception):
    """The load could not be made, or a request failed."""


@dataclass(frozen=True)
class Load:
    """What wrk saw: requests per second, milliseconds."""

    rate: float
    median: float
    p99: float
    slowest: float


@contextmanager
def serving(application: str, *, folder: Path, environment: Mapping[str, str]) -> Iterator[str]:
    """Serve a WSGI application by gunicorn with two workers of four threads; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "-w", str(WORKERS), "-k", "gthread", "--threads", str(THREADS)]
    command += ["-b", f"127.0.0.1:{port}", "--log-level", "warning", application]
    process = subprocess.Popen(command, cwd=folder, env={**os.environ, **environment})
    try:
        _wait(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def in_turn(result: Comparison, rounds: int, *, floor: Callable[[], Load], ours: Callable[[int], Load]) -> None:
    """Load both in turn, ROUNDS times after a warm-up, and keep their rates. OURS is told the round, from 0."""
    for round_ in range(rounds + 1):
        by_floor, by_ours = floor(), ours(round_)
        if round_:
            result.floor.append(by_floor.rate)
            result.ours.append(by_ours.rate)


def settings(members: int) -> str:
    """What a comparison over HTTP was made with, in words."""
    return f"{members:,} members, {WORKERS} workers × {THREADS} threads, {CONNECTIONS} connections"


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise LoadFailed(f"gunicorn ended with {process.returncode}")
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        try:
            link.request("GET", "/")
            link.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
        finally:
            link.close()
    raise LoadFailed("gunicorn did not answer within 30 s")


def wrk(address: str, script: Path, *, seconds: int, environment: Mapping[str, str] | None = None) -> Load:
    """Load ADDRESS with eight connections for so many seconds. Raises LoadFailed on any error."""
    program = shutil.which("wrk")
    if program is None:
        raise LoadFailed("wrk is missing: apt install wrk")
    command = [program, "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(script), address]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, **(environment or {})}
    )
    for line in done.stdout.splitlines():
        if line.startswith("RES "):
            requests, micros, errors, median, p99, slowest = line.split()[1:]
            if int(errors):
                raise LoadFailed(f"{errors} of {requests} requests failed at {address}")
            return Load(int(requests) / (int(micros) / 1e6), float(median), float(p99), float(slowest))
    raise LoadFailed(done.stdout + done.stderr)
