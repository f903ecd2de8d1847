"""E-mails are HTML too."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("messaging", "0005_reports"),
    ]

    operations: ClassVar = [
        migrations.AddField(
            model_name="message",
            name="html",
            field=models.TextField(blank=True, db_default="", default="", verbose_name="HTML"),
        ),
    ]
