"""Vouchers may be given: they cost nothing, and bring nothing back."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("members", "0008_refuses_marketing"),
        ("points", "0007_expired"),
        ("rewards", "0005_redeem_in_two_calls"),
        ("sales", "0007_till_page"),
    ]

    operations: ClassVar = [
        migrations.RemoveConstraint(
            model_name="voucher",
            name="rewards_voucher_makes_sense",
        ),
        migrations.RemoveConstraint(
            model_name="voucher",
            name="rewards_voucher_cancelled_gives_back",
        ),
        migrations.AlterField(
            model_name="voucher",
            name="redemption",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="points.posting",
                verbose_name="redemption",
            ),
        ),
        migrations.AddConstraint(
            model_name="voucher",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("expires_at__gt", models.F("issued_at")),
                    models.Q(
                        models.Q(("points__gt", 0), ("redemption__isnull", False)),
                        models.Q(("points", 0), ("redemption__isnull", True)),
                        _connector="OR",
                    ),
                ),
                name="rewards_voucher_makes_sense",
            ),
        ),
        migrations.AddConstraint(
            model_name="voucher",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("cancelled_at__isnull", False),
                        ("state", "cancelled"),
                        models.Q(
                            models.Q(("redemption__isnull", False), ("restoration__isnull", False)),
                            models.Q(("redemption__isnull", True), ("restoration__isnull", True)),
                            _connector="OR",
                        ),
                    ),
                    models.Q(
                        models.Q(("state", "cancelled"), _negated=True),
                        ("cancelled_at__isnull", True),
                        ("cancelled_by", ""),
                        ("restoration__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="rewards_voucher_cancelled_gives_back",
            ),
        ),
    ]
