"""The audit trail is append-only."""

from typing import ClassVar

from django.db import migrations

from core.db import append_only


class Migration(migrations.Migration):
    dependencies: ClassVar = [("access", "0001_initial"), ("core", "0002_guards")]

    operations: ClassVar = [
        append_only("access_auditentry"),
    ]
