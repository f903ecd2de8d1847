"""Offers: what they say when, their budgets in slots, and what members won by them."""

from decimal import Decimal
from typing import ClassVar

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

from campaigns import SQL
from core.db import append_only, changes_programme, install


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("campaigns", "0002_guards"),
        ("members", "0008_refuses_marketing"),
        ("sales", "0007_till_page"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Offer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.SlugField(
                        help_text="What tills call it. It stays.", max_length=40, unique=True, verbose_name="code"
                    ),
                ),
                (
                    "title",
                    models.CharField(help_text="The reason that members read.", max_length=60, verbose_name="title"),
                ),
                (
                    "title_en",
                    models.CharField(
                        help_text="The reason that members read.", max_length=60, null=True, verbose_name="title"
                    ),
                ),
                (
                    "title_zh_hans",
                    models.CharField(
                        help_text="The reason that members read.", max_length=60, null=True, verbose_name="title"
                    ),
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
                        choices=[("multiplier", "times the base points"), ("fixed", "fixed points")],
                        default="multiplier",
                        max_length=10,
                        verbose_name="gives",
                    ),
                ),
                (
                    "multiplier",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        help_text="2 gives the base points once more.",
                        max_digits=4,
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(20)],
                        verbose_name="times",
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
                        verbose_name="points",
                    ),
                ),
                ("begins_on", models.DateField(verbose_name="first day")),
                (
                    "ends_on",
                    models.DateField(
                        blank=True, help_text="Empty: until you end it.", null=True, verbose_name="last day"
                    ),
                ),
                (
                    "weekdays",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(),
                        blank=True,
                        default=list,
                        help_text="By business days. None chosen: all.",
                        size=None,
                        verbose_name="weekdays",
                    ),
                ),
                ("from_time", models.TimeField(blank=True, null=True, verbose_name="daily from")),
                (
                    "until_time",
                    models.TimeField(
                        blank=True,
                        help_text="By the programme's clock. Empty: all day.",
                        null=True,
                        verbose_name="daily until",
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
                    "tiers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="tiers",
                    ),
                ),
                (
                    "minimum",
                    models.DecimalField(
                        decimal_places=3,
                        default=Decimal(0),
                        help_text="What the goods that count must come to. 0: anything.",
                        max_digits=16,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="minimum",
                    ),
                ),
                (
                    "per_member",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Empty: as often as they like.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="times per member",
                    ),
                ),
                (
                    "budget",
                    models.PositiveBigIntegerField(
                        blank=True,
                        help_text=(
                            "It never gives more in all. Empty: no limit. Once it was on, it keeps having one or none."
                        ),
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1000000000000),
                        ],
                        verbose_name="budget in points",
                    ),
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
            ],
            options={
                "verbose_name": "offer",
                "verbose_name_plural": "offers",
                "ordering": ["-begins_on", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind", "multiplier"),
                                ("multiplier__gt", 1),
                                ("multiplier__isnull", False),
                                ("points__isnull", True),
                            ),
                            models.Q(
                                ("kind", "fixed"),
                                ("multiplier__isnull", True),
                                ("points__gt", 0),
                                ("points__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="campaigns_offer_gives_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True), ("ends_on__gte", models.F("begins_on")), _connector="OR"
                        ),
                        name="campaigns_offer_dates",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("from_time__isnull", True), ("until_time__isnull", True)),
                            models.Q(
                                ("from_time__isnull", False),
                                ("until_time__gt", models.F("from_time")),
                                ("until_time__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="campaigns_offer_hours",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("minimum__gte", 0),
                            models.Q(("per_member__isnull", True), ("per_member__gt", 0), _connector="OR"),
                            models.Q(("budget__isnull", True), ("budget__gt", 0), _connector="OR"),
                        ),
                        name="campaigns_offer_limits",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Award",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(verbose_name="version")),
                ("number", models.PositiveIntegerField(verbose_name="time")),
                ("points", models.BigIntegerField(verbose_name="points")),
                ("awarded_at", models.DateTimeField(verbose_name="when")),
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sales.purchase",
                        verbose_name="purchase",
                    ),
                ),
                (
                    "offer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="awards",
                        to="campaigns.offer",
                        verbose_name="offer",
                    ),
                ),
            ],
            options={
                "verbose_name": "award",
                "verbose_name_plural": "awards",
            },
        ),
        migrations.CreateModel(
            name="OfferVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="version")),
                ("begins_at", models.DateTimeField(verbose_name="begins")),
                ("is_on", models.BooleanField(verbose_name="on")),
                ("terms", models.JSONField(verbose_name="terms")),
                (
                    "offer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="campaigns.offer",
                        verbose_name="offer",
                    ),
                ),
            ],
            options={
                "verbose_name": "version of an offer",
                "verbose_name_plural": "versions of offers",
            },
        ),
        migrations.CreateModel(
            name="AwardReversal",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("points", models.BigIntegerField(verbose_name="points")),
                (
                    "award",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversals",
                        to="campaigns.award",
                        verbose_name="award",
                    ),
                ),
                (
                    "of_return",
                    models.ForeignKey(
                        db_column="return_id",
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sales.return",
                        verbose_name="return",
                    ),
                ),
            ],
            options={
                "verbose_name": "award taken back",
                "verbose_name_plural": "awards taken back",
                "constraints": [
                    models.UniqueConstraint(fields=("award", "of_return"), name="campaigns_award_reversed_once"),
                    models.CheckConstraint(
                        condition=models.Q(("points__gt", 0)), name="campaigns_award_reversal_takes"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BudgetSlot",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("left", models.BigIntegerField(verbose_name="left")),
                (
                    "offer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="slots",
                        to="campaigns.offer",
                        verbose_name="offer",
                    ),
                ),
            ],
            options={
                "verbose_name": "part of a budget",
                "verbose_name_plural": "parts of budgets",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("left__gte", 0)), name="campaigns_budget_not_overspent")
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="award",
            constraint=models.UniqueConstraint(fields=("offer", "member", "number"), name="campaigns_award_counts"),
        ),
        migrations.AddConstraint(
            model_name="award",
            constraint=models.UniqueConstraint(fields=("purchase", "offer"), name="campaigns_award_once"),
        ),
        migrations.AddConstraint(
            model_name="award",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gt", 0), ("points__gt", 0)), name="campaigns_award_gives"
            ),
        ),
        migrations.AddConstraint(
            model_name="offerversion",
            constraint=models.UniqueConstraint(fields=("offer", "number"), name="campaigns_offer_version"),
        ),
        migrations.AddConstraint(
            model_name="offerversion",
            constraint=models.UniqueConstraint(fields=("offer", "begins_at"), name="campaigns_offer_begins_once"),
        ),
        *install(SQL, "offer_awards"),
        append_only("campaigns_offerversion"),
        append_only("campaigns_award"),
        append_only("campaigns_awardreversal"),
        # What offers say, and what the goods and stores are called that they are for, is kept until it changes.
        changes_programme("campaigns_offerversion"),
        changes_programme("sales_category"),
        changes_programme("sales_store"),
        # Slots change with every award: room for it on their own page.
        migrations.RunSQL(
            "alter table campaigns_budgetslot set (fillfactor = 50)",
            "alter table campaigns_budgetslot reset (fillfactor)",
        ),
    ]
