"""The lines of a batch are written by one statement."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

from core.db import install


class Migration(migrations.Migration):
    dependencies: ClassVar = [("pos", "0010_vouchers_given_back")]

    operations: ClassVar = [
        migrations.RunSQL("drop function if exists pos_write_lines(bigint, jsonb)", migrations.RunSQL.noop),
        *install(Path(__file__).parent.parent / "sql", "pos_claim"),
    ]
