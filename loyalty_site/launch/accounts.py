"""Whose name PostgreSQL runs under: it refuses to run as root."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from loyalty_site.launch.problems import Problem


@dataclass(frozen=True)
class Account:
    """A user of this machine other than root."""

    name: str
    uid: int
    gid: int


def for_postgres(existing_data: Path) -> Account | None:
    """The user to run PostgreSQL as; None means as ourselves. The owner of existing data comes first."""
    if os.getuid() != 0:
        _require_name(os.getuid())
        return None
    wanted: list[int] = []
    if existing_data.exists():
        wanted.append(existing_data.stat().st_uid)
    if sudo := os.environ.get("SUDO_UID", ""):
        wanted.append(int(sudo))
    entries = {entry.pw_uid: entry for entry in pwd.getpwall() if entry.pw_uid != 0}
    named = [entry.pw_uid for name in ("postgres", "nobody") for entry in entries.values() if entry.pw_name == name]
    for uid in (*wanted, *named, *entries):
        if uid in entries:
            return Account(entries[uid].pw_name, uid, entries[uid].pw_gid)
    raise Problem(
        "PostgreSQL does not run as root, and there is no other user in /etc/passwd. Add one: useradd changke"
    )


def _require_name(uid: int) -> None:
    try:
        pwd.getpwuid(uid)
    except KeyError as error:
        raise Problem(
            f"Your user id {uid} has no entry in /etc/passwd, and PostgreSQL refuses to run for it. "
            f"Add one, run as another user, or set DATABASE_URL to a PostgreSQL that runs elsewhere."
        ) from error


def can_reach(path: Path, account: Account | None) -> bool:
    """Whether the user may go all the way to `path` (which may not exist yet) and enter or run it."""
    if account is None:
        return True
    steps = [step for step in (path, *path.parents) if step.exists()]
    return all(_may_enter(step, account) for step in steps)


def _may_enter(path: Path, account: Account) -> bool:
    found = path.stat()
    if found.st_uid == account.uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == account.gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)


def hand_over(folder: Path, account: Account | None) -> None:
    """Make the user the owner of the folder and all that is in it."""
    for path in (folder, *folder.rglob("*")):
        hand_over_folder(path, account)


def hand_over_folder(path: Path, account: Account | None) -> None:
    """Make the user the owner of this one."""
    if account:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)
