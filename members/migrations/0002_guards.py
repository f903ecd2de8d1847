"""What members said and the words they said it to are append-only."""

from typing import ClassVar

from django.db import migrations

from core.db import append_only


class Migration(migrations.Migration):
    dependencies: ClassVar = [("members", "0001_initial"), ("core", "0002_guards")]

    operations: ClassVar = [
        append_only("members_acceptance"),
        append_only("members_consent"),
        append_only("members_wording"),
    ]
