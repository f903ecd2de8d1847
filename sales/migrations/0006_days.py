"""Purchases are found by their days."""

from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("sales", "0005_fewer_indexes")]

    operations: ClassVar = [
        migrations.AddIndex(
            model_name="purchase",
            index=BrinIndex("business_on", name="sales_purchase_days", autosummarize=True, pages_per_range=32),
        ),
    ]
