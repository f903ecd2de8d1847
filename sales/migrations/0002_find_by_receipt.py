"""Staff find purchases by the number on the receipt."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import F


class Migration(migrations.Migration):
    dependencies: ClassVar = [("sales", "0001_initial")]

    operations: ClassVar = [
        migrations.AddIndex(model_name="purchase", index=models.Index(F("number"), name="sales_purchase_number")),
    ]
