"""Renewing a standing adds up the member's days once, in whatever order the tables are read."""

from typing import ClassVar

from django.db import migrations

from core.db import install
from tiers import SQL


class Migration(migrations.Migration):
    dependencies: ClassVar = [("tiers", "0007_permissions")]

    operations: ClassVar = [*install(SQL, "renew")]
