"""Challenges, what members completed, and how far they are: counted by one function, kept nowhere."""

from decimal import Decimal
from typing import ClassVar

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.math
from django.db import migrations, models

from campaigns import SQL
from core.db import append_only, changes_programme, install


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("campaigns", "0007_referrals"),
        ("members", "0008_refuses_marketing"),
        ("rewards", "0006_presents"),
        ("sales", "0007_till_page"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Challenge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.SlugField(
                        help_text="What tills call it. It stays.", max_length=40, unique=True, verbose_name="code"
                    ),
                ),
                ("title", models.CharField(help_text="What members read.", max_length=60, verbose_name="title")),
                (
                    "title_en",
                    models.CharField(help_text="What members read.", max_length=60, null=True, verbose_name="title"),
                ),
                (
                    "title_zh_hans",
                    models.CharField(help_text="What members read.", max_length=60, null=True, verbose_name="title"),
                ),
                ("description", models.CharField(blank=True, max_length=200, verbose_name="description")),
                ("description_en", models.CharField(blank=True, max_length=200, null=True, verbose_name="description")),
                (
                    "description_zh_hans",
                    models.CharField(blank=True, max_length=200, null=True, verbose_name="description"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("stamps", "stamp card: pieces bought"),
                            ("visits", "days with a purchase"),
                            ("spend", "money spent"),
                            ("streak", "weeks or months in a row"),
                        ],
                        default="stamps",
                        max_length=6,
                        verbose_name="counts",
                    ),
                ),
                (
                    "goal",
                    models.DecimalField(
                        decimal_places=3,
                        help_text="So many pieces, days, weeks or months; or so much money.",
                        max_digits=16,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="goal",
                    ),
                ),
                (
                    "period",
                    models.CharField(
                        blank=True,
                        choices=[("week", "weeks"), ("month", "months")],
                        max_length=5,
                        verbose_name="in a row",
                    ),
                ),
                (
                    "minimum",
                    models.DecimalField(
                        decimal_places=3,
                        default=Decimal(0),
                        help_text="What the goods that count must come to in one purchase. 0: anything.",
                        max_digits=16,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="minimum",
                    ),
                ),
                (
                    "categories",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="categories",
                    ),
                ),
                (
                    "skus",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="SKUs",
                    ),
                ),
                (
                    "stores",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="stores",
                    ),
                ),
                (
                    "tiers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="tiers",
                    ),
                ),
                ("begins_on", models.DateField(verbose_name="first day")),
                (
                    "ends_on",
                    models.DateField(
                        blank=True, help_text="Empty: until you end it.", null=True, verbose_name="last day"
                    ),
                ),
                ("ended_on", models.DateField(editable=False, null=True, verbose_name="ended on")),
                (
                    "most_times",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Empty: as often as they like.",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1000),
                        ],
                        verbose_name="times per member",
                    ),
                ),
                (
                    "points",
                    models.PositiveIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100000),
                        ],
                        verbose_name="bonus points",
                    ),
                ),
                (
                    "badge",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("star", "star"),
                            ("leaf", "leaf"),
                            ("moon", "moon"),
                            ("sun", "sun"),
                            ("crown", "crown"),
                            ("gem", "gem"),
                        ],
                        max_length=5,
                        verbose_name="badge",
                    ),
                ),
                ("badge_title", models.CharField(blank=True, max_length=40, verbose_name="title of the badge")),
                (
                    "badge_title_en",
                    models.CharField(blank=True, max_length=40, null=True, verbose_name="title of the badge"),
                ),
                (
                    "badge_title_zh_hans",
                    models.CharField(blank=True, max_length=40, null=True, verbose_name="title of the badge"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("paused", "paused"), ("on", "on"), ("ended", "ended")],
                        default="paused",
                        max_length=6,
                        verbose_name="state",
                    ),
                ),
                ("started_at", models.DateTimeField(editable=False, null=True, verbose_name="first on")),
                (
                    "reward",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rewards.reward",
                        verbose_name="voucher for",
                    ),
                ),
            ],
            options={
                "verbose_name": "challenge",
                "verbose_name_plural": "challenges",
                "ordering": ["-begins_on", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Recount",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "challenge",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="campaigns.challenge",
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("after", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Completion",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("round", models.PositiveIntegerField(verbose_name="round")),
                ("points", models.PositiveIntegerField(default=0, verbose_name="bonus points")),
                ("completed_at", models.DateTimeField(verbose_name="when")),
                (
                    "challenge",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="completions",
                        to="campaigns.challenge",
                        verbose_name="challenge",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.member",
                        verbose_name="member",
                    ),
                ),
                (
                    "purchase",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sales.purchase",
                        verbose_name="purchase",
                    ),
                ),
                (
                    "voucher",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rewards.voucher",
                        verbose_name="voucher",
                    ),
                ),
            ],
            options={
                "verbose_name": "completion",
                "verbose_name_plural": "completions",
            },
        ),
        migrations.AddConstraint(
            model_name="challenge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("goal__gte", 1),
                    models.Q(
                        ("kind", "spend"),
                        ("goal", django.db.models.functions.math.Floor(models.F("goal"))),
                        _connector="OR",
                    ),
                ),
                name="campaigns_challenge_goal",
            ),
        ),
        migrations.AddConstraint(
            model_name="challenge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "streak"), ("period__in", ["week", "month"])),
                    models.Q(models.Q(("kind", "streak"), _negated=True), ("period", "")),
                    _connector="OR",
                ),
                name="campaigns_challenge_period",
            ),
        ),
        migrations.AddConstraint(
            model_name="challenge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("minimum__gte", 0),
                    models.Q(("kind__in", ["visits", "streak"]), ("minimum", 0), _connector="OR"),
                    models.Q(("most_times__isnull", True), ("most_times__gt", 0), _connector="OR"),
                ),
                name="campaigns_challenge_limits",
            ),
        ),
        migrations.AddConstraint(
            model_name="challenge",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__isnull", True), ("ends_on__gte", models.F("begins_on")), _connector="OR"),
                name="campaigns_challenge_dates",
            ),
        ),
        migrations.AddConstraint(
            model_name="challenge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("points__gt", 0),
                    models.Q(
                        ("points__isnull", True),
                        models.Q(("reward__isnull", False), models.Q(("badge", ""), _negated=True), _connector="OR"),
                    ),
                    _connector="OR",
                ),
                name="campaigns_challenge_gives_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="challenge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_on__isnull", False), ("state", "ended")),
                    models.Q(("ended_on__isnull", True), ("started_at__isnull", False), ("state", "on")),
                    models.Q(("ended_on__isnull", True), ("state", "paused")),
                    _connector="OR",
                ),
                name="campaigns_challenge_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="completion",
            constraint=models.UniqueConstraint(
                fields=("challenge", "member", "round"), name="campaigns_completion_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="completion",
            constraint=models.CheckConstraint(
                condition=models.Q(("round__gt", 0)), name="campaigns_completion_counts_from_one"
            ),
        ),
        *install(SQL, "challenge_progress", "challenge_guard"),
        append_only("campaigns_completion"),
        # What is on is kept by each process until it changes.
        changes_programme("campaigns_challenge"),
    ]
