"""Terminals at which staff sell in the browser."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("sales", "0006_days"),
    ]

    operations: ClassVar = [
        migrations.AddField(
            model_name="terminal",
            name="is_page",
            field=models.BooleanField(default=False, verbose_name="for the till page"),
        ),
    ]
