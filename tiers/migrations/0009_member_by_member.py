"""Recording goes member by member, in small statements: for one sale they cost less than one large one."""

from typing import ClassVar

from django.db import migrations

from core.db import install
from tiers import SQL


class Migration(migrations.Migration):
    dependencies: ClassVar = [("tiers", "0008_one_sum_a_member")]

    operations: ClassVar = [
        *install(SQL, "renew", "record"),
        migrations.RunSQL("drop type if exists tiers_renewal", migrations.RunSQL.noop),
    ]
