"""Several connections share a sweep, each with accounts of its own."""

from typing import ClassVar

from django.db import migrations

from core.db import install
from points import SQL

BEFORE = "timestamptz, bigint, timestamptz, int, boolean"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("points", "0008_item_by_item")]

    operations: ClassVar = [
        migrations.RunSQL(
            f"drop function if exists ledger_mature_chunk({BEFORE});"
            f"drop function if exists ledger_expire_chunk({BEFORE})",
            migrations.RunSQL.noop,
        ),
        *install(SQL, "ledger_sweep"),
    ]
