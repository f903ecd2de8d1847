"""A private PostgreSQL: made once, started, healed after a crash. Its programs are called directly."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg2

from loyalty_site.launch import accounts, guard, layout, problems, programs
from loyalty_site.launch.accounts import Account
from loyalty_site.launch.layout import Layout
from loyalty_site.launch.problems import Problem
from loyalty_site.launch.processes import Child, Household
from loyalty_site.launch.progress import Step

# For tests: fast, and nothing survives a crash.
CARELESS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
# For measurements: as careful as in production, with room for ten million rows.
ROOMY = {"shared_buffers": "4GB", "max_wal_size": "8GB"}
ROLE = DATABASE = "changke"
NEW_DATA_MEGABYTES = 300
# A killed server's last processes may hold its memory for a while; then the start succeeds.
RETRY_SECONDS = 15.0
START_SECONDS = 120.0
STILL_HELD = ("still in use", "already exists", "could not bind")
BUILTIN_LOCALE_SINCE = 17
READY_LINE = 7


@dataclass(frozen=True)
class Server:
    """Where one PostgreSQL keeps its files and its socket, as whom it runs, and how its settings differ."""

    base: Path
    sockets: Path
    account: Account | None
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        return self.base / "data"

    @property
    def url(self) -> str:
        return f"postgres://{ROLE}@{quote(str(self.sockets), safe='')}/{DATABASE}"


def private(here: Layout) -> Server:
    """The server of this checkout, in `.data`, or beside it when only root may enter the checkout."""
    base = Path(here.postgres_pointer.read_text()) if here.postgres_pointer.exists() else here.data / "postgres"
    account = accounts.for_postgres(base)
    if not accounts.can_reach(here.data, account) and not here.postgres_pointer.exists():
        base = Path(tempfile.mkdtemp(prefix="changke-", dir=_state_folder()))
        here.postgres_pointer.write_text(str(base))
    sockets = layout.socket_folder(here.data)
    layout.own_folder(sockets, 0o711 if account else 0o700)
    if not accounts.can_reach(sockets, account):
        sockets = base
    return Server(base, sockets / "postgres", account)


def throwaway(folder: Path, settings: Mapping[str, str]) -> Server:
    """A server in a temporary folder."""
    account = accounts.for_postgres(folder / "postgres")
    folder.chmod(0o711 if account else 0o700)
    return Server(folder / "postgres", folder / "sockets", account, settings)


def _state_folder() -> str:
    """Where a machine keeps the data of its services; the temporary folder where that can't be written."""
    state = "/var/lib"
    return state if os.access(state, os.W_OK) else tempfile.gettempdir()


def start(server: Server, household: Household, step: Step) -> None:
    """Make the data if there is none, start, and wait for the first answer. Raises Problem."""
    _make_folders(server)
    found = programs.postgres(_major_of(server.data))
    folder = _reachable_programs(server, found)
    if not server.data.exists():
        layout.require_space(server.base, NEW_DATA_MEGABYTES, "a new database")
        step.detail("making the database")
        _initialise(server, folder, found.major)
    if _clear_the_way(server):
        step.detail("it was not stopped cleanly, recovering")
    _start_and_wait(server, household, folder)
    _ensure_database(server)
    step.detail(f"version {found.major}")


def _make_folders(server: Server) -> None:
    for folder in (server.base, server.sockets):
        folder.mkdir(parents=True, exist_ok=True)
        accounts.hand_over_folder(folder, server.account)
        folder.chmod(0o700)
        if not accounts.can_reach(folder, server.account):
            raise Problem(f"{folder} can't be entered by the user {server.account}. Set DATA_DIR to another folder.")


def _major_of(data: Path) -> int | None:
    version = data / "PG_VERSION"
    return int(version.read_text().split(".")[0]) if version.exists() else None


