"""What is known about a member in a word: a trait holds from, and until, and never changes."""

from pathlib import Path
from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

from core.db import install


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("members", "0008_refuses_marketing"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Trait",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("value", models.CharField(max_length=80, verbose_name="value")),
                ("valid_from", models.DateTimeField(verbose_name="from")),
                ("valid_to", models.DateTimeField(null=True, verbose_name="until")),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.member",
                        verbose_name="member",
                    ),
                ),
            ],
            options={
                "verbose_name": "trait",
                "verbose_name_plural": "traits",
                "constraints": [
                    models.UniqueConstraint(
                        models.F("name"),
                        models.F("member"),
                        condition=models.Q(("valid_to__isnull", True)),
                        name="members_trait_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="members_trait_ends_after_it_begins",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("name", ""), _negated=True), models.Q(("value", ""), _negated=True)
                        ),
                        name="members_trait_says_something",
                    ),
                ],
            },
        ),
        *install(Path(__file__).parent.parent / "sql", "trait_guard"),
    ]
