"""A real broker, real workers, real beats: processes of their own on the test's database."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from celery import Celery

from loyalty_site.broker import broker_url
from loyalty_site.launch import programs
from tests.clock.processes import Processes
from tests.waiting import wait_until


@pytest.fixture(scope="session")
def valkey() -> Iterator[str]:
    """A Valkey of our own, by its url."""
    folder = Path(tempfile.mkdtemp(prefix="changke-"))  # short: the path of a socket may have 107 characters
    socket = folder / "valkey.sock"
    options = ["--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(folder)]
    server = subprocess.Popen([str(programs.valkey()), *options], stdout=subprocess.DEVNULL)
    try:
        wait_until(socket.exists)
        yield f"unix://{socket}"
    finally:
        server.kill()
        server.wait()
        shutil.rmtree(folder)


@pytest.fixture
def broker(valkey: str) -> str:
    """The Valkey, emptied."""
    with redis.from_url(valkey) as client:
        client.flushall()
    return valkey


@pytest.fixture
def producer(broker: str) -> Iterator[Celery]:
    """Sends tasks, as beat does."""
    with Celery(broker=broker_url(broker), set_as_current=False) as app:
        yield app


@pytest.fixture
def processes(child_environment: dict[str, str], broker: str, tmp_path: Path) -> Iterator[Processes]:
    """Workers and beats on the test's database and broker; all of them are gone after the test.

    What they logged is printed, so that a test that fails shows it.
    """
    environment = {**child_environment, "REDIS_URL": broker, "DEBUG": "true", "DATA_DIR": str(tmp_path)}
    found = Processes(environment, tmp_path)
    try:
        yield found
    finally:
        found.end()
        sys.stdout.write(found.logs())
