"""Calls of the SQL functions that the hot paths are written in, and the migrations that install them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
from django.db import connection
from django.db.migrations import RunSQL

Params = Sequence[Any] | Mapping[str, Any]


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value)} can't be sent as JSON")


def as_json(value: Any) -> str:
    """JSON for PostgreSQL and for tills: Decimals and UUIDs as strings, times in ISO 8601."""
    return orjson.dumps(value, _plain).decode()


def rows(sql: str, params: Params = ()) -> list[dict[str, Any]]:
    """All rows of one statement, as dicts by column name."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def value(sql: str, params: Params = ()) -> Any:
    """The first column of the first row of one statement; None when there is no row."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        row = cursor.fetchone()
        return row[0] if row else None


def install(folder: Path, *names: str) -> list[RunSQL]:
    """Migration operations that create the SQL of FOLDER/NAME.sql, and drop nothing when reversed.

    Each file is written with CREATE OR REPLACE, so that a later migration installs a newer text of it.
    """
    return [RunSQL((folder / f"{name}.sql").read_text(), RunSQL.noop) for name in names]


def append_only(table: str) -> RunSQL:
    """A migration operation that makes the database refuse UPDATE, DELETE and TRUNCATE on TABLE (invariant I8)."""
    return RunSQL(
        f"""
        create trigger {table}_append_only before update or delete on {table}
            for each row execute function core_refuse_change();
        create trigger {table}_no_truncate before truncate on {table}
            for each statement execute function core_refuse_change();
        """,
        f"drop trigger {table}_append_only on {table}; drop trigger {table}_no_truncate on {table};",
    )


def changes_programme(table: str) -> RunSQL:
    """A migration operation: any change of TABLE gives the programme a new revision, so that caches are renewed."""
    return RunSQL(
        f"""
        create trigger {table}_changes_programme after insert or update or delete on {table}
            for each statement execute function core_programme_changed();
        """,
        f"drop trigger {table}_changes_programme on {table};",
    )
