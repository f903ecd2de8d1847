"""Challenges: stamp cards, visits, spending, streaks; and the rounds of them that members have completed."""

from decimal import Decimal
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Floor
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from members.models import Member
from rewards.models import Reward, Voucher
from sales.models import Purchase

MOST_POINTS = 100_000
MOST_TIMES = 1000


class Challenge(models.Model):
    """What members may complete by what they buy, and what they get for it. Progress is not kept: it is counted.

    `kind` says what is counted on the way to `goal`: pieces, business days, money of the programme's currency, or weeks
    or months (`period`) in a row. `started_at`: when it was first on; from then on a trigger keeps what counts.
    `ended_on`: staff ended it, and that was its last business day.
    """

    class Kind(models.TextChoices):
        STAMPS = "stamps", _("stamp card: pieces bought")
        VISITS = "visits", _("days with a purchase")
        SPEND = "spend", _("money spent")
        STREAK = "streak", _("weeks or months in a row")

    class Period(models.TextChoices):
        WEEK = "week", _("weeks")
        MONTH = "month", _("months")

    class State(models.TextChoices):
        PAUSED = "paused", _("paused")
        ON = "on", pgettext_lazy("state", "on")
        ENDED = "ended", _("ended")

    class Badge(models.TextChoices):
        STAR = "star", _("star")
        LEAF = "leaf", _("leaf")
        MOON = "moon", _("moon")
        SUN = "sun", _("sun")
        CROWN = "crown", _("crown")
        GEM = "gem", _("gem")

    code = models.SlugField(_("code"), max_length=40, unique=True, help_text=_("What tills call it. It stays."))
    title = models.CharField(_("title"), max_length=60, help_text=_("What members read."))
    description = models.CharField(_("description"), max_length=200, blank=True)
    kind = models.CharField(pgettext_lazy("challenge", "counts"), max_length=6, choices=Kind, default=Kind.STAMPS)
    goal = models.DecimalField(
        _("goal"),
        max_digits=16,
        decimal_places=3,
        validators=[MinValueValidator(1)],
        help_text=_("So many pieces, days, weeks or months; or so much money."),
    )
    period = models.CharField(_("in a row"), max_length=5, choices=Period, blank=True)
    minimum = models.DecimalField(
        _("minimum"),
        max_digits=16,
        decimal_places=3,
        default=Decimal(0),
        validators=[MinValueValidator(0)],
        help_text=_("What the goods that count must come to in one purchase. 0: anything."),
    )
    categories = ArrayField(models.CharField(max_length=40), verbose_name=_("categories"), default=list, blank=True)
    skus = ArrayField(models.CharField(max_length=40), verbose_name=_("SKUs"), default=list, blank=True)
    stores = ArrayField(models.CharField(max_length=40), verbose_name=_("stores"), default=list, blank=True)
    tiers = ArrayField(models.CharField(max_length=40), verbose_name=_("tiers"), default=list, blank=True)
    begins_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"), null=True, blank=True, help_text=_("Empty: until you end it."))
    ended_on = models.DateField(_("ended on"), null=True, editable=False)
    most_times = models.PositiveSmallIntegerField(
        _("times per member"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_TIMES)],
        help_text=_("Empty: as often as they like."),
    )
    points = models.PositiveIntegerField(
        _("bonus points"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(MOST_POINTS)]
    )
    reward = models.ForeignKey(
        Reward, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("voucher for")
    )
    badge = models.CharField(_("badge"), max_length=5, choices=Badge, blank=True)
    badge_title = models.CharField(_("title of the badge"), max_length=40, blank=True)
    state = models.CharField(_("state"), max_length=6, choices=State, default=State.PAUSED)
    started_at = models.DateTimeField(_("first on"), null=True, editable=False)

    class Meta:
        verbose_name = _("challenge")
        verbose_name_plural = _("challenges")
        ordering: ClassVar = ["-begins_on", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(goal__gte=1) & (Q(kind="spend") | Q(goal=Floor(F("goal")))),
                name="campaigns_challenge_goal",
            ),
            models.CheckConstraint(
                condition=Q(kind="streak", period__in=["week", "month"]) | (~Q(kind="streak") & Q(period="")),
                name="campaigns_challenge_period",
            ),
            models.CheckConstraint(
                condition=Q(minimum__gte=0)
                & (Q(kind__in=["visits", "streak"]) | Q(minimum=0))
                & (Q(most_times__isnull=True) | Q(most_times__gt=0)),
                name="campaigns_challenge_limits",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("begins_on")), name="campaigns_challenge_dates"
            ),
            models.CheckConstraint(
                condition=Q(points__gt=0) | Q(points__isnull=True) & (Q(reward__isnull=False) | ~Q(badge="")),
                name="campaigns_challenge_gives_something",
            ),
            models.CheckConstraint(
                condition=Q(state="ended", ended_on__isnull=False)
                | Q(state="on", ended_on__isnull=True, started_at__isnull=False)
                | Q(state="paused", ended_on__isnull=True),
                name="campaigns_challenge_state",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Completion(models.Model):
    """A member completed a challenge once more, and got this for it. Append-only. `round`: their first, second …

    `purchase`: the latest one that counted, if any is left.
    """

    id = models.BigAutoField(primary_key=True)
    challenge = models.ForeignKey(
        Challenge, models.PROTECT, related_name="completions", verbose_name=_("challenge"), db_index=False
    )
    member = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("member"))
    round = models.PositiveIntegerField(_("round"))
    purchase = models.ForeignKey(
        Purchase, models.PROTECT, related_name="+", null=True, verbose_name=_("purchase"), db_index=False
    )
    points = models.PositiveIntegerField(_("bonus points"), default=0)
    voucher = models.ForeignKey(
        Voucher, models.PROTECT, related_name="+", null=True, db_index=False, verbose_name=_("voucher")
    )
    completed_at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("completion")
        verbose_name_plural = _("completions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["challenge", "member", "round"], name="campaigns_completion_once"),
            models.CheckConstraint(condition=Q(round__gt=0), name="campaigns_completion_counts_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.challenge_id} → {self.member_id} / {self.round}"


class Recount(models.Model):
    """All who bought in a challenge's days are to be looked at from DUE_AT on; those up to the member AFTER were.

    It stands where purchases came while nobody looked: before the challenge was on, after an end that was put off,
    while its reward was sold out; and where somebody is owed more rounds than are given at once.
    """

    id = models.BigAutoField(primary_key=True)
    challenge = models.ForeignKey(Challenge, models.PROTECT, related_name="+", db_index=False)
    due_at = models.DateTimeField()
    after = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.challenge_id} from {self.after}"
