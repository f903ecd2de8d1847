"""Who rose on a day is found without reading all changes."""

from typing import ClassVar

import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("members", "0008_refuses_marketing"),
        ("tiers", "0009_member_by_member"),
    ]

    operations: ClassVar = [
        migrations.AddIndex(
            model_name="tierchange",
            index=django.contrib.postgres.indexes.BrinIndex(
                models.F("on"), autosummarize=True, name="tiers_changes_of_a_day", pages_per_range=32
            ),
        ),
    ]
