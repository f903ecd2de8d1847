"""Booking accruals on accounts that are open already, apart from opening them."""

from typing import ClassVar

from django.db import migrations

from core.db import install
from points import SQL


class Migration(migrations.Migration):
    dependencies: ClassVar = [("points", "0004_permissions")]

    operations: ClassVar = [
        # What a function answers can't be replaced, only dropped and made anew.
        migrations.RunSQL("drop function if exists ledger_accrue(jsonb);", migrations.RunSQL.noop),
        *install(SQL, "ledger_accrue"),
    ]
