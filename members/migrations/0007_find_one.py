"""The function that finds a member says that it finds one, so that plans are made for as many."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

from core.db import install


class Migration(migrations.Migration):
    dependencies: ClassVar = [("members", "0006_find")]

    operations: ClassVar = [*install(Path(__file__).parent.parent / "sql", "members_find")]
