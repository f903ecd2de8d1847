"""Who may see the figures, and download the accountant's month."""

from typing import Any, ClassVar

from django.db import migrations

from loyalty_site import roles


def give(apps: Any, schema_editor: Any) -> None:
    """Bring the groups to the table of the roles."""
    roles.apply(apps)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("loyalty_site", "0002_roles_that_give_tiers"), ("insights", "0001_initial")]

    operations: ClassVar = [migrations.RunPython(give, migrations.RunPython.noop)]
