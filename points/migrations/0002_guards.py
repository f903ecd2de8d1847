"""The ledger is append-only, what a lot was granted never changes, and rules are versioned."""

from typing import ClassVar

from django.db import migrations

from core.db import append_only, changes_programme, install
from points import SQL


class Migration(migrations.Migration):
    dependencies: ClassVar = [("points", "0001_initial"), ("core", "0002_guards")]

    operations: ClassVar = [
        append_only("points_posting"),
        append_only("points_movement"),
        append_only("points_earningruleversion"),
        *install(SQL, "lot_guard"),
        changes_programme("points_pointtype"),
        changes_programme("points_earningrule"),
        changes_programme("points_earningruleversion"),
        migrations.RunSQL(
            "alter table points_account set (fillfactor = 75); alter table points_lot set (fillfactor = 75);",
            "alter table points_account reset (fillfactor); alter table points_lot reset (fillfactor);",
        ),
    ]
