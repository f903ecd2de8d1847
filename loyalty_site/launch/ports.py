"""Which port the site answers on, and under which names."""

import errno
import socket
from dataclasses import dataclass

from loyalty_site.launch.problems import Problem

FIRST_PORT = 8000
TRIED_PORTS = 20
EVERYWHERE = "0.0.0.0"


@dataclass(frozen=True)
class Address:
    """Where the web server listens. `moved_from` is the usual port, when something else has it."""

    host: str
    port: int
    moved_from: int | None = None

    @property
    def url(self) -> str:
        """For this machine's browser. Passkeys work on localhost, not on a bare IP address."""
        return f"http://localhost:{self.port}"

    @property
    def names(self) -> list[str]:
        """The host names under which the site may be asked for."""
        own = ["localhost", "127.0.0.1", "[::1]"]
        if self.host in {"127.0.0.1", "localhost"}:
            return own
        return [*own, socket.gethostname(), *network_addresses(self.host)]


def choose(host: str | None = None, wanted: str | None = None) -> Address:
    """The address to listen on. A port asked for must be free; otherwise the next free one from 8000 on is taken."""
    host = host or "127.0.0.1"
    if wanted:
        port = _number(wanted)
        if not is_free(host, port):
            raise Problem(
                f"Port {port} is in use by another program. Choose a free one, for example: make run PORT={port + 1}"
            )
        return Address(host, port)
    for port in range(FIRST_PORT, FIRST_PORT + TRIED_PORTS):
        if is_free(host, port):
            return Address(host, port, moved_from=FIRST_PORT if port != FIRST_PORT else None)
    raise Problem(
        f"The ports {FIRST_PORT} to {FIRST_PORT + TRIED_PORTS - 1} are all in use. Choose one: make run PORT=9000"
    )


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now. Raises Problem where the host or the port is not ours to use."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except PermissionError as error:
        raise Problem(f"Port {port} is reserved for root. Choose one above 1023: make run PORT=8000") from error
    except OSError as error:
        if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
            raise Problem(f"HOST={host} is no address of this machine. Use 127.0.0.1, or 0.0.0.0 for all.") from error
        return False
    return True


def network_addresses(host: str) -> list[str]:
    """The IP addresses under which other devices reach us: the host itself, or this machine's own for 0.0.0.0."""
    if host != EVERYWHERE:
        return [host]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: it only asks the routing table for our side
        except OSError:
            return []
        return [str(probe.getsockname()[0])]


def _number(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise Problem(f"PORT={text} is no port. Give a number from 1024 to 65535, for example: make run PORT=8080")
    return int(text)
