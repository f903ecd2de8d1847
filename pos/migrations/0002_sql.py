"""Claiming receipts, as an SQL function."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

from core.db import install


class Migration(migrations.Migration):
    dependencies: ClassVar = [("pos", "0001_initial"), ("core", "0003_tell"), ("sales", "0001_initial")]

    operations: ClassVar = [
        *install(Path(__file__).parent.parent / "sql", "pos_claim"),
    ]
