"""Workers and beats as processes of their own."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.waiting import wait_until


class Processes:
    """Workers and beats of a test. Each leads a group of its own, so that its children die with it."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self._environment = environment
        self._folder = folder
        self._running: list[subprocess.Popen[bytes]] = []
        self._started = 0

    def worker(self) -> subprocess.Popen[bytes]:
        """Start a worker and wait until it takes tasks."""
        log = self._log("worker")
        worker = self._start(log, "worker", "--concurrency=2", f"--hostname={log.stem}@changke")

        def is_ready() -> bool:
            assert worker.poll() is None, log.read_text()
            return " ready." in log.read_text()

        wait_until(is_ready)
        return worker

    def beat(self) -> subprocess.Popen[bytes]:
        """Start a beat."""
        return self._start(self._log("beat"), "beat")

    def logs(self) -> str:
        """All that they logged."""
        return "".join(f"{log.name}:\n{log.read_text()}" for log in sorted(self._folder.glob("*.log")))

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """As the kernel does when memory is short: no warning, no goodbye."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self._running.remove(process)

    def _log(self, of: str) -> Path:
        self._started += 1
        return self._folder / f"{of}-{self._started}.log"

    def _start(self, log: Path, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "celery", "-A", "loyalty_site", *arguments, "--loglevel=INFO"]
        with log.open("wb") as out:
            process = subprocess.Popen(
                command, env=self._environment, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
            )
        self._running.append(process)
        return process

    def end(self) -> None:
        for process in list(self._running):
            self.kill(process)
