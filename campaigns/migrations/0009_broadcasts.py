"""Broadcasts: letters to a segment, whose occasions are those of a greeting."""

import uuid
from typing import ClassVar

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("campaigns", "0008_challenges"),
    ]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="greeting",
            name="kind",
            field=models.CharField(
                choices=[
                    ("birthday", "birthday"),
                    ("holiday", "festival"),
                    ("anniversary", "anniversary of joining"),
                    ("welcome", "after joining"),
                    ("tier", "after reaching a tier"),
                    ("first", "after the first purchase"),
                    ("return", "after a return"),
                    ("missed", "no purchase for long"),
                    ("expiry", "points will expire"),
                    ("at_risk", "tier at risk"),
                    ("broadcast", "broadcast"),
                ],
                max_length=11,
                verbose_name="occasion",
            ),
        ),
        migrations.AlterField(
            model_name="occasion",
            name="reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("no_address", "no address for this channel"),
                    ("no_consent", "no consent"),
                    ("refused", "said no to marketing"),
                    ("listed", "address on the suppression list"),
                    ("too_young", "below the age of consent"),
                    ("left", "membership suspended or closed"),
                    ("changed_birthday", "had a birthday greeting within the year"),
                    ("one_a_day", "another message that day"),
                    ("gone", "no longer so"),
                    ("empty_placeholder", "nothing to fill a placeholder with"),
                    ("sold_out", "the voucher's reward is sold out"),
                    ("held_out", "kept out to compare"),
                ],
                max_length=20,
                verbose_name="reason",
            ),
        ),
        migrations.CreateModel(
            name="Broadcast",
            fields=[
                (
                    "greeting_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to="campaigns.greeting",
                    ),
                ),
                ("on", models.DateField(verbose_name="day")),
                (
                    "lasts_days",
                    models.PositiveSmallIntegerField(
                        default=1,
                        help_text="What was paused or slowed down goes on so long; then it is given up.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(7),
                        ],
                        verbose_name="days to finish",
                    ),
                ),
                (
                    "per_minute",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="So many are written a minute. Empty: as fast as it goes.",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100000),
                        ],
                        verbose_name="at most a minute",
                    ),
                ),
                (
                    "hold_out",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="Drawn at random, they get nothing, so that the others can be compared.",
                        validators=[django.core.validators.MaxValueValidator(50)],
                        verbose_name="hold-out in per cent",
                    ),
                ),
                ("salt", models.UUIDField(default=uuid.uuid4, editable=False)),
                (
                    "segment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="campaigns.segment",
                        verbose_name="segment",
                    ),
                ),
            ],
            options={
                "verbose_name": "broadcast",
                "verbose_name_plural": "broadcasts",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("hold_out__lte", 50),
                            ("lasts_days__range", (1, 7)),
                            models.Q(("per_minute__isnull", True), ("per_minute__gt", 0), _connector="OR"),
                        ),
                        name="campaigns_broadcast_within_bounds",
                    )
                ],
            },
            bases=("campaigns.greeting",),
        ),
    ]
