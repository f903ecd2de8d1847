"""What counts, what is held and what runs out, as SQL functions."""

from typing import ClassVar

from django.db import migrations

from core.db import install
from tiers import SQL


class Migration(migrations.Migration):
    dependencies: ClassVar = [("tiers", "0003_narrow_days_and_given_tiers"), ("core", "0003_tell")]

    operations: ClassVar = [
        *install(SQL, "dates", "lapses", "steps", "settle", "renew", "record", "review", "standings"),
    ]
