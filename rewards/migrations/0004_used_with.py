"""Which vouchers were used with a receipt is asked when its goods come back."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies: ClassVar = [("rewards", "0003_kept_by_processes")]

    operations: ClassVar = [
        migrations.AddIndex(
            model_name="voucher",
            index=models.Index(
                F("terminal"),
                F("receipt"),
                condition=Q(("state", "used"), ~Q(("receipt", ""))),
                name="rewards_voucher_used_with",
            ),
        ),
    ]
