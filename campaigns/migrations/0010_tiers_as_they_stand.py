"""A tier that has run out counts for challenges as what it has come to, not as the lowest."""

from typing import ClassVar

from django.db import migrations

from campaigns import SQL
from core.db import install


class Migration(migrations.Migration):
    dependencies: ClassVar = [("campaigns", "0009_broadcasts"), ("tiers", "0011_new_members_as_a_set")]

    operations: ClassVar = install(SQL, "challenge_progress")
