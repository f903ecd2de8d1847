"""Cashiers sell at the till page; support also sets prices there."""

from typing import Any, ClassVar

from django.db import migrations

from loyalty_site import roles


def apply(apps: Any, schema_editor: Any) -> None:
    """Bring the groups to the table."""
    roles.apply(apps)


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("loyalty_site", "0004_rewards"),
        ("pos", "0008_till_page"),
        ("sales", "0007_till_page"),
    ]

    operations: ClassVar = [migrations.RunPython(apply, migrations.RunPython.noop)]
