"""Staff find members by a part of the name."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    dependencies: ClassVar = [("members", "0004_permissions")]

    operations: ClassVar = [
        TrigramExtension(),
        migrations.AddIndex(
            model_name="member",
            index=GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="members_parts_of_names"),
        ),
    ]
