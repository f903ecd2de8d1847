"""Booking goes item by item, in small statements, and answers rows of a named type: callers can hold on to them."""

from typing import ClassVar

from django.db import migrations

from core.db import install
from points import SQL


class Migration(migrations.Migration):
    dependencies: ClassVar = [("points", "0007_expired")]

    operations: ClassVar = [
        # What a function answers can't be replaced, only dropped and made anew.
        migrations.RunSQL(
            "drop function ledger_open(bigint[], bigint[], timestamptz[]);"
            "drop function ledger_book(jsonb); drop function ledger_accrue(jsonb);",
            migrations.RunSQL.noop,
        ),
        *install(SQL, "ledger_touch", "ledger_open", "ledger_accrue"),
    ]
