"""What providers report of messages; staff add to the suppression list; a complaint stays for ever."""

from typing import ClassVar

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from core.db import append_only, install
from messaging import SQL


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("members", "0011_indexes_for_birthdays"),
        ("messaging", "0004_marketing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", models.CharField(max_length=64, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("delivered", "arrived"),
                            ("opened", "opened"),
                            ("returned", "came back this time"),
                            ("bounced", "nobody there"),
                            ("complained", "complained"),
                            ("unsubscribed", "unsubscribed"),
                        ],
                        max_length=12,
                        verbose_name="report",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "noted_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="noted"),
                ),
            ],
            options={
                "verbose_name": "report of the provider",
                "verbose_name_plural": "reports of the provider",
            },
        ),
        migrations.AlterModelOptions(
            name="suppression",
            options={
                "permissions": [("manage_suppression", "Can put addresses on the suppression list and take them off")],
                "verbose_name": "suppressed address",
                "verbose_name_plural": "suppressed addresses",
            },
        ),
        migrations.AddField(
            model_name="message",
            name="provider_key",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=200, verbose_name="the provider's name of it"
            ),
        ),
        migrations.AddField(
            model_name="suppression",
            name="by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="by",
            ),
        ),
        migrations.AlterField(
            model_name="suppression",
            name="reason",
            field=models.CharField(
                choices=[
                    ("unsubscribed", "unsubscribed"),
                    ("added", "added by staff"),
                    ("bounced", "nobody there"),
                    ("complained", "complained"),
                ],
                max_length=12,
                verbose_name="reason",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                models.F("provider_key"),
                condition=models.Q(("provider_key", ""), _negated=True),
                name="messaging_provider_key",
            ),
        ),
        migrations.AddIndex(
            model_name="suppression",
            index=models.Index(
                models.OrderBy(models.F("at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="messaging_suppressed_latest",
            ),
        ),
        migrations.AddConstraint(
            model_name="suppression",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("by__isnull", False), ("reason", "added")),
                    models.Q(models.Q(("reason", "added"), _negated=True), ("by__isnull", True)),
                    _connector="OR",
                ),
                name="messaging_suppressed_by_staff",
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="message",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reports",
                to="messaging.message",
                verbose_name="message",
            ),
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(
                models.F("message"),
                models.F("kind"),
                condition=models.Q(("message__isnull", False)),
                name="messaging_report_of_message",
            ),
        ),
        append_only("messaging_report"),
        *install(SQL, "suppression_guard"),
    ]
