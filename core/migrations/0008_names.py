"""Rows whose rights a role can give have names that people read."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("core", "0007_largest_purchase")]

    operations: ClassVar = [
        migrations.AlterModelOptions("logo", {"verbose_name": "logo", "verbose_name_plural": "logo"}),
        migrations.AlterModelOptions(
            "cursor",
            {
                "verbose_name": "place of a reader of events",
                "verbose_name_plural": "places of readers of events",
            },
        ),
    ]
