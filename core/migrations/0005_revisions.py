"""Revisions of the programme come from a sequence, also where the programme is older than that."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

from core.db import install


class Migration(migrations.Migration):
    dependencies: ClassVar = [("core", "0004_permissions")]

    operations: ClassVar = [
        *install(Path(__file__).parent.parent / "sql", "guards"),
        migrations.RunSQL(
            "select setval('core_revision', revision + 1, false) from core_programme", migrations.RunSQL.noop
        ),
    ]
