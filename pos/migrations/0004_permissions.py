"""Staff may be allowed to give a purchase without member to one."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("pos", "0003_claim_key"),
    ]

    operations: ClassVar = [
        migrations.AlterModelOptions(
            name="settlement",
            options={
                "permissions": [("assign_purchase", "Can give a purchase without member to one")],
                "verbose_name": "settlement",
                "verbose_name_plural": "settlements",
            },
        ),
    ]
