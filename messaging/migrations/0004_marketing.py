"""Marketing goes by consent, within hours, once a day; some addresses get none."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

from core.db import install
from messaging import SQL


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("members", "0008_refuses_marketing"),
        ("messaging", "0003_inbox"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="SendingHours",
            fields=[
                (
                    "channel",
                    models.CharField(
                        choices=[("email", "e-mail"), ("sms", "SMS")],
                        max_length=5,
                        primary_key=True,
                        serialize=False,
                        verbose_name="channel",
                    ),
                ),
                ("begins", models.TimeField(verbose_name="from")),
                ("ends", models.TimeField(verbose_name="until")),
            ],
            options={
                "verbose_name": "sending hours",
                "verbose_name_plural": "sending hours",
            },
        ),
        migrations.CreateModel(
            name="Suppression",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "channel",
                    models.CharField(
                        choices=[("email", "e-mail"), ("sms", "SMS")], max_length=5, verbose_name="channel"
                    ),
                ),
                ("digest", models.CharField(max_length=64, verbose_name="digest")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("unsubscribed", "unsubscribed"),
                            ("bounced", "nobody there"),
                            ("complained", "complained"),
                        ],
                        max_length=12,
                        verbose_name="reason",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="when")),
            ],
            options={
                "verbose_name": "suppressed address",
                "verbose_name_plural": "suppressed addresses",
            },
        ),
        migrations.AlterModelOptions(
            name="message",
            options={
                "permissions": [("settle_message", "Can say what became of a message that was left in sending")],
                "verbose_name": "message",
                "verbose_name_plural": "messages",
            },
        ),
        migrations.AddField(
            model_name="message",
            name="consent",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="members.consent",
                verbose_name="consent",
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="is_marketing",
            field=models.BooleanField(db_default=False, default=False, verbose_name="marketing"),
        ),
        migrations.AddField(
            model_name="message",
            name="local_on",
            field=models.DateField(null=True, verbose_name="the member's own date"),
        ),
        migrations.AddField(
            model_name="message",
            name="time_zone",
            field=models.CharField(blank=True, db_default="", default="", max_length=64, verbose_name="time zone"),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(
                models.F("member"),
                models.F("channel"),
                models.F("local_on"),
                condition=models.Q(("is_marketing", True), ("state__in", ["queued", "sending", "sent"])),
                name="messaging_marketing_once_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_marketing", False),
                    models.Q(
                        ("expires_at__isnull", False),
                        ("local_on__isnull", False),
                        ("member__isnull", False),
                        models.Q(("time_zone", ""), _negated=True),
                        models.Q(
                            ("channel", "inapp"),
                            models.Q(("state", "sent"), _negated=True),
                            ("consent__isnull", False),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="messaging_marketing_by_consent",
            ),
        ),
        migrations.AddConstraint(
            model_name="sendinghours",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends__gt", models.F("begins"))), name="messaging_hours_end_after_they_begin"
            ),
        ),
        migrations.AddConstraint(
            model_name="suppression",
            constraint=models.UniqueConstraint(fields=("channel", "digest"), name="messaging_suppressed_once"),
        ),
        *install(SQL, "suppression"),
        migrations.RunSQL(
            "insert into messaging_sendinghours (channel, begins, ends)"
            " values ('email', '09:00', '20:00'), ('sms', '09:00', '20:00')",
            migrations.RunSQL.noop,
        ),
    ]
