"""As whom PostgreSQL runs."""

import os
from pathlib import Path

import pytest

from loyalty_site.launch import accounts
from loyalty_site.launch.accounts import Account

STRANGER = Account("stranger", os.getuid() + 4711, os.getgid() + 4711)


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program in a folder that everybody may enter, as far as this test can see to it."""
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.getuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o011)
    found = tmp_path / "bin" / "postgres"
    found.parent.mkdir()
    found.touch()
    found.chmod(0o755)
    return found


def test_a_stranger_reaches_what_is_open_to_all(program: Path) -> None:
    assert accounts.can_reach(program, STRANGER)


def test_a_stranger_does_not_reach_below_a_closed_folder(program: Path) -> None:
    program.parent.chmod(0o700)

    assert not accounts.can_reach(program, STRANGER)


def test_a_stranger_does_not_start_a_program_of_ours_alone(program: Path) -> None:
    program.chmod(0o744)

    assert not accounts.can_reach(program, STRANGER)


def test_what_is_not_there_yet_counts_by_the_folders_above(program: Path) -> None:
    assert accounts.can_reach(program.parent / "data" / "new", STRANGER)


def test_we_ourselves_reach_everything_of_ours(program: Path) -> None:
    program.parent.chmod(0o700)

    assert accounts.can_reach(program, None)
    assert accounts.can_reach(program, Account("we", os.getuid(), os.getgid()))


@pytest.mark.skipif(os.getuid() != 0, reason="only root has to become somebody else")
def test_root_becomes_somebody_else_and_stays_it(tmp_path: Path) -> None:
    data = tmp_path / "postgres"

    first = accounts.for_postgres(data)
    assert first is not None
    assert first.uid != 0
    data.mkdir()
    os.chown(data, 1, 1)

    assert accounts.for_postgres(data) == Account("daemon", 1, 1)


@pytest.mark.skipif(os.getuid() == 0, reason="root has to become somebody else")
def test_others_stay_themselves(tmp_path: Path) -> None:
    assert accounts.for_postgres(tmp_path) is None
