"""Where things stand: the checkout, its environment, and the data of the private servers."""

import os
import re
import shutil
import stat
import tempfile
import time
import zlib
from dataclasses import dataclass
from pathlib import Path

from loyalty_site.launch.problems import Problem

# The kernel's limit for the path of a unix socket is 108 bytes with the closing zero (104 on macOS).
SOCKET_PATH_LIMIT = 103
LONGEST_SOCKET_NAME = "/postgres/.s.PGSQL.5432"
# Anything else would have to be quoted, in different ways, in DATABASE_URL, REDIS_URL and Celery's broker URL.
PLAIN_PATH = re.compile(r"[A-Za-z0-9/._-]+")
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Layout:
    """The places of one checkout. `data` is `.data` there, or DATA_DIR."""

    root: Path
    data: Path

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def logs(self) -> Path:
        return self.data / "log"

    @property
    def run_lock(self) -> Path:
        return self.data / "run.lock"

    @property
    def processes(self) -> Path:
        return self.data / "processes.json"

    @property
    def environment(self) -> Path:
        return self.data / "environment.json"

    @property
    def postgres_pointer(self) -> Path:
        """Names the folder of PostgreSQL's files when they can't be kept in `data`."""
        return self.data / "postgres-is-in"

    def shown(self, path: Path) -> str:
        """A path as people read it: from the checkout on, where it lies in there."""
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)

    def create(self) -> None:
        """Make the folders. Raises Problem where that is not allowed or the disk is full."""
        try:
            self.logs.mkdir(parents=True, exist_ok=True)
            (self.logs / ".writable").write_text("")
        except PermissionError as error:
            raise Problem(
                f"{self.data} can't be written by you. It was probably made by another user (root?): "
                f"run as that user, or delete it, or set DATA_DIR to a folder of your own."
            ) from error


def of_this_checkout() -> Layout:
    """The layout of the checkout that this file stands in."""
    root = Path(__file__).resolve().parents[2]
    given = os.environ.get("DATA_DIR")
    return Layout(root=root, data=Path(given).expanduser().resolve() if given else root / ".data")


def socket_folder(data: Path) -> Path:
    """A folder for sockets: in `data` when its path is plain and short enough, else a short one named after it."""
    inside = data / "sockets"
    if _fits(inside):
        return inside
    return temporary_parent() / f"changke-{os.getuid()}-{zlib.crc32(os.fsencode(data)):08x}"


def temporary_parent() -> Path:
    """The temporary folder, if sockets can stand below it."""
    for parent in (Path(tempfile.gettempdir()), Path("/tmp")):
        if parent.is_dir() and _fits(parent / "changke-test-12345678"):
            return parent
    raise Problem("The path of the temporary folder is too long for sockets. Set TMPDIR=/tmp and try again.")


def _fits(folder: Path) -> bool:
    path = f"{folder}{LONGEST_SOCKET_NAME}"
    return PLAIN_PATH.fullmatch(path) is not None and len(os.fsencode(path)) <= SOCKET_PATH_LIMIT


def own_folder(folder: Path, mode: int) -> None:
    """Make the folder, refusing one that somebody else has put there, and give it the mode.

    Root may also use what the owner of the data has made in it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found = folder.lstat()
    owners = {os.getuid()} | ({folder.parent.stat().st_uid} if os.getuid() == 0 else set())
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in owners:
        raise Problem(f"{folder} belongs to somebody else. Delete it, or set TMPDIR to a folder of your own.")
    folder.chmod(mode)


def require_space(folder: Path, megabytes: int, purpose: str) -> None:
    """Raise Problem when less than `megabytes` are free where `folder` stands or will stand."""
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free // MEGABYTE
    if free < megabytes:
        raise Problem(
            f"The disk is nearly full: {free} MB are free at {folder}, {purpose} needs about {megabytes} MB. "
            f"Free some space and run the same command again."
        )


def open_log(path: Path) -> int:
    """Begin a new chapter in a log, keeping one older file of at most 5 MB. Returns where the chapter begins."""
    if path.exists() and path.stat().st_size > 5 * MEGABYTE:
        path.replace(path.with_suffix(".old.log"))
    with path.open("a", encoding="utf-8") as log:
        log.write(time.strftime("--- %Y-%m-%d %H:%M:%S ---\n"))
        return log.tell()


def tail(path: Path, start: int = 0, lines: int = 15) -> str:
    """The last lines of a log, none from before `start`."""
    with path.open("rb") as log:
        size = log.seek(0, os.SEEK_END)
        log.seek(max(start, size - 64_000))
        text = log.read().decode(errors="replace")
    return "\n".join(text.splitlines()[-lines:])
