"""Time zone, end of the business day and currency stay after the first purchase."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

from core.db import install


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("core", "0005_revisions"),
        ("sales", "0003_latest_of_a_store"),
    ]

    operations: ClassVar = install(Path(__file__).parent.parent / "sql", "business_day")
