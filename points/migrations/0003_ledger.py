"""The writing core of the ledger, as SQL functions."""

from typing import ClassVar

from django.db import migrations

from core.db import install
from points import SQL


class Migration(migrations.Migration):
    dependencies: ClassVar = [("points", "0002_guards")]

    operations: ClassVar = [
        *install(
            SQL,
            "ledger_touch",
            "ledger_open",
            "ledger_accrue",
            "ledger_redeem",
            "ledger_reverse",
            "ledger_restore",
        ),
    ]
