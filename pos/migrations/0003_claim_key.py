"""Claiming idempotency keys; answers are kept as they were sent, letter by letter."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations, models

from core.db import install


class Migration(migrations.Migration):
    dependencies: ClassVar = [("pos", "0002_sql")]

    operations: ClassVar = [
        migrations.AlterField("idempotencykey", "answer", models.TextField()),
        *install(Path(__file__).parent.parent / "sql", "claim_key"),
    ]
