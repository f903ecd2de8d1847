"""Whose birthday it is, and what they consented to, are read out of indexes."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("members", "0009_traits")]

    operations: ClassVar = [
        migrations.RemoveIndex(model_name="member", name="members_birthday"),
        migrations.AddIndex(
            model_name="member",
            index=models.Index(
                models.F("birth_month"),
                models.F("birth_day"),
                models.F("birth_calendar"),
                models.F("birth_is_leap_month"),
                name="members_birthday",
            ),
        ),
        migrations.RemoveIndex(model_name="consent", name="members_consent_latest"),
        migrations.AddIndex(
            model_name="consent",
            index=models.Index(
                models.F("member"),
                models.F("channel"),
                models.F("purpose"),
                models.OrderBy(models.F("id"), descending=True),
                include=["granted", "at", "source"],
                name="members_consent_latest",
            ),
        ),
    ]
