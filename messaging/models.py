"""Messages: everything that leaves the building, or waits in a member's inbox."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import User
from members.models import Consent, Member


class Message(models.Model):
    """One message to one address, written in the transaction of the fact it tells, sent later.

    `reference` is unique: the same occasion is told once. What was sent, by whatever channel, can be read in the
    member's inbox; a message of the channel `inapp` stands nowhere else. A row left in `sending` was handed to a
    provider and may have arrived: codes and notices are tried again, nothing else is.

    `html` is what an e-mail shows inside the layout where that is more than the text in paragraphs; values are escaped.

    Marketing goes to a member once a day at most, by channel and by the member's own date, and names the consent by
    which it went.
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
    html = models.TextField(_("HTML"), blank=True, default="", db_default="")
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
    provider_key = models.CharField(
        _("the provider's name of it"), max_length=200, blank=True, default="", db_default=""
    )
    is_marketing = models.BooleanField(_("marketing"), default=False, db_default=False)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True, default="", db_default="")
    local_on = models.DateField(_("the member's own date"), null=True)
    consent = models.ForeignKey(
        Consent, models.PROTECT, related_name="+", null=True, db_index=False, verbose_name=_("consent")
    )

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        permissions: ClassVar = [("settle_message", _("Can say what became of a message that was left in sending"))]
        constraints: ClassVar = [
            models.UniqueConstraint(
                F("member"),
                F("channel"),
                F("local_on"),
                condition=Q(is_marketing=True, state__in=["queued", "sending", "sent"]),
                name="messaging_marketing_once_a_day",
            ),
            models.CheckConstraint(
                condition=Q(is_marketing=False)
                | (
                    Q(member__isnull=False, local_on__isnull=False, expires_at__isnull=False)
                    & ~Q(time_zone="")
                    & (Q(channel="inapp") | ~Q(state="sent") | Q(consent__isnull=False))
                ),
                name="messaging_marketing_by_consent",
            ),
        ]
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
            models.Index(F("provider_key"), condition=~Q(provider_key=""), name="messaging_provider_key"),
        ]

    def __str__(self) -> str:
        return f"{self.address} #{self.pk}"


class SendingHours(models.Model):
    """When a channel may ring, by the member's own clock, for messages that nobody waits for. The inbox never rings."""

    channel = models.CharField(_("channel"), max_length=5, primary_key=True, choices=Consent.Channel)
    begins = models.TimeField(_("from"))
    ends = models.TimeField(_("until"))

    class Meta:
        verbose_name = _("sending hours")
        verbose_name_plural = _("sending hours")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends__gt=F("begins")), name="messaging_hours_end_after_they_begin")
        ]

    def __str__(self) -> str:
        return str(self.get_channel_display())


class Report(models.Model):
    """What the mail provider told us of a message after it had taken it. Append-only; `key` names what was told, so
    that telling it again changes nothing. A report of a message that is not ours has none."""

    class Kind(models.TextChoices):
        DELIVERED = "delivered", _("arrived")
        OPENED = "opened", _("opened")
        RETURNED = "returned", _("came back this time")
        BOUNCED = "bounced", _("nobody there")
        COMPLAINED = "complained", _("complained")
        UNSUBSCRIBED = "unsubscribed", _("unsubscribed")

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=64, unique=True)
    message = models.ForeignKey(
        Message, models.PROTECT, related_name="reports", null=True, db_index=False, verbose_name=_("message")
    )
    kind = models.CharField(_("report"), max_length=12, choices=Kind)
    at = models.DateTimeField(_("when"))
    noted_at = models.DateTimeField(_("noted"), db_default=Now())

    class Meta:
        verbose_name = _("report of the provider")
        verbose_name_plural = _("reports of the provider")
        indexes: ClassVar = [
            models.Index(
                F("message"), F("kind"), condition=Q(message__isnull=False), name="messaging_report_of_message"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.message_id}"


class Suppression(models.Model):
    """An address that gets no marketing any more, whoever has it. Only its digest is kept, so that it outlives the
    member and comes back with no import. Filled and asked by `messaging.suppression`. `by`: the staff who put it there;
    empty: the person themselves, or their mail server."""

    class Reason(models.TextChoices):
        UNSUBSCRIBED = "unsubscribed", _("unsubscribed")
        ADDED = "added", _("added by staff")
        BOUNCED = "bounced", _("nobody there")
        COMPLAINED = "complained", _("complained")

    id = models.BigAutoField(primary_key=True)
    channel = models.CharField(_("channel"), max_length=5, choices=Consent.Channel)
    digest = models.CharField(_("digest"), max_length=64)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason)
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(
        User,
        models.PROTECT,
        related_name="+",
        null=True,
        db_index=False,
        verbose_name=pgettext_lazy("who did it", "by"),
    )

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")
        permissions: ClassVar = [
            ("manage_suppression", _("Can put addresses on the suppression list and take them off"))
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["channel", "digest"], name="messaging_suppressed_once"),
            models.CheckConstraint(
                condition=Q(reason="added", by__isnull=False) | (~Q(reason="added") & Q(by__isnull=True)),
                name="messaging_suppressed_by_staff",
            ),
        ]
        indexes: ClassVar = [models.Index(F("at").desc(), F("id").desc(), name="messaging_suppressed_latest")]

    def __str__(self) -> str:
        return f"{self.channel} {self.digest[:8]}"
