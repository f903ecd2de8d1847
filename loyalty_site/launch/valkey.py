"""A private Valkey on a unix socket. It keeps nothing over a restart: no work lives only there."""

import contextlib
import os
import socket
import time
from pathlib import Path

from loyalty_site.launch import problems, programs
from loyalty_site.launch.processes import Household

START_SECONDS = 20.0
MEMORY = "256mb"


def url(sockets: Path) -> str:
    """How clients find it."""
    return f"unix://{_socket(sockets)}"


def start(sockets: Path, household: Household) -> None:
    """Start it and wait for its first answer. Raises Problem."""
    path = _socket(sockets)
    path.unlink(missing_ok=True)
    options = {
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "save": "",
        "appendonly": "no",
        "daemonize": "no",
        "dir": str(sockets),
        "maxmemory": MEMORY,
        # A full broker must say so; dropping keys would drop messages.
        "maxmemory-policy": "noeviction",
    }
    command = [str(programs.valkey()), *(word for name, value in options.items() for word in (f"--{name}", value))]
    child = household.start("valkey", command, cwd=sockets, env=os.environ)
    deadline = time.monotonic() + START_SECONDS
    while not _answers(path):
        if child.process.poll() is not None or time.monotonic() > deadline:
            raise problems.with_log("The private Valkey does not start. It says:", child.tail())
        time.sleep(0.02)


def _socket(sockets: Path) -> Path:
    return sockets / "valkey.sock"


def _answers(path: Path) -> bool:
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1)
        connection.connect(str(path))
        connection.sendall(b"PING\r\n")
        return connection.recv(16).startswith(b"+PONG")
    return False
