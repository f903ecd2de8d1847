"""Staff may be allowed to adjust points."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("points", "0003_ledger"),
    ]

    operations: ClassVar = [
        migrations.AlterModelOptions(
            name="account",
            options={
                "permissions": [("adjust_points", "Can give and take points by hand, with a reason")],
                "verbose_name": "account",
                "verbose_name_plural": "accounts",
            },
        ),
    ]
