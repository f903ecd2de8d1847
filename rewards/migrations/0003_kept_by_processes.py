"""Processes keep the catalogue until the programme's revision changes, so a change of a reward changes that."""

from typing import ClassVar

from django.db import migrations

from core.db import changes_programme


class Migration(migrations.Migration):
    dependencies: ClassVar = [("rewards", "0002_guards"), ("core", "0005_revisions")]

    operations: ClassVar = [changes_programme("rewards_reward")]
