"""Support and marketing keep the suppression list."""

from typing import Any, ClassVar

from django.db import migrations

from loyalty_site import roles


def apply(apps: Any, schema_editor: Any) -> None:
    """Bring the groups to the table."""
    roles.apply(apps)


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("loyalty_site", "0008_segments"),
        ("campaigns", "0004_occasions_are_checked_as_sets"),
        ("messaging", "0005_reports"),
    ]

    operations: ClassVar = [migrations.RunPython(apply, migrations.RunPython.noop)]
