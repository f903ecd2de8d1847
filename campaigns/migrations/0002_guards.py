"""Occasions are kept; a table of which most rows change once is given the room for it."""

from typing import ClassVar

from django.db import migrations

from campaigns import SQL
from core.db import install


class Migration(migrations.Migration):
    dependencies: ClassVar = [("campaigns", "0001_initial")]

    operations: ClassVar = [
        *install(SQL, "occasion_guard"),
        migrations.RunSQL(
            "alter table campaigns_occasion set (fillfactor = 75)",
            "alter table campaigns_occasion reset (fillfactor)",
        ),
    ]