def _reachable_programs(server: Server, found: programs.Postgres) -> Path:
    """The programs where the server's user can start them: a copy when they lie in a folder closed to others."""
    if accounts.can_reach(found.programs / "postgres", server.account):
        return found.programs
    target = server.base / f"programs-{found.major}"
    if not target.exists():
        if not found.movable:
            raise Problem(f"PostgreSQL in {found.programs} can't be run by other users than root.")
        unfinished = target.with_suffix(".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        for source in found.movable:
            # The programs find their libraries by a relative path, so the folders must stay neighbours.
            place = source.relative_to(found.movable[0].parents[1])
            shutil.copytree(source, unfinished / place, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a"))
        accounts.hand_over(unfinished, server.account)
        unfinished.rename(target)
    return target / found.programs.relative_to(found.movable[0].parents[1])


def _initialise(server: Server, folder: Path, major: int) -> None:
    """Make the data beside its place and move it there when it is whole, so that a kill leaves no half."""
    unfinished = server.base / "data.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    locale = ["--locale=C"]
    if major >= BUILTIN_LOCALE_SINCE:
        locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    command = [str(folder / "initdb"), "-D", str(unfinished), "-U", ROLE, "-A", "trust", "-E", "UTF8", *locale]
    if server.settings.get("fsync") == "off":
        command.append("--no-sync")
    account = server.account
    answer = subprocess.run(
        command,
        cwd=server.base,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )
    if answer.returncode != 0:
        raise problems.with_log("The database could not be made. PostgreSQL says:", answer.stderr)
    unfinished.rename(server.data)


def _environment() -> dict[str, str]:
    """What PostgreSQL needs to know: nothing of the person's own PG… variables and locale."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return {**kept, "LC_ALL": "C"}


def _clear_the_way(server: Server) -> bool:
    """After a crash, end what is left of the old server. Answers whether there was a crash."""
    for left in server.sockets.glob(".s.PGSQL.*"):
        left.unlink()
    lock = server.data / "postmaster.pid"
    if not lock.exists():
        return False
    first, _, rest = lock.read_text().partition("\n")
    if first.isdigit() and guard.started_at(int(first)):
        if str(server.data) in guard.command_line(int(first)):
            guard.end(int(first), signal.SIGINT)
        else:
            # The number now belongs to some other program, as happens after the restart of a container, and
            # PostgreSQL would believe it. The lock itself must stay: it also guards the old server's memory.
            # A parent's number is the one that PostgreSQL takes for its own.
            lock.write_text(f"{os.getpid()}\n{rest}")
    return True


def _start_and_wait(server: Server, household: Household, folder: Path) -> None:
    options: dict[str, str] = {
        "listen_addresses": "",
        "unix_socket_directories": str(server.sockets),
        "unix_socket_permissions": "0700",
        "max_connections": "100",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "lc_messages": "C",
    }
    settings = [word for name, value in {**options, **server.settings}.items() for word in ("-c", f"{name}={value}")]
    retry_until = time.monotonic() + RETRY_SECONDS
    while True:
        child = household.start(
            "postgres",
            [str(folder / "postgres"), "-D", str(server.data), *settings],
            cwd=server.base,
            env=_environment(),
            account=server.account,
            stop_signal=signal.SIGINT,
        )
        if _is_ready(server, child):
            return
        tail = child.tail()
        household.forget(child)
        if time.monotonic() > retry_until or not any(word in tail for word in STILL_HELD):
            raise problems.with_log("The private PostgreSQL does not start. It says:", tail)
        time.sleep(0.5)


def _is_ready(server: Server, child: Child) -> bool:
    """Wait until the server says in its lock file that it takes connections; False when it ends before that."""
    deadline = time.monotonic() + START_SECONDS
    lock = server.data / "postmaster.pid"
    while child.process.poll() is None:
        with contextlib.suppress(FileNotFoundError):
            lines = lock.read_text().splitlines()
            if len(lines) > READY_LINE and lines[0] == str(child.process.pid) and lines[READY_LINE].strip() == "ready":
                return True
        if time.monotonic() > deadline:
            raise problems.with_log(f"PostgreSQL did not get ready within {START_SECONDS:.0f} s.", child.tail())
        time.sleep(0.02)
    return False


def _ensure_database(server: Server) -> None:
    connection = psycopg2.connect(host=str(server.sockets), user=ROLE, dbname="postgres")
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE DATABASE {DATABASE}")
    finally:
        connection.close()
