"""What each role may do with rewards and vouchers."""

from typing import Any, ClassVar

from django.db import migrations

from loyalty_site import roles


def bring(apps: Any, schema_editor: Any) -> None:
    """Bring the groups to the table of roles."""
    roles.apply(apps)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("loyalty_site", "0002_roles_that_give_tiers"), ("rewards", "0002_guards")]

    operations: ClassVar = [migrations.RunPython(bring, migrations.RunPython.noop)]
