"""Those who live under a run."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from loyalty_site.launch import guard, processes, readiness
from loyalty_site.launch.interrupts import Interrupted, Signals
from loyalty_site.launch.problems import Problem
from loyalty_site.launch.processes import Child, Household

SLEEP = "import time; print('up', flush=True); time.sleep(60)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"


@pytest.fixture
def household(tmp_path: Path) -> Household:
    (tmp_path / "log").mkdir()
    return Household(tmp_path / "processes.json", tmp_path / "log", Signals())


def start(household: Household, name: str, code: str, *, may_end: bool = False) -> Child:
    command = [sys.executable, "-c", code]
    return household.start(name, command, cwd=Path("/"), env=os.environ, may_end=may_end)


def eventually(condition: Callable[[], bool]) -> None:
    """Wait for another process, at most ten seconds."""
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_nobody_is_left_and_servers_go_last(household: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    stopped: list[str] = []
    really_stop = Household._stop

    def note_and_stop(self: Household, child: Child) -> None:
        stopped.append(child.name)
        really_stop(self, child)

    monkeypatch.setattr(Household, "_stop", note_and_stop)

    with household:
        started = [start(household, name, SLEEP) for name in ("postgres", "valkey", "worker", "web", "beat")]

    assert stopped == ["web", "worker", "beat", "valkey", "postgres"]
    assert [child.process.returncode for child in started] == [-signal.SIGTERM] * 5


def test_those_who_use_the_servers_are_asked_to_stop_together(household: Household, tmp_path: Path) -> None:
    """Web ends only when beat, which is waited for after it, was asked to end too."""
    signs = f"import pathlib, signal, time; sign = pathlib.Path({str(tmp_path / 'sign')!r}); "
    ready = "pathlib.Path({!r}).touch(); time.sleep(60)"
    beat = f"{signs}signal.signal(signal.SIGTERM, lambda *_: (sign.touch(), exit(0))); "
    wait = "lambda *_: ([time.sleep(0.01) for _ in iter(sign.exists, True)], exit(0))"
    web = f"{signs}signal.signal(signal.SIGTERM, {wait}); "

    with household:
        started = [
            start(household, name, code + ready.format(str(tmp_path / name)))
            for name, code in (("web", web), ("beat", beat))
        ]
        eventually(lambda: all((tmp_path / name).exists() for name in ("web", "beat")))

    assert [child.process.returncode for child in started] == [0, 0]


def test_nobody_is_left_when_a_step_fails(household: Household, tmp_path: Path) -> None:
    started = []

    def fail_after_a_start() -> None:
        with household:
            started.append(start(household, "web", SLEEP))
            raise Problem("too bad")

    with pytest.raises(Problem, match="too bad"):
        fail_after_a_start()
    assert started[0].process.returncode == -signal.SIGTERM
    assert not (tmp_path / "processes.json").exists()


def test_one_who_does_not_listen_is_killed(household: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "PATIENCE_SECONDS", 0.2)

    with household:
        child = start(household, "worker", STUBBORN)
        eventually(lambda: child.tail() == "up")

    assert child.process.returncode == -signal.SIGKILL


def test_grandchildren_go_too(household: Household) -> None:
    code = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print(child.pid, flush=True); time.sleep(60)"
    )

    with household:
        child = start(household, "web", code)
        eventually(lambda: child.tail().isdigit())
        grandchild = int(child.tail())
        assert guard.started_at(grandchild) is not None

    eventually(lambda: guard.started_at(grandchild) is None)


def test_the_death_of_one_is_told_with_the_end_of_its_log(household: Household) -> None:
    with household:
        child = start(household, "worker", "raise SystemExit('no broker')")
        child.process.wait()

        with pytest.raises(Problem) as told:
            readiness.raise_if_dead(household)

    assert str(told.value) == f"worker has stopped with exit status 1. The end of {child.log}:\n    no broker"


def test_a_kill_is_told_by_its_name(household: Household) -> None:
    with household:
        child = start(household, "beat", SLEEP)
        child.process.kill()
        child.process.wait()

        with pytest.raises(Problem, match=r"^beat was killed by SIGKILL\."):
            readiness.raise_if_dead(household)


def test_one_that_may_end_is_not_missed(household: Household) -> None:
    with household:
        child = start(household, "demo", "", may_end=True)
        child.process.wait()

        assert child.has_ended
        assert household.dead() is None


def test_a_signal_during_a_start_is_obeyed_after_it() -> None:
    signals = Signals()
    reached = []

    def start_and_be_interrupted() -> None:
        with signals.held():
            signals._handle(signal.SIGINT, None)
            reached.append("the end of the start")

    with pytest.raises(Interrupted):
        start_and_be_interrupted()
    assert reached == ["the end of the start"]


def test_only_the_first_signal_interrupts() -> None:
    signals = Signals()
    with pytest.raises(Interrupted):
        signals._handle(signal.SIGINT, None)

    signals._handle(signal.SIGINT, None)

    assert signals.count == 2


def test_a_second_ctrl_c_ends_the_waiting(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    signals = Signals()

    with Household(tmp_path / "processes.json", tmp_path / "log", signals) as household:
        children = [start(household, name, STUBBORN) for name in ("web", "worker")]
        eventually(lambda: [child.tail() for child in children] == ["up", "up"])
        signals.hold()
        threading.Timer(0.2, signals._handle, args=(signal.SIGINT, None)).start()

    assert [child.process.returncode for child in children] == [-signal.SIGKILL, -signal.SIGKILL]
