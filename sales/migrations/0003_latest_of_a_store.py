"""A store's purchases, latest first, by one index; those of the store and of the terminal alone were for nobody."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import F


class Migration(migrations.Migration):
    dependencies: ClassVar = [("sales", "0002_find_by_receipt")]

    operations: ClassVar = [
        migrations.AddIndex(
            model_name="purchase",
            index=models.Index(F("store"), F("occurred_at").desc(), F("id").desc(), name="sales_purchase_of_store"),
        ),
        migrations.AlterField(
            model_name="purchase",
            name="store",
            field=models.ForeignKey(
                "sales.store", models.PROTECT, related_name="+", verbose_name="store", db_index=False
            ),
        ),
        migrations.AlterField(
            model_name="purchase",
            name="terminal",
            field=models.ForeignKey(
                "sales.terminal", models.PROTECT, related_name="+", verbose_name="terminal", db_index=False
            ),
        ),
    ]
