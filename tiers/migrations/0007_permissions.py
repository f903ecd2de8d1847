"""Staff may be allowed to give a tier by hand."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("tiers", "0006_renew_at_less_cost")]

    operations: ClassVar = [
        migrations.AlterModelOptions(
            name="standing",
            options={
                "permissions": [("give_tier", "Can give a tier by hand, with a reason")],
                "verbose_name": "standing",
                "verbose_name_plural": "standings",
            },
        ),
    ]
