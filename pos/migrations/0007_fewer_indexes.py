"""A purchase's settlements are found by the index that keeps them unique."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("pos", "0006_one_call_each_way"), ("sales", "0004_business_day")]

    operations: ClassVar = [
        migrations.AlterField(
            "settlement",
            "purchase",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="settlements",
                to="sales.purchase",
                verbose_name="purchase",
                db_index=False,
            ),
        ),
    ]
