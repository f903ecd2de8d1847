"""Sign-in codes are sent before everything else, however much is queued."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies: ClassVar = [("messaging", "0001_initial")]

    operations: ClassVar = [
        migrations.RemoveIndex(model_name="message", name="messaging_queued"),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                F("is_secret").desc(), F("due_at"), F("id"), condition=Q(state="queued"), name="messaging_queued"
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(F("created_at"), condition=Q(is_secret=True) & ~Q(body=""), name="messaging_secret"),
        ),
    ]
