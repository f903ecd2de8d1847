"""A function that says whether a member wants no marketing at all."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

from core.db import install


class Migration(migrations.Migration):
    dependencies: ClassVar = [("members", "0007_find_one")]

    operations: ClassVar = [*install(Path(__file__).parent.parent / "sql", "refuses_marketing")]
