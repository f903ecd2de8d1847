"""The ladder: tiers, what members hold and why, and what counts towards it, by day."""

from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from members.models import Member


class Scheme(models.Model):
    """How members qualify: by what, over which window. The programme has one."""

    class Basis(models.TextChoices):
        AMOUNT = "amount", _("amount spent")
        POINTS = "points", _("points accrued by purchases")
        PURCHASES = "purchases", _("number of purchases")

    class Window(models.TextChoices):
        ROLLING = "rolling", _("the last months up to today")
        CALENDAR = "calendar", _("the calendar period")

    id = models.SmallAutoField(primary_key=True)
    basis = models.CharField(_("qualify by"), max_length=9, choices=Basis, default=Basis.AMOUNT)
    window = models.CharField(_("window"), max_length=8, choices=Window, default=Window.ROLLING)
    months = models.PositiveSmallIntegerField(
        _("months"),
        default=12,
        validators=[MinValueValidator(1)],
        help_text=_("Rolling: so many months back. Calendar: 1, 3, 6 or 12, counted from January."),
    )

    class Meta:
        verbose_name = _("tier scheme")
        verbose_name_plural = _("tier scheme")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(id=1), name="tiers_scheme_is_one"),
            models.CheckConstraint(
                condition=Q(window="rolling", months__range=(1, 36)) | Q(window="calendar", months__in=[1, 3, 6, 12]),
                name="tiers_scheme_months",
            ),
        ]

    def __str__(self) -> str:
        rolling = ngettext("%(basis)s, last %(months)d month", "%(basis)s, last %(months)d months", self.months)
        calendar = ngettext(
            "%(basis)s, each calendar month", "%(basis)s, each %(months)d months of the calendar", self.months
        )
        words = rolling if self.window == self.Window.ROLLING else calendar
        return words % {"basis": self.get_basis_display(), "months": self.months}


class Tier(models.Model):
    """A rung of the ladder. The lowest has threshold 0; each higher one asks for more."""

    class Picture(models.TextChoices):
        LEAF = "leaf", _("leaf")
        STAR = "star", _("star")
        MOON = "moon", _("moon")
        SUN = "sun", _("sun")
        CROWN = "crown", _("crown")
        GEM = "gem", _("gem")

    code = models.SlugField(_("code"), max_length=20, unique=True)
    rank = models.PositiveSmallIntegerField(_("rank"), unique=True, help_text=_("0 is the lowest."))
    name = models.CharField(_("name"), max_length=40)
    benefits = models.TextField(_("benefits"), blank=True, help_text=_("One a line."))
    threshold = models.DecimalField(_("threshold"), max_digits=16, decimal_places=3, default=0)
    multiplier = models.DecimalField(
        _("earning multiplier"), max_digits=4, decimal_places=2, default=1, validators=[MinValueValidator(1)]
    )
    colour = models.CharField(
        _("colour"), max_length=7, default="#64748b", validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$")]
    )
    picture = models.CharField(_("picture"), max_length=10, choices=Picture, default=Picture.LEAF)

    class Meta:
        verbose_name = _("tier")
        verbose_name_plural = _("tiers")
        ordering: ClassVar = ["rank"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(rank=0, threshold=0) | Q(rank__gt=0, threshold__gt=0),
                name="tiers_lowest_asks_nothing",
            ),
            models.CheckConstraint(condition=Q(multiplier__gte=1), name="tiers_multiplier_at_least_1"),
        ]

    def __str__(self) -> str:
        return self.name


class QualifyingDay(models.Model):
    """What one member's purchases of one business date count towards tiers, less what was returned of them."""

    # One index for everything, which also holds the figures: the review reads it in order and never visits the rows.
    pk = models.CompositePrimaryKey("member_id", "day")
    member = models.ForeignKey(Member, models.PROTECT, related_name="+", db_index=False)
    day = models.DateField(_("business date"))
    amount = models.DecimalField(_("amount"), max_digits=16, decimal_places=3)
    points = models.BigIntegerField(_("points"))
    purchases = models.IntegerField(_("purchases"))

    class Meta:
        verbose_name = _("qualifying day")
        verbose_name_plural = _("qualifying days")

    def __str__(self) -> str:
        return f"{self.member_id} {self.day}"


