"""Finding a member by what they show or say, as an SQL function."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

from core.db import install


class Migration(migrations.Migration):
    dependencies: ClassVar = [("members", "0005_find_by_name")]

    operations: ClassVar = [*install(Path(__file__).parent.parent / "sql", "members_find")]
