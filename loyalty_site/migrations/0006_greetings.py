"""Marketing plans greetings and lets go of what the brake holds; support reads them, and settles messages."""

from typing import Any, ClassVar

from django.db import migrations

from loyalty_site import roles


def apply(apps: Any, schema_editor: Any) -> None:
    """Bring the groups to the table."""
    roles.apply(apps)


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("loyalty_site", "0005_till_page"),
        ("campaigns", "0002_guards"),
        ("messaging", "0004_marketing"),
    ]

    operations: ClassVar = [migrations.RunPython(apply, migrations.RunPython.noop)]
