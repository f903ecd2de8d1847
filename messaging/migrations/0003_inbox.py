"""Members read in the portal what was written to them; some of it stands only there."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies: ClassVar = [("messaging", "0002_codes_go_first")]

    operations: ClassVar = [
        migrations.AlterField(
            "message",
            "channel",
            models.CharField(
                choices=[("email", "e-mail"), ("sms", "SMS"), ("inapp", "inbox")], max_length=5, verbose_name="channel"
            ),
        ),
        migrations.AddField("message", "read_at", models.DateTimeField(null=True, verbose_name="read in the inbox")),
        migrations.AddIndex(
            "message",
            models.Index(
                F("member"), F("id").desc(), condition=Q(state="sent", is_secret=False), name="messaging_inbox"
            ),
        ),
    ]
