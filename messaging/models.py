"""Messages: everything that leaves the building, or waits in a member's inbox."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from members.models import Member


class Message(models.Model):
    """One message to one address, written in the transaction of the fact it tells, sent later.

    `reference` is unique: the same occasion is told once. What was sent, by whatever channel, can be read in the
    member's inbox; a message of the channel `inapp` stands nowhere else. A row left in `sending` was handed to a
    provider and may have arrived: codes and notices are tried again, nothing else is.
    """

    class Channel(models.TextChoices):
        EMAIL = "email", pgettext_lazy("channel", "e-mail")
        SMS = "sms", _("SMS")
        IN_APP = "inapp", _("inbox")

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        SENDING = "sending", _("sending")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        EXPIRED = "expired", _("expired")
        SUPPRESSED = "suppressed", _("suppressed")

    id = models.BigAutoField(primary_key=True)
    reference = models.CharField(_("reference"), max_length=160, unique=True)
    member = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True, verbose_name=_("member"))
    kind = models.CharField(_("kind"), max_length=40)
    channel = models.CharField(_("channel"), max_length=5, choices=Channel)
    address = models.CharField(pgettext_lazy("recipient", "to"), max_length=254)
    language = models.CharField(_("language"), max_length=10)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    body = models.TextField(_("text"))
    is_secret = models.BooleanField(
        _("secret"), default=False, help_text=_("Holds a sign-in code: wiped once it has served.")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.CharField(_("error"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created"), db_default=Now())
    due_at = models.DateTimeField(_("due"), db_default=Now())
    expires_at = models.DateTimeField(_("expires"), null=True)
    claimed_at = models.DateTimeField(_("claimed"), null=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    read_at = models.DateTimeField(_("read in the inbox"), null=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes: ClassVar = [
            models.Index(
                F("is_secret").desc(), F("due_at"), F("id"), condition=Q(state="queued"), name="messaging_queued"
            ),
            models.Index(F("created_at"), condition=Q(is_secret=True) & ~Q(body=""), name="messaging_secret"),
            models.Index(F("claimed_at"), condition=Q(state="sending"), name="messaging_sending"),
            models.Index(F("created_at").desc(), name="messaging_latest"),
            models.Index(
                F("member"), F("id").desc(), condition=Q(state="sent", is_secret=False), name="messaging_inbox"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.address} #{self.pk}"
