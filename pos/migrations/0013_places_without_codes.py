"""Where a write went is kept without the voucher's code, which was as good as money for whoever read the table."""

import re
from typing import Any, ClassVar

from django.db import migrations

from pos import idempotency

VOUCHER = re.compile(r"^/api/v1/vouchers/(?P<code>[^/]+)/(use|unuse)$")


def hide(apps: Any, schema_editor: Any) -> None:
    keys = apps.get_model("pos", "IdempotencyKey").objects.filter(path__startswith="/api/v1/vouchers/")
    for key in keys.only("path").iterator():
        if found := VOUCHER.match(key.path):
            key.path = idempotency.place(key.path, found["code"])
            key.save(update_fields=["path"])


class Migration(migrations.Migration):
    dependencies: ClassVar = [("pos", "0012_offers")]

    operations: ClassVar = [migrations.RunPython(hide, migrations.RunPython.noop, elidable=True)]
