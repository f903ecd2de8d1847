"""The people in the programme, their cards, what they consented to, and the texts they accepted."""

import uuid
from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now, Upper
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from phonenumber_field.modelfields import PhoneNumberField

from access.models import User


class Member(models.Model):
    """A person in the programme. `number` is the number of their active card."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("active")
        SUSPENDED = "suspended", _("suspended")
        CLOSED = "closed", _("closed")

    class Calendar(models.TextChoices):
        SOLAR = "solar", _("solar")
        LUNAR = "lunar", _("lunar")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("member number"), max_length=16, unique=True)
    user = models.OneToOneField(User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("user"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.ACTIVE)
    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=120, blank=True)
    phone = PhoneNumberField(_("phone"), null=True, blank=True, unique=True)
    email = models.EmailField(_("e-mail"), null=True, blank=True)
    external_id = models.CharField(_("external id"), max_length=80, null=True, blank=True, unique=True)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    time_zone = models.CharField(
        _("time zone"), max_length=64, blank=True, help_text=_("Empty: the programme's time zone.")
    )
    birth_calendar = models.CharField(_("birthday by calendar"), max_length=5, choices=Calendar, default=Calendar.SOLAR)
    birth_month = models.PositiveSmallIntegerField(_("birth month"), null=True, blank=True)
    birth_day = models.PositiveSmallIntegerField(_("birth day"), null=True, blank=True)
    birth_is_leap_month = models.BooleanField(_("leap month"), default=False)
    birth_year = models.PositiveSmallIntegerField(_("birth year"), null=True, blank=True)
    enrolled_at = models.DateTimeField(_("enrolled"))
    enrolled_via = models.CharField(
        _("enrolled via"), max_length=80, help_text=_("Such as till:LON-1/T1, portal, staff, file.")
    )

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        permissions: ClassVar = [
            ("suspend_member", _("Can put a membership on hold, and reactivate it")),
            ("replace_card", _("Can replace a lost card")),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(F("email"), name="members_email_once"),
            models.CheckConstraint(condition=Q(email=models.functions.Lower("email")), name="members_email_lower"),
            models.CheckConstraint(
                condition=Q(phone__isnull=False)
                | Q(email__isnull=False)
                | Q(external_id__isnull=False)
                | Q(status="closed"),
                name="members_can_be_reached_or_matched",
            ),
            models.CheckConstraint(
                condition=Q(birth_month__isnull=True, birth_day__isnull=True)
                | Q(birth_month__range=(1, 12), birth_day__range=(1, 31)),
                name="members_birthday_whole",
            ),
            models.CheckConstraint(
                condition=Q(birth_is_leap_month=False) | Q(birth_calendar="lunar"),
                name="members_leap_month_is_lunar",
            ),
            models.CheckConstraint(
                condition=Q(birth_calendar="solar") | Q(birth_day__lte=30) | Q(birth_day__isnull=True),
                name="members_lunar_month_has_30_days",
            ),
        ]
        indexes: ClassVar = [
            models.Index(F("enrolled_at").desc(), name="members_latest"),
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="members_parts_of_names"),
            models.Index(
                F("birth_month"), F("birth_day"), F("birth_calendar"), F("birth_is_leap_month"), name="members_birthday"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.number


class Card(models.Model):
    """A member number once given out. A replaced one is refused for ever, and says which kind of end it met."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("active")
        REPLACED = "replaced", _("replaced")

    number = models.CharField(_("number"), max_length=16, primary_key=True)
    member = models.ForeignKey(Member, models.PROTECT, related_name="cards", verbose_name=_("member"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.ACTIVE)
    issued_at = models.DateTimeField(_("issued"))
    replaced_at = models.DateTimeField(_("replaced"), null=True, blank=True)

    class Meta:
        verbose_name = _("card")
        verbose_name_plural = _("cards")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["member"], condition=Q(status="active"), name="members_card_one_active"),
            models.CheckConstraint(
                condition=Q(status="active", replaced_at__isnull=True)
                | Q(status="replaced", replaced_at__isnull=False),
                name="members_card_replaced_has_time",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Wording(models.Model):
    """A text that members accept or consent to, in one version. Never changed once published."""

    class Kind(models.TextChoices):
        TERMS = "terms", _("terms")
        PRIVACY = "privacy", _("privacy notice")
        SERVICE = "service", _("consent to service messages")
        MARKETING = "marketing", _("consent to marketing")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    version = models.PositiveSmallIntegerField(_("version"))
    text = models.TextField(_("text"))
    published_at = models.DateTimeField(_("published"))

    class Meta:
        verbose_name = _("wording")
        verbose_name_plural = _("wordings")
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "version"], name="members_wording_version")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.version}"


class Acceptance(models.Model):
    """A member accepted a text: which version, when, where. Append-only."""

    id = models.BigAutoField(primary_key=True)
    member = models.ForeignKey(Member, models.PROTECT, related_name="acceptances")
    wording = models.ForeignKey(Wording, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))
    source = models.CharField(_("where"), max_length=80)

    class Meta:
        verbose_name = _("acceptance")
        verbose_name_plural = _("acceptances")
        constraints: ClassVar = [models.UniqueConstraint(fields=["member", "wording"], name="members_accepted_once")]

    def __str__(self) -> str:
        return f"{self.member_id} {self.wording_id}"


class Consent(models.Model):
    """What a member said about one channel and purpose, when, where, in which words. The latest counts. Append-only."""

    class Channel(models.TextChoices):
        EMAIL = "email", pgettext_lazy("channel", "e-mail")
        SMS = "sms", _("SMS")

    class Purpose(models.TextChoices):
        SERVICE = "service", _("service")
        MARKETING = "marketing", _("marketing")

    id = models.BigAutoField(primary_key=True)
    member = models.ForeignKey(Member, models.PROTECT, related_name="consents")
    channel = models.CharField(_("channel"), max_length=5, choices=Channel)
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose)
    granted = models.BooleanField(pgettext_lazy("consent", "granted"))
    at = models.DateTimeField(_("when"), db_default=Now())
    source = models.CharField(_("where"), max_length=80)
    wording = models.ForeignKey(Wording, models.PROTECT, related_name="+", null=True, verbose_name=_("wording"))

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        indexes: ClassVar = [
            # With what is asked of the latest one, so that the answers of many members are read out of the index alone.
            models.Index(
                F("member"),
                F("channel"),
                F("purpose"),
                F("id").desc(),
                name="members_consent_latest",
                include=["granted", "at", "source"],
            )
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.channel} {self.purpose} {self.granted}"


class Trait(models.Model):
    """What a higher app knows about a member, in a word: a segment they are in, a score. It holds from, and until.

    At one moment a trait has one value. It never changes: it ends, and another one begins. Written by `members.traits`
    and, for many members at once, by SQL of the app that knows.
    """

    id = models.BigAutoField(primary_key=True)
    member = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("member"))
    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=60)
    value = models.CharField(_("value"), max_length=80)
    valid_from = models.DateTimeField(_("from"))
    valid_to = models.DateTimeField(_("until"), null=True)

    class Meta:
        verbose_name = _("trait")
        verbose_name_plural = _("traits")
        constraints: ClassVar = [
            models.UniqueConstraint(
                F("name"), F("member"), condition=Q(valid_to__isnull=True), name="members_trait_one"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="members_trait_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=~Q(name="") & ~Q(value=""), name="members_trait_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"
