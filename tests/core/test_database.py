"""What every connection to the database has in common."""

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db


def test_no_statement_waits_for_a_compiler() -> None:
    """Debian's PostgreSQL 15 compiles by default: half a second for each sale."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('jit')")
        assert cursor.fetchone() == ("off",)
