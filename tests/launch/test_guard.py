"""One run at a time, and what a killed one left behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from loyalty_site.launch import guard, reset
from loyalty_site.launch.layout import Layout
from loyalty_site.launch.problems import Problem


@pytest.fixture
def here(tmp_path: Path) -> Layout:
    found = Layout(tmp_path, tmp_path / ".data")
    found.create()
    return found


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    """A process with a group of its own, as those of a run have."""
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True) as process:
        yield process
        process.kill()


def test_a_second_run_is_told_about_the_first(here: Layout) -> None:
    with guard.only_one(here) as lock:
        print(", http://localhost:8000", end="", file=lock, flush=True)

        with pytest.raises(Problem) as refusal, guard.only_one(here):
            pass

    assert str(refusal.value) == (
        f"Changke is already running from this folder (process {os.getpid()}, http://localhost:8000). "
        "Stop it with Ctrl-C where it runs, or give this one another DATA_DIR."
    )


def test_when_the_first_has_ended_the_next_may_run(here: Layout) -> None:
    with guard.only_one(here):
        pass

    with guard.only_one(here) as lock:
        assert lock.name == str(here.run_lock)


def test_what_a_killed_run_left_behind_is_ended(here: Layout, sleeper: subprocess.Popen[bytes]) -> None:
    guard.remember(here.processes, {"web": sleeper.pid})

    assert guard.end_leftovers(here.processes) == ["web"]
    assert sleeper.wait(5) == -signal.SIGTERM
    assert guard.end_leftovers(here.processes) == []


def test_a_process_that_only_has_the_same_number_is_left_alone(here: Layout, sleeper: subprocess.Popen[bytes]) -> None:
    here.processes.write_text(f'{{"web": [{sleeper.pid}, "some other time"], "beat": [999999999, null]}}')

    assert guard.end_leftovers(here.processes) == []
    assert sleeper.poll() is None


def test_a_record_cut_short_is_no_hindrance(here: Layout) -> None:
    here.processes.write_text('{"web": [12')

    assert guard.end_leftovers(here.processes) == []


@pytest.mark.parametrize(("answer", "status"), [("yes", 0), ("y", 1), ("no", 1), ("", 1)])
def test_reset_asks_at_a_terminal_and_only_yes_is_yes(
    here: Layout, answer: str, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.run_lock.touch()
    ours, theirs = os.openpty()
    os.write(ours, f"{answer}\n".encode())
    with os.fdopen(theirs, "r") as terminal:
        monkeypatch.setattr(sys, "stdin", terminal)
        assert reset.main(here) == status
    os.close(ours)

    assert here.data.exists() is (status == 1)


def test_reset_deletes_nothing_where_nobody_can_be_asked(here: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    here.run_lock.touch()
    with Path(os.devnull).open() as nobody:
        monkeypatch.setattr(sys, "stdin", nobody)
        with pytest.raises(Problem, match="make reset YES=1"):
            reset.main(here)

    assert here.data.exists()


def test_reset_deletes_the_data_and_nothing_else(here: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YES", "1")
    (here.data / "postgres").mkdir()
    (here.root / "manage.py").touch()
    here.run_lock.touch()

    assert reset.main(here) == 0
    assert [path.name for path in here.root.iterdir()] == ["manage.py"]


def test_reset_refuses_while_the_site_runs(here: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YES", "1")
    with guard.only_one(here), pytest.raises(Problem, match="already running"):
        reset.main(here)

    assert here.data.exists()


def test_reset_of_nothing_is_no_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert reset.main(Layout(tmp_path, tmp_path / ".data")) == 0
    assert capsys.readouterr().out == "Nothing to reset: there is no data yet.\n"
