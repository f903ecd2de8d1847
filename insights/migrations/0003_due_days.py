"""Which days are still to be added up, so that a snapshot is taken piece by piece."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("insights", "0002_names")]

    operations: ClassVar = [
        migrations.CreateModel(
            "DueDay",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("sales", "Sales"), ("points", "Points")], max_length=6)),
                ("day", models.DateField()),
            ],
            options={"default_permissions": ()},
        ),
        migrations.AddConstraint(
            "dueday", models.UniqueConstraint(fields=["kind", "day"], name="insights_dueday_once")
        ),
    ]
