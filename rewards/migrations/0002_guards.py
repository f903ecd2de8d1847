"""Vouchers change by their states only; units that were taken stay what they are."""

from typing import ClassVar

from django.db import migrations

from core.db import install
from rewards import SQL


class Migration(migrations.Migration):
    dependencies: ClassVar = [("rewards", "0001_initial"), ("core", "0002_guards")]

    operations: ClassVar = [
        *install(SQL, "voucher_guard"),
        migrations.RunSQL(
            "alter table rewards_unit set (fillfactor = 75); alter table rewards_voucher set (fillfactor = 75);",
            "alter table rewards_unit reset (fillfactor); alter table rewards_voucher reset (fillfactor);",
        ),
    ]
