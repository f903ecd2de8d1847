"""The processes of one run: started, watched, and stopped in good order, none left."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from loyalty_site.launch import guard, layout
from loyalty_site.launch.accounts import Account
from loyalty_site.launch.interrupts import Signals
from loyalty_site.launch.progress import Step

PATIENCE_SECONDS = 20.0
LOOK_SECONDS = 0.02
# First those who take orders from outside; the servers go when nobody uses them any more.
STOP_ORDER = ("demo", "web", "worker", "beat", "valkey", "postgres")
SERVERS = ("valkey", "postgres")


@dataclass
class Child:
    """A process of ours, leader of its own group; Ctrl-C at the terminal does not reach it, only we do."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    log_start: int
    stop_signal: signal.Signals
    may_end: bool
    command: Sequence[str]
    cwd: Path
    env: Mapping[str, str]

    @property
    def has_ended(self) -> bool:
        return self.process.poll() is not None

    @property
    def ending(self) -> str:
        """How it ended, in words."""
        code = self.process.poll() or 0
        return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"has stopped with exit status {code}"

    def tail(self) -> str:
        return layout.tail(self.log, self.log_start)

    def signal_group(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


class Household:
    """Those who live under this run, as a context that leaves nobody behind, however it ends."""

    def __init__(self, record: Path, logs: Path, signals: Signals) -> None:
        self._record = record
        self._logs = logs
        self._signals = signals
        self._children: list[Child] = []
        self._asked = 0

    def start(
        self,
        name: str,
        command: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        account: Account | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        may_end: bool = False,
    ) -> Child:
        """Start a program in a group of its own, as another user if an account is given, its output in its log."""
        log = self._logs / f"{name}.log"
        log_start = layout.open_log(log)
        with self._signals.held(), log.open("ab") as output:
            process = subprocess.Popen(
                command,
                cwd=cwd,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
            )
            child = Child(name, process, log, log_start, stop_signal, may_end, command, cwd, env)
            self._children.append(child)
            guard.remember(self._record, {each.name: each.process.pid for each in self._children})
        return child

    def forget(self, child: Child) -> None:
        """Say good-bye to one that has ended."""
        child.process.wait()
        self._children.remove(child)

    def revive(self, child: Child) -> Child:
        """Start one that has ended as it was started before. What it had started itself goes first."""
        child.signal_group(signal.SIGKILL)
        self.forget(child)
        return self.start(child.name, child.command, cwd=child.cwd, env=child.env, stop_signal=child.stop_signal)

    def dead(self) -> Child | None:
        """The first one that is gone although the site needs it."""
        return next((child for child in self._children if child.has_ended and not child.may_end), None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._signals.hold()
        self._asked = self._signals.count
        living = [child for child in self._children if child.process.poll() is None]
        if living:
            with Step("Stopping") as step:
                for child in living:
                    if child.name not in SERVERS:
                        self._ask(child)
                for child in sorted(living, key=lambda child: STOP_ORDER.index(child.name)):
                    step.detail(child.name)
                    self._stop(child)
                step.detail("nothing is left running")
        for child in self._children:
            child.signal_group(signal.SIGKILL)
        self._record.unlink(missing_ok=True)

    @staticmethod
    def _ask(child: Child) -> None:
        """Ask politely. Those that use the servers are asked all at once, and end side by side."""
        with contextlib.suppress(ProcessLookupError):
            child.process.send_signal(child.stop_signal)

    def _stop(self, child: Child) -> None:
        """Wait, and kill. A second Ctrl-C ends the waiting, except for the database, which is quick."""
        if child.name in SERVERS:
            self._ask(child)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while child.process.poll() is None:
            is_hurried = self._signals.count > self._asked and child.stop_signal is not signal.SIGINT
            if is_hurried or time.monotonic() > deadline:
                self._kill(child)
            time.sleep(LOOK_SECONDS)

    @staticmethod
    def _kill(child: Child) -> None:
        """PostgreSQL is asked once more, to end at once: it then recovers at the next start."""
        if child.stop_signal is signal.SIGINT:
            child.process.send_signal(signal.SIGQUIT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(timeout=5)
        child.signal_group(signal.SIGKILL)
