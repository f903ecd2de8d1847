"""Occasions are checked as sets, not one by one (ADR 28)."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

from campaigns import SQL
from core.db import install


class Migration(migrations.Migration):
    dependencies: ClassVar = [("campaigns", "0003_offers"), ("members", "0011_indexes_for_birthdays")]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="occasion",
            name="greeting",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="occasions",
                to="campaigns.greeting",
                verbose_name="greeting",
            ),
        ),
        migrations.AlterField(
            model_name="occasion",
            name="member",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="members.member",
                verbose_name="member",
            ),
        ),
        *install(SQL, "occasion_links"),
    ]
