"""Segments: rules for members, and lists of them."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("campaigns", "0005_journeys"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Segment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.SlugField(
                        help_text="Latin letters, digits and dashes. It stays as it is.",
                        max_length=40,
                        unique=True,
                        verbose_name="code",
                    ),
                ),
                (
                    "name",
                    models.CharField(help_text="For staff; members do not see it.", max_length=80, verbose_name="name"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("conditions", "by conditions"), ("list", "list from a file")],
                        default="conditions",
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("conditions", models.JSONField(null=True, verbose_name="conditions")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("members", models.PositiveIntegerField(default=0, verbose_name="members")),
                ("refreshed_at", models.DateTimeField(null=True, verbose_name="refreshed")),
            ],
            options={
                "verbose_name": "segment",
                "verbose_name_plural": "segments",
                "ordering": ["name", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("conditions__isnull", False), ("kind", "conditions")),
                            models.Q(("conditions__isnull", True), ("kind", "list")),
                            _connector="OR",
                        ),
                        name="campaigns_segment_by_conditions_or_list",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SegmentUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "segment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="uses",
                        to="campaigns.segment",
                        verbose_name="segment",
                    ),
                ),
                (
                    "used",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="campaigns.segment",
                        verbose_name="used segment",
                    ),
                ),
            ],
            options={
                "verbose_name": "condition of another segment",
                "verbose_name_plural": "conditions of other segments",
                "constraints": [
                    models.UniqueConstraint(fields=("segment", "used"), name="campaigns_segment_use_once"),
                    models.CheckConstraint(
                        condition=models.Q(("segment", models.F("used")), _negated=True),
                        name="campaigns_segment_not_of_itself",
                    ),
                ],
            },
        ),
    ]
