"""Users who sign in (staff, and members who claimed the portal), and the audit trail."""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import naming


class User(AbstractUser):
    """Somebody who signs in: staff by e-mail, password and second factor, members by a code."""

    class Meta(AbstractUser.Meta):
        swappable = "AUTH_USER_MODEL"


class AuditEntry(models.Model):
    """Something that staff did, by whom, to what, and why. Append-only."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(_("when"), db_default=Now())
    actor = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, verbose_name=_("who"))
    action = models.CharField(_("action"), max_length=60)
    subject = models.CharField(pgettext_lazy("of an action", "subject"), max_length=160)
    reason = models.TextField(_("reason"), blank=True)
    changes = models.JSONField(_("changes"), default=dict)
    request_id = models.CharField(_("request"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit trail")
        indexes: ClassVar = [
            models.Index(F("at").desc(), name="access_audit_latest"),
            models.Index(F("subject"), F("at").desc(), name="access_audit_of_subject"),
        ]

    def __str__(self) -> str:
        return f"{naming.deed(self.action)} · {naming.thing(self.subject)}"
