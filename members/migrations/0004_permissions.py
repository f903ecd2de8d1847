"""Staff may be allowed to put memberships on hold and to replace cards."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("members", "0003_first_wordings"),
    ]

    operations: ClassVar = [
        migrations.AlterModelOptions(
            name="member",
            options={
                "permissions": [
                    ("suspend_member", "Can put a membership on hold, and reactivate it"),
                    ("replace_card", "Can replace a lost card"),
                ],
                "verbose_name": "member",
                "verbose_name_plural": "members",
            },
        ),
    ]
