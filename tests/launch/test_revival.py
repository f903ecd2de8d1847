"""Who only carries work is started again when it dies, and not for ever."""

import os
import sys
from pathlib import Path

import pytest

from loyalty_site.launch import revival
from loyalty_site.launch.interrupts import Signals
from loyalty_site.launch.problems import Problem
from loyalty_site.launch.processes import Household
from loyalty_site.launch.revival import Revivals

FALL = "print('the cable was pulled'); raise SystemExit(3)"


@pytest.fixture
def household(tmp_path: Path) -> Household:
    (tmp_path / "log").mkdir()
    return Household(tmp_path / "processes.json", tmp_path / "log", Signals())


def fall(household: Household, name: str) -> None:
    """One that has ended by itself."""
    child = household.start(name, [sys.executable, "-c", FALL], cwd=Path("/"), env=os.environ)
    child.process.wait(10)


def test_a_worker_that_falls_each_time_is_started_three_times_and_then_named(
    household: Household, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    revivals = Revivals()
    with household:
        fall(household, "worker")

        with pytest.raises(Problem, match=r"^worker has stopped with exit status 3\.(?s:.*)the cable was pulled"):
            list(iter(lambda: revivals.tend(household), True))
        monkeypatch.setattr(revival, "WITHIN_SECONDS", 0)
        revivals.tend(household)

    said = capsys.readouterr().out
    assert [count for count in range(1, 5) if f"It was started again ({count} of 3)" in said] == [1, 2, 3]


def test_the_database_is_not_started_again_by_this(household: Household) -> None:
    with household:
        fall(household, "postgres")

        with pytest.raises(Problem, match=r"^postgres has stopped"):
            Revivals().tend(household)
