"""Who has no standing yet, or one that has run out, is seen to once a batch."""

from typing import ClassVar

from django.db import migrations

from core.db import install
from tiers import SQL


class Migration(migrations.Migration):
    dependencies: ClassVar = [("tiers", "0010_changes_of_a_day")]

    operations: ClassVar = install(SQL, "steps", "record")