class Standing(models.Model):
    """The tier a member holds. No row means the lowest tier.

    `lapses_on`: first business date on which the window no longer meets the tier, if nothing more is bought; empty
    where the tier is only given, not earned.
    `valid_until`: last business date of the standing, the end of the month after it lapses, or the end of what was
    given if that is later. Both empty at the lowest.
    `floor_on`: a lapse that holds whatever the days say: the day on which a step down began, or a return let it lapse.
    `given_tier`, `given_until`: what was brought along or given by staff, which the member holds at least so long.
    """

    member = models.OneToOneField(Member, models.PROTECT, primary_key=True, related_name="+", verbose_name=_("member"))
    tier = models.ForeignKey(Tier, models.PROTECT, related_name="+", verbose_name=_("tier"))
    since_on = models.DateField(_("since"))
    lapses_on = models.DateField(_("window lapses"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    floor_on = models.DateField(_("lapses at the earliest"), null=True, blank=True)
    given_tier = models.ForeignKey(
        Tier, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("given tier")
    )
    given_until = models.DateField(_("given until"), null=True, blank=True)

    class Meta:
        verbose_name = _("standing")
        verbose_name_plural = _("standings")
        permissions: ClassVar = [("give_tier", _("Can give a tier by hand, with a reason"))]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(given_tier__isnull=True, given_until__isnull=True)
                | Q(given_tier__isnull=False, given_until__isnull=False),
                name="tiers_given_has_an_end",
            ),
            models.CheckConstraint(
                condition=Q(lapses_on__isnull=True) | Q(valid_until__gt=F("lapses_on")),
                name="tiers_standing_outlasts_its_window",
            ),
        ]
        indexes: ClassVar = [
            models.Index(F("valid_until"), condition=Q(valid_until__isnull=False), name="tiers_standing_run_out")
        ]

    def __str__(self) -> str:
        return f"{self.member_id}: {self.tier_id}"


class TierChange(models.Model):
    """A member rose or stepped down: from, to, when, and what caused it. Append-only.

    `on` is the business date from which it holds, `at` the moment it was written. What the member held before is kept
    with its dates, because a tier that is taken back leaves the standing as it was.
    """

    class Cause(models.TextChoices):
        PURCHASE = "purchase", _("a purchase")
        RETURN = "return", _("goods brought back")
        REVIEW = "review", _("the nightly review")
        OPENING = "opening", _("brought along at the opening")
        STAFF = "staff", _("given by staff")

    id = models.BigAutoField(primary_key=True)
    member = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("member"), db_index=False)
    from_tier = models.ForeignKey(Tier, models.PROTECT, related_name="+", null=True, verbose_name=_("from"))
    from_since_on = models.DateField(_("held since"), null=True)
    from_lapses_on = models.DateField(_("would have lapsed"), null=True)
    to_tier = models.ForeignKey(Tier, models.PROTECT, related_name="+", verbose_name=_("to"))
    on = models.DateField(_("on"))
    at = models.DateTimeField(_("when"))
    cause = models.CharField(_("cause"), max_length=8, choices=Cause)
    reference = models.CharField(_("reference"), max_length=160, blank=True)

    class Meta:
        verbose_name = _("tier change")
        verbose_name_plural = _("tier changes")
        indexes: ClassVar = [
            models.Index(F("member"), F("id").desc(), name="tiers_changes_of_member"),
            # Who rose on a day. Next to nothing to keep: changes come in the order of their days.
            BrinIndex("on", name="tiers_changes_of_a_day", autosummarize=True, pages_per_range=32),
        ]

    def __str__(self) -> str:
        return f"{self.member.number}: {self.from_tier or '–'} → {self.to_tier}"
