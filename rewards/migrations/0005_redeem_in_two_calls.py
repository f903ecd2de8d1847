"""A redemption is two calls of SQL (ADR 16)."""

from typing import ClassVar

from django.db import migrations

from core.db import install
from rewards import SQL


class Migration(migrations.Migration):
    dependencies: ClassVar = [("rewards", "0004_used_with")]

    operations: ClassVar = [*install(SQL, "standings", "redeem")]
