"""Booking goes item by item, in small statements: for one sale they cost less than one large one."""

from typing import ClassVar

from django.db import migrations

from core.db import install
from points import SQL


class Migration(migrations.Migration):
    dependencies: ClassVar = [("points", "0007_expired")]

    operations: ClassVar = [*install(SQL, "ledger_accrue")]
