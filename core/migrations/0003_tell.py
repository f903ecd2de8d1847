"""Telling facts, as an SQL function that others may call in their own round trip."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

from core.db import install


class Migration(migrations.Migration):
    dependencies: ClassVar = [("core", "0002_guards")]

    operations: ClassVar = [
        *install(Path(__file__).parent.parent / "sql", "tell"),
    ]
