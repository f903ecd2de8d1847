"""A lapse that holds whatever the days say, so that goods bought and brought back leave nothing behind."""

from typing import ClassVar

from django.db import migrations, models

from core.db import install
from tiers import SQL


class Migration(migrations.Migration):
    dependencies: ClassVar = [("tiers", "0004_qualification")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="standing",
            name="floor_on",
            field=models.DateField(blank=True, null=True, verbose_name="lapses at the earliest"),
        ),
        *install(SQL, "dates", "lapses", "steps", "settle", "renew", "record", "review", "standings"),
    ]
