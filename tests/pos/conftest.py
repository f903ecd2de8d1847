"""A shop and a till for the tests of the API."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.factories import Shop
from tests.pos.till import NOON, Till

# What opens and closes transactions is not work of the database.
BRACKETS = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")

Statements = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """A minute past noon on 1 June 2026; stands still."""
    with time_machine.travel(NOON + timedelta(minutes=1), tick=False) as traveller:
        yield traveller


@pytest.fixture
def shop(db: None, clock: time_machine.Traveller) -> Shop:
    """The gift shop in London."""
    return factories.shop()


@pytest.fixture
def till(shop: Shop) -> Till:
    """The shop's till, in English."""
    return Till(shop.terminal)


@pytest.fixture
def rows(shop: Shop) -> Callable[[], dict[str, int]]:
    """How many rows every table of ours holds; the same before and after: nothing was changed."""

    def count() -> dict[str, int]:
        tables = [t for t in connection.introspection.table_names() if not t.startswith(("django_", "auth_"))]
        with connection.cursor() as cursor:
            cursor.execute(" union all ".join(f"select '{t}', count(*) from {t}" for t in tables))
            return dict(cursor.fetchall())

    return count


@pytest.fixture
def statements() -> Statements:
    """The SQL statements of a block, without those that only open and close transactions."""

    @contextmanager
    def listen() -> Iterator[list[str]]:
        found: list[str] = []
        with CaptureQueriesContext(connection) as captured:
            yield found
        found += [q["sql"] for q in captured.captured_queries if not q["sql"].startswith(BRACKETS)]

    return listen


def shown(found: Any) -> str:
    """Statements one a line, for the message of a failed count."""
    return "\n".join(" ".join(sql.split())[:160] for sql in found)
