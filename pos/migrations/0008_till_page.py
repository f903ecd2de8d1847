"""Staff may be allowed to sell at the till page, to take goods back, and to set prices."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("pos", "0007_fewer_indexes"),
    ]

    operations: ClassVar = [
        migrations.AlterModelOptions(
            name="settlement",
            options={
                "permissions": [
                    ("assign_purchase", "Can give a purchase without member to one"),
                    ("use_till", "Can sell at the till page"),
                    ("take_back", "Can take goods back at the till page"),
                    ("set_price", "Can set any price at the till page"),
                ],
                "verbose_name": "settlement",
                "verbose_name_plural": "settlements",
            },
        ),
    ]
