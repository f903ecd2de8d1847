"""Events are append-only; a change of the programme gives it a new revision."""

from typing import ClassVar

from django.db import migrations

from core.db import append_only


class Migration(migrations.Migration):
    dependencies: ClassVar = [("core", "0001_initial")]

    operations: ClassVar = [
        append_only("core_event"),
        migrations.RunSQL(
            """
            create trigger core_programme_revised before update on core_programme
                for each row when (new.revision = old.revision) execute function core_programme_revised();
            """,
            "drop trigger core_programme_revised on core_programme;",
        ),
    ]
