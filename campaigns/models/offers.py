"""Offers: points on top of a purchase under conditions, what they said when, and what members won by them."""

from decimal import Decimal
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from members.models import Member
from sales.models import Purchase, Return

MOST_TIMES = 20  # what a purchase's base points may be multiplied by
MOST_POINTS = 100_000


class Offer(models.Model):
    """What staff plan: more points for purchases that meet its conditions. It is the draft; versions are what counts.

    `budget`: so many points may be given by it in all; None: no limit. What is left of it stands in slots.
    """

    class Kind(models.TextChoices):
        MULTIPLIER = "multiplier", _("times the base points")
        FIXED = "fixed", _("fixed points")

    class State(models.TextChoices):
        PAUSED = "paused", _("paused")
        ON = "on", pgettext_lazy("state", "on")
        ENDED = "ended", _("ended")

    code = models.SlugField(_("code"), max_length=40, unique=True, help_text=_("What tills call it. It stays."))
    title = models.CharField(_("title"), max_length=60, help_text=_("The reason that members read."))
    description = models.CharField(_("description"), max_length=200, blank=True)
    kind = models.CharField(pgettext_lazy("offer", "gives"), max_length=10, choices=Kind, default=Kind.MULTIPLIER)
    multiplier = models.DecimalField(
        _("times"),
        max_digits=4,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MaxValueValidator(MOST_TIMES)],
        help_text=_("2 gives the base points once more."),
    )
    points = models.PositiveIntegerField(
        _("points"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(MOST_POINTS)]
    )
    begins_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"), null=True, blank=True, help_text=_("Empty: until you end it."))
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(),
        verbose_name=_("weekdays"),
        default=list,
        blank=True,
        help_text=_("By business days. None chosen: all."),
    )
    from_time = models.TimeField(_("daily from"), null=True, blank=True)
    until_time = models.TimeField(
        _("daily until"), null=True, blank=True, help_text=_("By the programme's clock. Empty: all day.")
    )
    stores = ArrayField(models.CharField(max_length=40), verbose_name=_("stores"), default=list, blank=True)
    categories = ArrayField(models.CharField(max_length=40), verbose_name=_("categories"), default=list, blank=True)
    tiers = ArrayField(models.CharField(max_length=40), verbose_name=_("tiers"), default=list, blank=True)
    minimum = models.DecimalField(
        _("minimum"),
        max_digits=16,
        decimal_places=3,
        default=Decimal(0),
        validators=[MinValueValidator(0)],
        help_text=_("What the goods that count must come to. 0: anything."),
    )
    per_member = models.PositiveSmallIntegerField(
        _("times per member"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Empty: as often as they like."),
    )
    budget = models.PositiveBigIntegerField(
        _("budget in points"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(10**12)],
        help_text=_("It never gives more in all. Empty: no limit. Once it was on, it keeps having one or none."),
    )
    state = models.CharField(_("state"), max_length=6, choices=State, default=State.PAUSED)

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        ordering: ClassVar = ["-begins_on", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind="multiplier", multiplier__isnull=False, multiplier__gt=1, points__isnull=True)
                | Q(kind="fixed", multiplier__isnull=True, points__isnull=False, points__gt=0),
                name="campaigns_offer_gives_something",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("begins_on")), name="campaigns_offer_dates"
            ),
            models.CheckConstraint(
                condition=Q(from_time__isnull=True, until_time__isnull=True)
                | Q(from_time__isnull=False, until_time__isnull=False, until_time__gt=F("from_time")),
                name="campaigns_offer_hours",
            ),
            models.CheckConstraint(
                condition=Q(minimum__gte=0)
                & (Q(per_member__isnull=True) | Q(per_member__gt=0))
                & (Q(budget__isnull=True) | Q(budget__gt=0)),
                name="campaigns_offer_limits",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class OfferVersion(models.Model):
    """What an offer says from one moment on, until a newer version begins. Append-only: never edited.

    A purchase wins by the version valid at its own moment, also when it arrives late or is returned later. `terms` are
    the offer's as they were then; not `is_on`: from then on it gives nothing.
    """

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="versions", verbose_name=_("offer"), db_index=False)
    number = models.PositiveIntegerField(_("version"))
    begins_at = models.DateTimeField(_("begins"))
    is_on = models.BooleanField(pgettext_lazy("state", "on"))
    terms = models.JSONField(_("terms"))

    class Meta:
        verbose_name = _("version of an offer")
        verbose_name_plural = _("versions of offers")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["offer", "number"], name="campaigns_offer_version"),
            models.UniqueConstraint(fields=["offer", "begins_at"], name="campaigns_offer_begins_once"),
        ]

    def __str__(self) -> str:
        return f"{self.offer_id}/{self.number}"


class BudgetSlot(models.Model):
    """A part of what is left of an offer's budget. In parts, so that tills don't queue for one row."""

    id = models.BigAutoField(primary_key=True)
    offer = models.ForeignKey(Offer, models.PROTECT, related_name="slots", verbose_name=_("offer"))
    left = models.BigIntegerField(_("left"))

    class Meta:
        verbose_name = _("part of a budget")
        verbose_name_plural = _("parts of budgets")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(left__gte=0), name="campaigns_budget_not_overspent"),
        ]

    def __str__(self) -> str:
        return f"{self.offer_id}: {self.left}"


class Award(models.Model):
    """What a purchase won its member by an offer. Append-only. `number`: the member's first, second … of that offer."""

    id = models.BigAutoField(primary_key=True)
    offer = models.ForeignKey(Offer, models.PROTECT, related_name="awards", verbose_name=_("offer"), db_index=False)
    version = models.PositiveIntegerField(_("version"))
    member = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("member"))
    number = models.PositiveIntegerField(_("time"))
    purchase = models.ForeignKey(Purchase, models.PROTECT, related_name="+", verbose_name=_("purchase"), db_index=False)
    points = models.BigIntegerField(_("points"))
    awarded_at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("award")
        verbose_name_plural = _("awards")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["offer", "member", "number"], name="campaigns_award_counts"),
            models.UniqueConstraint(fields=["purchase", "offer"], name="campaigns_award_once"),
            models.CheckConstraint(condition=Q(points__gt=0, number__gt=0), name="campaigns_award_gives"),
        ]

    def __str__(self) -> str:
        return f"{self.offer_id} → {self.member_id}"


class AwardReversal(models.Model):
    """How much of an award a return took back. Append-only."""

    id = models.BigAutoField(primary_key=True)
    award = models.ForeignKey(Award, models.PROTECT, related_name="reversals", verbose_name=_("award"), db_index=False)
    of_return = models.ForeignKey(
        Return, models.PROTECT, related_name="+", db_column="return_id", verbose_name=_("return"), db_index=False
    )
    points = models.BigIntegerField(_("points"))

    class Meta:
        verbose_name = _("award taken back")
        verbose_name_plural = _("awards taken back")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["award", "of_return"], name="campaigns_award_reversed_once"),
            models.CheckConstraint(condition=Q(points__gt=0), name="campaigns_award_reversal_takes"),
        ]

    def __str__(self) -> str:
        return f"{self.award_id}: {self.points}"
