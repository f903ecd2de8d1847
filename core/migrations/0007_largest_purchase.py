"""What a purchase may come to at most."""

from decimal import Decimal
from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("core", "0006_brand")]

    operations: ClassVar = [
        migrations.AddField(
            "programme",
            "largest_purchase",
            models.DecimalField(
                blank=True,
                decimal_places=3,
                max_digits=13,
                null=True,
                validators=[MinValueValidator(Decimal("0.001"))],
                verbose_name="largest purchase",
            ),
        ),
        migrations.AddConstraint(
            "programme",
            models.CheckConstraint(
                condition=models.Q(largest_purchase__isnull=True) | models.Q(largest_purchase__gt=0),
                name="core_programme_largest_purchase",
            ),
        ),
    ]
