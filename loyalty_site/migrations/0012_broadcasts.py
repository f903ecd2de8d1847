"""Marketing writes broadcasts; support reads them."""

from typing import Any, ClassVar

from django.db import migrations

from loyalty_site import roles


def apply(apps: Any, schema_editor: Any) -> None:
    """Bring the groups to the table."""
    roles.apply(apps)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("loyalty_site", "0011_challenges"), ("campaigns", "0009_broadcasts")]

    operations: ClassVar = [migrations.RunPython(apply, migrations.RunPython.noop)]
