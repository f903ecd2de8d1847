"""Rows whose rights a role can give have names that people read."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("insights", "0001_initial")]

    operations: ClassVar = [
        migrations.AlterModelOptions(
            "pointsday",
            {
                "verbose_name": "day's figures",
                "verbose_name_plural": "figures of days",
                "default_permissions": ("view",),
                "permissions": [("export_month", "Can see and download the month for the accountant")],
            },
        ),
    ]
