"""A sale in two round trips: what it needs before it is priced, and what it leaves behind."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

from core.db import install


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("pos", "0005_guards"),
        ("points", "0005_book"),
        ("tiers", "0005_standing_floor"),
        ("members", "0006_find"),
    ]

    operations: ClassVar = [
        # What a function answers can't be replaced, only dropped and made anew.
        migrations.RunSQL(
            "drop function if exists pos_claim(jsonb); drop function if exists pos_settle(jsonb, jsonb);",
            migrations.RunSQL.noop,
        ),
        *install(
            Path(__file__).parent.parent / "sql", "claim_key", "pos_terminal", "pos_claim", "pos_open", "pos_post"
        ),
    ]
