"""Databases to measure on: the floors' lean schema, and ours, filled with as much."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from django.conf import settings
from django.core.management import call_command
from django.db import connection

FLOORS = Path(__file__).parent / "floors"
FILL = Path(__file__).parent / "fill"


def url(name: str) -> str:
    """The URL of database NAME on the server that DATABASE_URL names."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(parts._replace(path=f"/{name}"))


def parameters(name: str) -> dict[str, Any]:
    """What psycopg2 needs to connect to NAME."""
    default = settings.DATABASES["default"]
    found = {"dbname": name, "user": default["USER"], "host": default["HOST"], "port": default["PORT"] or None}
    return {**found, "password": default["PASSWORD"] or None}


@contextmanager
def connected(name: str) -> Iterator[Any]:
    """An autocommitting connection to NAME."""
    link = psycopg2.connect(**parameters(name))
    link.autocommit = True
    try:
        yield link
    finally:
        link.close()


def run(name: str, *statements: str) -> list[tuple[Any, ...]]:
    """Run statements on NAME one by one; the rows of the last one that has any."""
    rows: list[tuple[Any, ...]] = []
    with connected(name) as link, link.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
            if cursor.description:
                rows = cursor.fetchall()
    return rows


def drop(name: str) -> None:
    run("postgres", f"drop database if exists {name} with (force)")


def copy(name: str, template: str) -> None:
    """Make NAME a copy of TEMPLATE, in place of what was there."""
    drop(name)
    run("postgres", f"create database {name} template {template} strategy file_copy")
    run(name, "checkpoint")


def floor(name: str, *, members: int, purchases: int, lots: int) -> None:
    """A floor database, as floors/prepare.sh would make it."""
    drop(name)
    run("postgres", f"create database {name}")
    run(name, (FLOORS / "sql/schema.sql").read_text())
    fill = (FLOORS / "sql/fill.sql").read_text()
    for word, number in (("members", members), ("purchases", purchases), ("lots", lots)):
        fill = fill.replace(f":{word}", str(number))
    run(name, *_statements(fill))
    run(name, (FLOORS / "sql/fn.sql").read_text(), "vacuum analyze")


def ours(name: str, *fills: str, **sizes: int) -> None:
    """Our schema, migrated, then filled by fill/NAME.sql with :sizes replaced. Foreign keys rest while it is filled."""
    drop(name)
    run("postgres", f"create database {name}")
    use(name)
    call_command("migrate", verbosity=0)
    connection.close()
    for fill in fills:
        text = (FILL / f"{fill}.sql").read_text()
        for word, number in sizes.items():
            text = text.replace(f":{word}", str(number))
        run(name, "set session_replication_role = replica", *_statements(text))
    run(name, "vacuum analyze", "checkpoint")


def use(name: str) -> None:
    """Let Django's own connection of this process be one to NAME."""
    connection.close()
    connection.settings_dict["NAME"] = name
    settings.DATABASES["default"]["NAME"] = name


def _statements(text: str) -> list[str]:
    """Statements of a script without functions: vacuum can't stand beside others in one call."""
    plain = "\n".join(line.split("--")[0] for line in text.splitlines())
    return [statement for part in plain.split(";") if (statement := part.strip())]
