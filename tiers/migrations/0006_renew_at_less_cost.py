"""Renewing a standing does no more than is due."""

from typing import ClassVar

from django.db import migrations

from core.db import install
from tiers import SQL


class Migration(migrations.Migration):
    dependencies: ClassVar = [("tiers", "0005_standing_floor")]

    operations: ClassVar = [*install(SQL, "renew", "record")]
