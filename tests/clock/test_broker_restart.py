"""The broker is stopped and started again while beat and worker run: they find it again by themselves."""

import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import Celery

from core import clock
from loyalty_site.launch import programs
from messaging import outbox
from messaging.models import Message
from tests import factories
from tests.clock.processes import Processes
from tests.clock.scenes import assert_everything_expired_once, at_noon, draft, held, is_done, lapsed, waiting_for_us
from tests.waiting import wait_until

pytestmark = pytest.mark.slow

LOST = "Connection to broker lost"


class Outside:
    """A Valkey that stands outside of the site, behind a port, and keeps nothing over a restart."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server: subprocess.Popen[bytes] | None = None
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self._port: int = found.getsockname()[1]

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        options = ["--bind", "127.0.0.1", "--port", str(self._port), "--save", "", "--dir", str(self._folder)]
        self._server = subprocess.Popen([str(programs.valkey()), *options], stdout=subprocess.DEVNULL)
        wait_until(self._answers)

    def stop(self) -> None:
        if self._server:
            self._server.terminate()
            self._server.wait()
            self._server = None

    def _answers(self) -> bool:
        with socket.socket() as connection:
            return connection.connect_ex(("127.0.0.1", self._port)) == 0


@pytest.fixture
def outside() -> Iterator[Outside]:
    folder = Path(tempfile.mkdtemp(prefix="changke-"))
    server = Outside(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


@pytest.fixture
def broker(outside: Outside) -> str:
    """What workers, beats and producers of these stories are told."""
    return outside.url


def is_sent(number: int) -> bool:
    return Message.objects.filter(reference=f"sign_in_code:{number}", state="sent").exists()


def test_a_broker_that_restarts_while_a_sweep_runs_is_found_again_and_nothing_is_lost(
    processes: Processes, producer: Celery, outside: Outside
) -> None:
    at_noon()
    points = factories.point_type()
    accounts = [lapsed(points, 400, day=day) for day in (1, 2)]
    worker = processes.worker()
    beat = processes.beat()

    # A task runs, another one waits: messages that the worker has taken and not yet acknowledged.
    with held(accounts[1]):
        for _ in range(2):
            producer.send_task("loyalty_site.tasks.run_nightly")
        wait_until(lambda: len(waiting_for_us()) == 1)
        outside.stop()
        outbox.queue([draft(1)], at=clock.now())
        wait_until(lambda: LOST in processes.logs() and "Cannot connect" in processes.logs())
    outside.start()

    wait_until(lambda: is_sent(1))
    producer.send_task("loyalty_site.tasks.run_nightly")
    wait_until(lambda: is_done("points.expire"))
    assert_everything_expired_once(accounts, 400)
    assert (worker.poll(), beat.poll()) == (None, None)


def test_a_broker_that_restarts_again_and_again_is_found_each_time(processes: Processes, outside: Outside) -> None:
    at_noon()
    worker = processes.worker()
    beat = processes.beat()

    for number in range(1, 4):
        outside.stop()
        outbox.queue([draft(number)], at=clock.now())
        wait_until(lambda number=number: processes.logs().count(LOST) == number)  # type: ignore[misc]
        outside.start()
        wait_until(lambda number=number: is_sent(number))  # type: ignore[misc]

    assert set(Message.objects.values_list("attempts", flat=True)) == {1}
    assert (worker.poll(), beat.poll()) == (None, None)
