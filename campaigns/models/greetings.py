"""Greetings that staff plan, and each occasion on which a member is to get one, with what became of it."""

from datetime import time
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import User
from members.models import Member
from messaging.models import Message
from rewards.models import Reward, Voucher
from sales.models import Store
from tiers.models import Tier

NINE = time(9)


class Greeting(models.Model):
    """What is written to members on an occasion, and given with it. Paused: nothing is sent, also of what is planned.

    `planned_at`: up to which moment the days have been looked at that began somewhere on earth. A festival is
    everybody's, and planned in parts: `pass_at` and `pass_after` say how far. They only save work. `journey`: which
    of the standard journeys it was made of.
    """

    class Kind(models.TextChoices):
        BIRTHDAY = "birthday", _("birthday")
        HOLIDAY = "holiday", _("festival")
        ANNIVERSARY = "anniversary", _("anniversary of joining")
        WELCOME = "welcome", _("after joining")
        TIER_REACHED = "tier", _("after reaching a tier")
        FIRST_PURCHASE = "first", _("after the first purchase")
        RETURNED = "return", _("after a return")
        MISSED = "missed", _("no purchase for long")
        EXPIRY = "expiry", _("points will expire")
        AT_RISK = "at_risk", _("tier at risk")
        BROADCAST = "broadcast", _("broadcast")

    class Channel(models.TextChoices):
        BEST = "best", _("as the member can be reached")
        EMAIL = "email", pgettext_lazy("channel", "e-mail")
        SMS = "sms", _("SMS")
        IN_APP = "inapp", _("inbox")

    name = models.CharField(_("name"), max_length=80, help_text=_("For staff; members do not see it."))
    kind = models.CharField(_("occasion"), max_length=11, choices=Kind)
    is_active = models.BooleanField(pgettext_lazy("state", "on"), default=False)
    festivals = ArrayField(models.CharField(max_length=20), verbose_name=_("festivals"), default=list, blank=True)
    leap_day_in_march = models.BooleanField(
        _("29 February is celebrated on 1 March"),
        default=False,
        help_text=_("In years without it. Otherwise on 28 February."),
    )
    days_after = models.PositiveSmallIntegerField(
        _("days after"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(30)],
        help_text=_("How many days after joining, reaching the tier, the first purchase, or the return."),
    )
    days_before = models.PositiveSmallIntegerField(
        _("days before"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text=_("How many days before the last one on which the points can be used, or the tier is held."),
    )
    days_without = models.PositiveSmallIntegerField(
        _("days without a purchase"), default=90, validators=[MinValueValidator(7), MaxValueValidator(1000)]
    )
    channel = models.CharField(_("channel"), max_length=5, choices=Channel, default=Channel.BEST)
    send_at = models.TimeField(_("time of day"), default=NINE, help_text=_("By the member's own clock."))
    tiers = models.ManyToManyField(
        Tier, verbose_name=_("tiers"), related_name="+", blank=True, help_text=_("None chosen: all.")
    )
    stores = models.ManyToManyField(
        Store,
        verbose_name=_("stores"),
        related_name="+",
        blank=True,
        help_text=_("Of the member's latest purchase, else where they joined. None chosen: all."),
    )
    subject = models.CharField(_("subject"), max_length=120, blank=True)
    body = models.TextField(_("text"), blank=True)
    html = models.TextField(
        _("HTML of the e-mail"),
        blank=True,
        help_text=_("Only where the text's own look is not enough. Empty: made of the text."),
    )
    sms = models.CharField(
        _("text of the SMS"), max_length=200, blank=True, help_text=_("Short. Needed where SMS may be the channel.")
    )
    bonus_points = models.PositiveIntegerField(
        _("bonus points"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(100_000)]
    )
    reward = models.ForeignKey(
        Reward, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("voucher for")
    )
    journey = models.CharField(max_length=20, blank=True, default="", editable=False)
    planned_at = models.DateTimeField(null=True, editable=False)
    pass_at = models.DateTimeField(null=True, editable=False)
    pass_after = models.BigIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("greeting")
        verbose_name_plural = _("greetings")
        ordering: ClassVar = ["kind", "id"]
        permissions: ClassVar = [("release_greetings", _("Can let go of greetings that the volume brake holds"))]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind="holiday", festivals__len__gt=0) | (~Q(kind="holiday") & Q(festivals__len=0)),
                name="campaigns_greeting_festivals",
            ),
            models.CheckConstraint(
                condition=(Q(bonus_points__isnull=True) | Q(bonus_points__gt=0))
                & Q(days_after__gt=0, days_before__gt=0, days_without__gt=0),
                name="campaigns_greeting_counts_from_one",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["expiry", "at_risk"]) | Q(bonus_points__isnull=True, reward__isnull=True),
                name="campaigns_greeting_service_gives_nothing",
            ),
            models.UniqueConstraint(
                fields=["journey"], condition=~Q(journey=""), name="campaigns_greeting_journey_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_marketing(self) -> bool:
        """Whether it goes by consent only. Not so what members need to know of what they have: it gives nothing."""
        return self.kind not in SERVICE


# Told to everybody who did not refuse such messages, as what a till prints is.
SERVICE = (Greeting.Kind.EXPIRY, Greeting.Kind.AT_RISK)
MARKETING = tuple(kind for kind in Greeting.Kind if kind not in SERVICE)


class Occasion(models.Model):
    """One occasion of one member: claimed by being written, once for each channel, whoever else plans at the moment.

    `key` names the occasion, such as "birthday:lunar:2026" or "expiry:2026-12-31:30" (`campaigns.keys`). It goes
    from planned to one of written (the message says the rest), suppressed (and why) or expired, and stays there. What
    was given with it is booked in the transaction that writes the message.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        WRITTEN = "written", _("written")
        SUPPRESSED = "suppressed", _("suppressed")
        EXPIRED = "expired", _("expired")

    class Reason(models.TextChoices):
        NO_ADDRESS = "no_address", _("no address for this channel")
        NO_CONSENT = "no_consent", _("no consent")
        REFUSED = "refused", _("said no to marketing")
        LISTED = "listed", _("address on the suppression list")
        TOO_YOUNG = "too_young", _("below the age of consent")
        LEFT = "left", _("membership suspended or closed")
        CHANGED_BIRTHDAY = "changed_birthday", _("had a birthday greeting within the year")
        ONE_A_DAY = "one_a_day", _("another message that day")
        GONE = "gone", _("no longer so")
        EMPTY_PLACEHOLDER = "empty_placeholder", _("nothing to fill a placeholder with")
        SOLD_OUT = "sold_out", _("the voucher's reward is sold out")
        HELD_OUT = "held_out", _("kept out to compare")

    id = models.BigAutoField(primary_key=True)
    # Thousands are written at once: a trigger looks at them as a set, where foreign keys would look at each (ADR 28).
    greeting = models.ForeignKey(
        Greeting, models.PROTECT, related_name="occasions", verbose_name=_("greeting"), db_index=False,
        db_constraint=False,
    )  # fmt: skip
    member = models.ForeignKey(
        Member, models.PROTECT, related_name="+", verbose_name=_("member"), db_index=False, db_constraint=False
    )
    channel = models.CharField(_("channel"), max_length=5, choices=Message.Channel)
    key = models.CharField(_("occasion"), max_length=60)
    on = models.DateField(_("day"))
    time_zone = models.CharField(_("time zone"), max_length=64)
    due_at = models.DateTimeField(_("due"))
    ends_at = models.DateTimeField(_("until"))
    priority = models.PositiveSmallIntegerField(_("priority"))
    about = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PLANNED)
    reason = models.CharField(_("reason"), max_length=20, choices=Reason, blank=True)
    message = models.OneToOneField(Message, models.PROTECT, related_name="+", null=True, verbose_name=_("message"))
    points = models.PositiveIntegerField(_("bonus points"), default=0)
    voucher = models.ForeignKey(
        Voucher, models.PROTECT, related_name="+", null=True, db_index=False, verbose_name=_("voucher")
    )
    planned_at = models.DateTimeField(_("planned"))
    done_at = models.DateTimeField(_("done"), null=True)

    class Meta:
        verbose_name = _("occasion")
        verbose_name_plural = _("occasions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["member", "channel", "key"], name="campaigns_occasion_once"),
            models.UniqueConstraint(fields=["greeting", "member", "key"], name="campaigns_occasion_over_one_channel"),
            models.CheckConstraint(
                condition=Q(state="written", message__isnull=False, reason="", done_at__isnull=False)
                | Q(state="suppressed", message__isnull=True, done_at__isnull=False) & ~Q(reason="")
                | Q(state="expired", message__isnull=True, reason="", done_at__isnull=False)
                | Q(state="planned", message__isnull=True, reason="", done_at__isnull=True),
                name="campaigns_occasion_says_what_became_of_it",
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("due_at")), name="campaigns_occasion_ends_after_due"),
        ]
        indexes: ClassVar = [
            models.Index(
                F("priority"), F("due_at"), F("id"), condition=Q(state="planned"), name="campaigns_occasion_due"
            ),
            models.Index(F("ends_at"), condition=Q(state="planned"), name="campaigns_occasion_ending"),
            models.Index(F("done_at"), condition=Q(state="written"), name="campaigns_occasion_written"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.member_id}"


class Release(models.Model):
    """Staff let the day's greetings go, although they are far more than the day before."""

    on = models.DateField(_("business date"), primary_key=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")

    def __str__(self) -> str:
        return self.on.isoformat()
