"""What tills reported, and what it earned, is append-only: a return is priced by it, however late it comes."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

from core.db import append_only, install


class Migration(migrations.Migration):
    dependencies: ClassVar = [("pos", "0004_permissions"), ("sales", "0001_initial"), ("core", "0002_guards")]

    operations: ClassVar = [
        *install(Path(__file__).parent.parent / "sql", "purchase_guard"),
        append_only("sales_purchaseline"),
        append_only("sales_return"),
        append_only("sales_returnline"),
        append_only("pos_settlement"),
        append_only("pos_returnsettlement"),
    ]
