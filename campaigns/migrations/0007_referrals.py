"""Members bring friends: the scheme, codes, who was brought and what came of it."""

from decimal import Decimal
from typing import ClassVar

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

from campaigns import SQL
from core.db import append_only, changes_programme, install


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("campaigns", "0006_segments"),
        ("members", "0008_refuses_marketing"),
        ("sales", "0007_till_page"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="ReferralCode",
            fields=[
                (
                    "member",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="members.member",
                        verbose_name="member",
                    ),
                ),
                ("code", models.CharField(max_length=12, unique=True, verbose_name="code")),
                ("made_at", models.DateTimeField(verbose_name="made")),
            ],
            options={
                "verbose_name": "referral code",
                "verbose_name_plural": "referral codes",
            },
        ),
        migrations.CreateModel(
            name="Referral",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("via", models.CharField(max_length=80, verbose_name="joined via")),
                ("referrer_points", models.PositiveIntegerField(verbose_name="points for who invites")),
                ("friend_points", models.PositiveIntegerField(verbose_name="points for the friend")),
                (
                    "minimum",
                    models.DecimalField(decimal_places=3, max_digits=16, verbose_name="first purchase of at least"),
                ),
                ("days", models.PositiveSmallIntegerField(verbose_name="days to wait")),
                ("joined_at", models.DateTimeField(verbose_name="joined")),
                ("buy_until", models.DateTimeField(verbose_name="purchase until")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("joined", "joined"),
                            ("waiting", "bought, waiting"),
                            ("rewarded", "rewarded"),
                            ("refused", "refused"),
                        ],
                        default="joined",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("same_email", "the same e-mail address"),
                            ("same_phone", "the same phone number"),
                            ("same_device", "the same device"),
                            ("left", "the friend has left"),
                            ("too_late", "no purchase in time"),
                            ("staff", "refused by staff"),
                        ],
                        max_length=11,
                        verbose_name="reason",
                    ),
                ),
                ("due_at", models.DateTimeField(null=True, verbose_name="due")),
                ("done_at", models.DateTimeField(null=True, verbose_name="settled")),
                ("referrer_given", models.PositiveIntegerField(default=0, verbose_name="given to who invited")),
                ("friend_given", models.PositiveIntegerField(default=0, verbose_name="given to the friend")),
                (
                    "withheld",
                    models.CharField(
                        blank=True,
                        choices=[("limit", "the year's limit is reached"), ("left", "who invited has left")],
                        max_length=5,
                        verbose_name="nothing for who invited",
                    ),
                ),
                (
                    "friend",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.member",
                        verbose_name="friend",
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
                    "referrer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.member",
                        verbose_name="invited by",
                    ),
                ),
            ],
            options={
                "verbose_name": "referral",
                "verbose_name_plural": "referrals",
                "permissions": [("refuse_referral", "Can refuse a referral")],
            },
        ),
        migrations.CreateModel(
            name="ReferralMilestone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("friends", models.PositiveSmallIntegerField(verbose_name="friends")),
                ("points", models.PositiveIntegerField(verbose_name="points")),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="milestones",
                        to="campaigns.referral",
                        verbose_name="referral",
                    ),
                ),
                (
                    "referrer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.member",
                        verbose_name="member",
                    ),
                ),
            ],
            options={
                "verbose_name": "milestone",
                "verbose_name_plural": "milestones",
            },
        ),
        migrations.CreateModel(
            name="ReferralScheme",
            fields=[
                ("id", models.SmallAutoField(primary_key=True, serialize=False)),
                (
                    "is_active",
                    models.BooleanField(
                        default=False,
                        help_text="Off: nobody joins by an invitation; what was promised is still given.",
                        verbose_name="on",
                    ),
                ),
                (
                    "referrer_points",
                    models.PositiveIntegerField(
                        default=500,
                        validators=[django.core.validators.MaxValueValidator(100000)],
                        verbose_name="points for who invites",
                    ),
                ),
                (
                    "friend_points",
                    models.PositiveIntegerField(
                        default=300,
                        validators=[django.core.validators.MaxValueValidator(100000)],
                        verbose_name="points for the friend",
                    ),
                ),
                (
                    "minimum",
                    models.DecimalField(
                        decimal_places=3,
                        default=Decimal(20),
                        help_text="What is brought back does not count.",
                        max_digits=16,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="first purchase of at least",
                    ),
                ),
                (
                    "days",
                    models.PositiveSmallIntegerField(
                        default=14,
                        help_text="After that purchase. At least as long as points are pending.",
                        validators=[django.core.validators.MaxValueValidator(365)],
                        verbose_name="days to wait",
                    ),
                ),
                (
                    "within_days",
                    models.PositiveSmallIntegerField(
                        default=90,
                        help_text="So many days after joining, the friend's purchase must be made.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(365),
                        ],
                        verbose_name="days to buy in",
                    ),
                ),
                (
                    "most_a_year",
                    models.PositiveSmallIntegerField(
                        default=10,
                        help_text="Who invites gets points for so many in a calendar year; their friends always do.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1000),
                        ],
                        verbose_name="most friends a year",
                    ),
                ),
                ("milestones", models.JSONField(blank=True, default=list, verbose_name="milestones")),
                (
                    "invitation",
                    models.TextField(
                        blank=True,
                        help_text="What friends read, and what is sent along with the link. Empty: our own words.",
                        max_length=300,
                        verbose_name="words of the invitation",
                    ),
                ),
                (
                    "invitation_en",
                    models.TextField(
                        blank=True,
                        help_text="What friends read, and what is sent along with the link. Empty: our own words.",
                        max_length=300,
                        null=True,
                        verbose_name="words of the invitation",
                    ),
                ),
                (
                    "invitation_zh_hans",
                    models.TextField(
                        blank=True,
                        help_text="What friends read, and what is sent along with the link. Empty: our own words.",
                        max_length=300,
                        null=True,
                        verbose_name="words of the invitation",
                    ),
                ),
            ],
            options={
                "verbose_name": "referral scheme",
                "verbose_name_plural": "referral scheme",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="campaigns_referral_scheme_is_one"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("minimum__gte", 0),
                            ("most_a_year__gte", 1),
                            ("within_days__gte", 1),
                            models.Q(("referrer_points__gt", 0), ("friend_points__gt", 0), _connector="OR"),
                        ),
                        name="campaigns_referral_scheme_gives",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(
                models.F("referrer"),
                models.OrderBy(models.F("id"), descending=True),
                name="campaigns_referral_of_member",
            ),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(
                models.F("buy_until"), condition=models.Q(("state", "joined")), name="campaigns_referral_joined"
            ),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(
                models.F("due_at"),
                models.F("id"),
                condition=models.Q(("state", "waiting")),
                name="campaigns_referral_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(("friend", models.F("referrer")), _negated=True),
                name="campaigns_referral_of_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("done_at__isnull", True),
                        ("due_at__isnull", True),
                        ("purchase__isnull", True),
                        ("reason", ""),
                        ("state", "joined"),
                    ),
                    models.Q(
                        ("done_at__isnull", True),
                        ("due_at__isnull", False),
                        ("purchase__isnull", False),
                        ("reason", ""),
                        ("state", "waiting"),
                    ),
                    models.Q(
                        ("done_at__isnull", False),
                        ("due_at__isnull", False),
                        ("purchase__isnull", False),
                        ("reason", ""),
                        ("state", "rewarded"),
                    ),
                    models.Q(("done_at__isnull", False), ("state", "refused"), models.Q(("reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="campaigns_referral_says_what_became_of_it",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "rewarded"),
                    models.Q(("friend_given", 0), ("referrer_given", 0), ("withheld", "")),
                    _connector="OR",
                ),
                name="campaigns_referral_gives_when_rewarded",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(("withheld", ""), ("referrer_given", 0), _connector="OR"),
                name="campaigns_referral_withheld_is_not_given",
            ),
        ),
        migrations.AddConstraint(
            model_name="referralmilestone",
            constraint=models.UniqueConstraint(fields=("referrer", "friends"), name="campaigns_milestone_once"),
        ),
        migrations.AddConstraint(
            model_name="referralmilestone",
            constraint=models.CheckConstraint(
                condition=models.Q(("friends__gt", 0), ("points__gt", 0)), name="campaigns_milestone_gives"
            ),
        ),
        *install(SQL, "referral_guard"),
        append_only("campaigns_referralmilestone"),
        changes_programme("campaigns_referralscheme"),
        migrations.RunSQL(
            """
            insert into campaigns_referralscheme (id, is_active, referrer_points, friend_points, minimum, days,
                                                  within_days, most_a_year, milestones, invitation, invitation_en,
                                                  invitation_zh_hans)
            values (1, false, 500, 300, 20, 14, 90, 10, '[[3, 300], [10, 1500]]', '', '', '')
            """,
            "delete from campaigns_referralscheme",
        ),
    ]
