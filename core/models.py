"""The programme's settings, the events that others want to hear, and the runs of its jobs."""

from decimal import Decimal
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core import money, naming


class Programme(models.Model):
    """The one programme of this install. `revision` rises with every change of settings, rules or tiers."""

    id = models.SmallAutoField(primary_key=True)
    name = models.CharField(_("name"), max_length=80)
    currency = models.CharField(_("currency"), max_length=3, help_text=_("ISO 4217 code, such as GBP or CNY."))
    time_zone = models.CharField(_("time zone"), max_length=64, default="Asia/Shanghai")
    day_ends_at = models.PositiveSmallIntegerField(
        _("business day ends at"),
        default=0,
        validators=[MaxValueValidator(12)],
        help_text=_("Hour of the night, 0 to 12: with 4, a receipt of 03:59 still belongs to the day before."),
    )
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    country = models.CharField(_("country"), max_length=2, default="CN", help_text=_("For phone numbers without +."))
    oldest_receipt_days = models.PositiveSmallIntegerField(
        _("oldest receipt in days"),
        default=90,
        help_text=_("Tills may post receipts that are at most so old."),
    )
    largest_purchase = models.DecimalField(
        _("largest purchase"),
        max_digits=13,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.001"))],
    )
    late_grace_days = models.PositiveSmallIntegerField(
        _("grace in days"),
        default=14,
        help_text=_("Points that arrive late, or come back after they expired, can be used at least so long."),
    )
    expiry_notice_days = models.PositiveSmallIntegerField(_("notice before expiry in days"), default=30)
    age_of_consent = models.PositiveSmallIntegerField(
        _("age of consent"), default=16, validators=[MinValueValidator(0), MaxValueValidator(21)]
    )
    theme_colour = models.CharField(
        _("theme colour"),
        max_length=7,
        blank=True,
        default="",
        db_default="",
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Give a colour as # and six hex digits, such as #0b6e4f."))],
        help_text=_(
            "The members' pages take it up, darker or lighter where text would be hard to read. Empty: our own."
        ),
    )
    revision = models.BigIntegerField(_("revision"), default=1, editable=False)

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programme")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(id=1), name="core_programme_is_one"),
            models.CheckConstraint(condition=Q(day_ends_at__lte=12), name="core_programme_day_ends_in_the_night"),
            models.CheckConstraint(
                condition=Q(theme_colour="") | Q(theme_colour__regex=r"^#[0-9a-fA-F]{6}$"),
                name="core_programme_theme_colour",
            ),
            models.CheckConstraint(
                condition=Q(largest_purchase__isnull=True) | Q(largest_purchase__gt=0),
                name="core_programme_largest_purchase",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def most_of_a_purchase(self) -> Decimal:
        """What a purchase may come to at most."""
        return self.largest_purchase or money.large(self.currency)


class Logo(models.Model):
    """The programme's logo, as a PNG that we drew ourselves. In the database, so that every server has it."""

    id = models.SmallAutoField(primary_key=True)
    image = models.BinaryField()
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("logo")
        verbose_name_plural = _("logo")
        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=1), name="core_logo_is_one")]

    def __str__(self) -> str:
        return f"{self.width} × {self.height}"


class Event(models.Model):
    """A fact that others want to hear, written by the verb that changed the fact, in its transaction. Append-only.

    Readers go by (transaction, id) below the oldest transaction still open, so that a late committer is not skipped.
    Payloads hold ids, numbers and codes, no personal data.
    """

    id = models.BigAutoField(primary_key=True)
    transaction = models.BigIntegerField(
        db_default=models.Func(function="core_transaction", output_field=models.BigIntegerField())
    )
    kind = models.CharField(max_length=60)
    member_id = models.BigIntegerField(null=True)
    reference = models.CharField(max_length=160)
    payload = models.JSONField(default=dict)
    occurred_at = models.DateTimeField()
    booked_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes: ClassVar = [models.Index(F("transaction"), F("id"), name="core_event_in_order")]

    def __str__(self) -> str:
        return f"{naming.deed(self.kind)} · {self.reference}"


class Cursor(models.Model):
    """How far a reader of events has read: everything up to (transaction, event)."""

    reader = models.CharField(max_length=40, primary_key=True)
    transaction = models.BigIntegerField(default=0)
    event = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("place of a reader of events")
        verbose_name_plural = _("places of readers of events")

    def __str__(self) -> str:
        return f"{self.reader}: {self.transaction}/{self.event}"


class JobRun(models.Model):
    """One run of a job for one period (a business day, or the moment staff asked for it)."""

    class State(models.TextChoices):
        REQUESTED = "requested", _("requested")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    job = models.CharField(_("job"), max_length=60)
    period = models.CharField(_("period"), max_length=40)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.RUNNING)
    requested_by = models.CharField(_("requested by"), max_length=80, blank=True)
    started_at = models.DateTimeField(_("started"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    beat_at = models.DateTimeField(_("last sign of life"), null=True)
    done = models.JSONField(_("what it did"), default=dict)
    total = models.BigIntegerField(_("of"), null=True)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        verbose_name = _("job run")
        verbose_name_plural = _("job runs")
        permissions: ClassVar = [("run_job", _("Can start a job"))]
        constraints: ClassVar = [models.UniqueConstraint(fields=["job", "period"], name="core_jobrun_once_a_period")]
        indexes: ClassVar = [models.Index(F("started_at").desc(), name="core_jobrun_latest")]

    def __str__(self) -> str:
        return f"{self.job} {self.period}"
