"""The roles of the staff, as groups."""

from typing import Any, ClassVar

from django.db import migrations

from loyalty_site import roles


def make(apps: Any, schema_editor: Any) -> None:
    """Make the groups."""
    roles.apply(apps)


def unmake(apps: Any, schema_editor: Any) -> None:
    """Delete the groups."""
    roles.remove(apps)


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("contenttypes", "0002_remove_content_type_name"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("core", "0004_permissions"),
        ("access", "0002_guards"),
        ("members", "0004_permissions"),
        ("sales", "0001_initial"),
        ("messaging", "0001_initial"),
        ("points", "0004_permissions"),
        ("tiers", "0002_guards"),
        ("pos", "0004_permissions"),
    ]

    operations: ClassVar = [migrations.RunPython(make, unmake)]
