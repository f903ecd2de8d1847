"""The history of tiers is append-only; a change of tiers changes the programme."""

from typing import ClassVar

from django.db import migrations

from core.db import append_only, changes_programme


class Migration(migrations.Migration):
    dependencies: ClassVar = [("tiers", "0001_initial"), ("core", "0002_guards")]

    operations: ClassVar = [
        append_only("tiers_tierchange"),
        changes_programme("tiers_tier"),
        changes_programme("tiers_scheme"),
    ]
