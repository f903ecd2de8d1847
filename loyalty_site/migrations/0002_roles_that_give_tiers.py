"""Support and administrators may give tiers."""

from typing import Any, ClassVar

from django.db import migrations

from loyalty_site import roles


def renew(apps: Any, schema_editor: Any) -> None:
    """Bring the groups to the table of roles."""
    roles.apply(apps)


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("loyalty_site", "0001_roles"),
        ("tiers", "0007_permissions"),
    ]

    operations: ClassVar = [migrations.RunPython(renew, migrations.RunPython.noop)]
