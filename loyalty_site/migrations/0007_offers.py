"""Marketing plans offers; support and finance look at them and at what they gave."""

from typing import Any, ClassVar

from django.db import migrations

from loyalty_site import roles


def apply(apps: Any, schema_editor: Any) -> None:
    """Bring the groups to the table."""
    roles.apply(apps)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("loyalty_site", "0006_greetings"), ("campaigns", "0003_offers")]

    operations: ClassVar = [migrations.RunPython(apply, migrations.RunPython.noop)]
