"""A sale reads how its member stands with offers, and writes what it won, in the two calls that it has."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

from core.db import install

# What they answer has other columns now; PostgreSQL replaces no such function.
DROP = """
drop function if exists pos_open(jsonb);
drop function if exists pos_post(jsonb, jsonb, jsonb, jsonb);
drop function if exists pos_post(jsonb, jsonb, jsonb, jsonb, jsonb);
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("pos", "0011_lines_as_a_set"), ("campaigns", "0003_offers")]

    operations: ClassVar = [
        migrations.RunSQL(DROP, migrations.RunSQL.noop),
        *install(Path(__file__).parent.parent / "sql", "pos_open", "pos_post"),
    ]
