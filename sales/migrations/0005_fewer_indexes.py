"""A receipt's code is unique by one index: nobody searches for its beginning."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("sales", "0004_business_day")]

    operations: ClassVar = [
        migrations.AddConstraint(
            model_name="purchase",
            constraint=models.UniqueConstraint(fields=("claim_code",), name="sales_claim_code_once"),
        ),
        migrations.AlterField("purchase", "claim_code", models.CharField("receipt code", max_length=16)),
    ]
