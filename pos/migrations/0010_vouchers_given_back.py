"""A return says which vouchers it gave back to their members, for ever."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

from core.db import append_only


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("pos", "0009_receipt_by_receipt"),
        ("rewards", "0004_used_with"),
        ("points", "0001_initial"),
        ("sales", "0001_initial"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="VoucherGivenBack",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "of_return",
                    models.ForeignKey(
                        db_column="return_id",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="vouchers",
                        to="sales.return",
                    ),
                ),
                (
                    "posting",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="points.posting",
                        verbose_name="points given back",
                    ),
                ),
                (
                    "voucher",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rewards.voucher",
                        verbose_name="voucher",
                    ),
                ),
            ],
            options={
                "verbose_name": "voucher given back",
                "verbose_name_plural": "vouchers given back",
                "constraints": [
                    models.UniqueConstraint(fields=("of_return", "voucher"), name="pos_voucher_given_back_once")
                ],
            },
        ),
        append_only("pos_vouchergivenback"),
    ]
