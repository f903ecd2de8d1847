"""A sale is claimed, opened and posted in small statements: for one receipt they cost less than large ones."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

from core.db import install


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("pos", "0008_till_page"),
        ("points", "0008_item_by_item"),
        ("tiers", "0009_member_by_member"),
    ]

    operations: ClassVar = [
        migrations.RunSQL("drop function pos_claim(jsonb)", migrations.RunSQL.noop),
        *install(Path(__file__).parent.parent / "sql", "pos_claim", "pos_open", "pos_post"),
    ]
