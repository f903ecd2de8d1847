"""`make run`, really: every process of it, on data of its own."""

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from loyalty_site.launch import layout, reset
from loyalty_site.launch.layout import Layout

ROOT = Path(__file__).parents[2]
MARK = "CHANGKE_TEST_RUN"
NOT_OURS = {
    "DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "DEBUG",
    "DATA_DIR",
    "PORT",
    "HOST",
    "MAKELEVEL",
    "TEST_DB_SUFFIX",
}
PATIENCE_SECONDS = 90.0

pytestmark = pytest.mark.slow


class Run:
    """A run of the launcher in a group of its own, as at a terminal, and all that it says."""

    def __init__(self, data: Path) -> None:
        self.mark = secrets.token_hex(8)
        self.text = ""
        self._places = (data, layout.socket_folder(data))
        environment = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "loyalty_site.launch", "run"],
            cwd=ROOT,
            env={**environment, MARK: self.mark, "DATA_DIR": str(data), "DEMO": "0"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout as lines:
            for line in lines:
                self.text += line

    def says(self, words: str) -> bool:
        """Whether it says so, before it ends and within the time that a test may take."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while words not in self.text and self.process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        self._reader.join(0.0 if self.process.poll() is None else 5.0)
        return words in self.text

    def end(self, number: signal.Signals | None = None) -> int:
        """Send a signal to the whole group, as a terminal does, and answer the exit status."""
        if number:
            os.killpg(self.process.pid, number)
        status = self.process.wait(PATIENCE_SECONDS)
        self._reader.join(5)
        return status

    def living(self) -> dict[int, str]:
        """The processes that it started, itself included, wherever they went: number and command.

        Known by a mark in their environment; servers write over theirs, but name a path below our data.
        """
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                command = (folder / "cmdline").read_bytes()
                known = f"{MARK}={self.mark}".encode() in (folder / "environ").read_bytes()
                if known or any(str(place).encode() in command for place in self._places):
                    found[int(folder.name)] = command.decode().replace("\0", " ")
        return found

    @property
    def url(self) -> str:
        line = next(line for line in self.text.splitlines() if "Member portal" in line)
        return line.split()[-1].rstrip("/")


@pytest.fixture
def data() -> Iterator[Path]:
    """A folder that every user may enter, unlike pytest's own."""
    with tempfile.TemporaryDirectory(prefix="changke run ") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder) / "data"


@contextlib.contextmanager
def started(data: Path) -> Iterator[Run]:
    """A run that answers; nothing of it is left after the test, whatever happens in it."""
    run = Run(data)
    try:
        assert run.says("Stop with Ctrl-C"), run.text
        yield run
    finally:
        if run.process.poll() is None:
            run.process.terminate()
            run.process.wait(PATIENCE_SECONDS)


def is_ready(url: str) -> bool:
    with urllib.request.urlopen(f"{url}/readyz", timeout=10) as answer:
        return bool(answer.status == 200)


def test_ctrl_c_stops_all_and_the_next_start_finds_the_data(data: Path) -> None:
    with started(data) as run:
        assert is_ready(run.url)
        assert f"{run.url}/setup/?token=" in run.text
        commands = " ".join(run.living().values())
        assert all(name in commands for name in ("postgres", "valkey-server", "gunicorn", " worker ", " beat "))

        assert run.end(signal.SIGINT) == 0

    assert run.living() == {}
    key = (data / "secret-key").read_text()
    with started(data) as again:
        assert "Applying" not in (data / "log" / "prepare.log").read_text().rpartition("--- ")[2]
        assert (data / "secret-key").read_text() == key
        assert again.end(signal.SIGTERM) == 0
    assert again.living() == {}


def test_a_second_run_is_refused_and_the_first_goes_on(data: Path) -> None:
    with started(data) as run:
        second = Run(data)

        assert second.end() == 1
        assert f"already running from this folder (process {run.process.pid}, {run.url})" in second.text
        assert is_ready(run.url)


def test_when_beat_dies_it_comes_back_and_when_the_web_dies_all_stop_and_it_is_named(data: Path) -> None:
    with started(data) as run:
        os.kill(_number(run, " beat "), signal.SIGKILL)
        assert run.says("beat was killed by SIGKILL. It was started again (1 of 3)"), run.text
        assert _number(run, " beat ")
        assert is_ready(run.url)

        os.kill(_number(run, "gunicorn"), signal.SIGKILL)

        assert run.end() == 1
    assert "web was killed by SIGKILL. The end of" in run.text
    assert run.living() == {}


def _number(run: Run, words: str) -> int:
    """The process whose command has these WORDS, the eldest of them."""
    return min(number for number, command in run.living().items() if words in command)


def test_a_killed_run_is_healed_by_the_next(data: Path) -> None:
    with started(data) as run:
        run.process.kill()
        run.process.wait()
        left = set(run.living())
        assert len(left) > 4

        with started(data) as again:
            assert "A run that was killed had left postgres, valkey, web, worker, beat behind: stopped." in again.text
            assert not left & set(again.living())
            assert is_ready(again.url)


def test_a_database_that_was_killed_comes_back(data: Path) -> None:
    with started(data) as run:
        postmaster = (data / "postgres" / "data" / "postmaster.pid").read_text().split()[0]

        os.kill(int(postmaster), signal.SIGKILL)

        assert run.end() == 1
    assert "postgres was killed by SIGKILL" in run.text
    with started(data) as again:
        assert is_ready(again.url)


@pytest.mark.skipif(os.getuid() != 0, reason="only for root PostgreSQL becomes another user")
def test_root_may_keep_the_checkout_to_itself(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data.parent.chmod(0o700)

    with started(data) as run:
        place = Path((data / "postgres-is-in").read_text())
        assert is_ready(run.url)
        assert (place / "data" / "PG_VERSION").read_text() == "18\n"
        assert run.end(signal.SIGINT) == 0
    monkeypatch.setenv("YES", "1")
    assert reset.main(Layout(data.parent, data)) == 0

    assert not place.exists()
    assert not data.exists()
