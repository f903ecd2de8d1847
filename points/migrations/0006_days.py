"""Postings are found by their days."""

from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("points", "0005_book")]

    operations: ClassVar = [
        migrations.AddIndex(
            model_name="posting",
            index=BrinIndex("occurred_at", name="points_posting_days", autosummarize=True, pages_per_range=32),
        ),
    ]
