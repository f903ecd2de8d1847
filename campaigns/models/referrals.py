"""How members bring friends: the scheme, each member's code, each friend brought, and the milestones reached by it."""

from decimal import Decimal
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from members.models import Member
from sales.models import Purchase

MOST_POINTS = 100_000
MOST_DAYS = 365


class ReferralScheme(models.Model):
    """What bringing a friend gives, and when. The programme has one.

    `minimum` is in the programme's currency. `milestones`: pairs of (friends, points). Whoever has joined keeps the
    terms of that moment; the year's limit and the milestones are those of the moment of the reward.
    """

    id = models.SmallAutoField(primary_key=True)
    is_active = models.BooleanField(
        pgettext_lazy("state", "on"),
        default=False,
        help_text=_("Off: nobody joins by an invitation; what was promised is still given."),
    )
    referrer_points = models.PositiveIntegerField(
        _("points for who invites"), default=500, validators=[MaxValueValidator(MOST_POINTS)]
    )
    friend_points = models.PositiveIntegerField(
        _("points for the friend"), default=300, validators=[MaxValueValidator(MOST_POINTS)]
    )
    minimum = models.DecimalField(
        _("first purchase of at least"),
        max_digits=16,
        decimal_places=3,
        default=Decimal(20),
        validators=[MinValueValidator(0)],
        help_text=_("What is brought back does not count."),
    )
    days = models.PositiveSmallIntegerField(
        _("days to wait"),
        default=14,
        validators=[MaxValueValidator(MOST_DAYS)],
        help_text=_("After that purchase. At least as long as points are pending."),
    )
    within_days = models.PositiveSmallIntegerField(
        _("days to buy in"),
        default=90,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_DAYS)],
        help_text=_("So many days after joining, the friend's purchase must be made."),
    )
    most_a_year = models.PositiveSmallIntegerField(
        _("most friends a year"),
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
        help_text=_("Who invites gets points for so many in a calendar year; their friends always do."),
    )
    milestones = models.JSONField(_("milestones"), default=list, blank=True)
    invitation = models.TextField(
        _("words of the invitation"),
        max_length=300,
        blank=True,
        help_text=_("What friends read, and what is sent along with the link. Empty: our own words."),
    )

    class Meta:
        verbose_name = _("referral scheme")
        verbose_name_plural = _("referral scheme")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(id=1), name="campaigns_referral_scheme_is_one"),
            models.CheckConstraint(
                condition=Q(minimum__gte=0, within_days__gte=1, most_a_year__gte=1)
                & (Q(referrer_points__gt=0) | Q(friend_points__gt=0)),
                name="campaigns_referral_scheme_gives",
            ),
        ]

    def __str__(self) -> str:
        return str(_("Bring a friend"))


class ReferralCode(models.Model):
    """A member's own code, by which friends join. It stays the same for ever."""

    member = models.OneToOneField(Member, models.PROTECT, primary_key=True, related_name="+", verbose_name=_("member"))
    code = models.CharField(_("code"), max_length=12, unique=True)
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("referral code")
        verbose_name_plural = _("referral codes")

    def __str__(self) -> str:
        return self.code


class Referral(models.Model):
    """One friend brought by one member, once in the friend's life, on the terms of the day on which they joined.

    From joined to waiting, when a purchase is found that counts; back to joined only when its goods came back before
    `due_at`; and to rewarded or refused, for ever. `withheld` says why the member who invited got nothing although
    the friend did.
    """

    class State(models.TextChoices):
        JOINED = "joined", pgettext_lazy("referral", "joined")
        WAITING = "waiting", pgettext_lazy("referral", "bought, waiting")
        REWARDED = "rewarded", pgettext_lazy("referral", "rewarded")
        REFUSED = "refused", pgettext_lazy("referral", "refused")

    class Reason(models.TextChoices):
        SAME_EMAIL = "same_email", _("the same e-mail address")
        SAME_PHONE = "same_phone", _("the same phone number")
        SAME_DEVICE = "same_device", _("the same device")
        LEFT = "left", _("the friend has left")
        TOO_LATE = "too_late", _("no purchase in time")
        STAFF = "staff", _("refused by staff")

    class Withheld(models.TextChoices):
        LIMIT = "limit", _("the year's limit is reached")
        LEFT = "left", _("who invited has left")

    id = models.BigAutoField(primary_key=True)
    friend = models.OneToOneField(Member, models.PROTECT, related_name="+", verbose_name=_("friend"))
    referrer = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("invited by"), db_index=False)
    via = models.CharField(_("joined via"), max_length=80)
    referrer_points = models.PositiveIntegerField(_("points for who invites"))
    friend_points = models.PositiveIntegerField(_("points for the friend"))
    minimum = models.DecimalField(_("first purchase of at least"), max_digits=16, decimal_places=3)
    days = models.PositiveSmallIntegerField(_("days to wait"))
    joined_at = models.DateTimeField(pgettext_lazy("referral", "joined"))
    buy_until = models.DateTimeField(_("purchase until"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.JOINED)
    reason = models.CharField(_("reason"), max_length=11, choices=Reason, blank=True)
    purchase = models.ForeignKey(
        Purchase, models.PROTECT, related_name="+", null=True, db_index=False, verbose_name=_("purchase")
    )
    due_at = models.DateTimeField(pgettext_lazy("referral", "due"), null=True)
    done_at = models.DateTimeField(pgettext_lazy("referral", "settled"), null=True)
    referrer_given = models.PositiveIntegerField(_("given to who invited"), default=0)
    friend_given = models.PositiveIntegerField(_("given to the friend"), default=0)
    withheld = models.CharField(_("nothing for who invited"), max_length=5, choices=Withheld, blank=True)

    class Meta:
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        permissions: ClassVar = [("refuse_referral", _("Can refuse a referral"))]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(friend=F("referrer")), name="campaigns_referral_of_another"),
            models.CheckConstraint(
                condition=Q(state="joined", purchase__isnull=True, due_at__isnull=True, done_at__isnull=True, reason="")
                | Q(state="waiting", purchase__isnull=False, due_at__isnull=False, done_at__isnull=True, reason="")
                | Q(state="rewarded", purchase__isnull=False, due_at__isnull=False, done_at__isnull=False, reason="")
                | Q(state="refused", done_at__isnull=False) & ~Q(reason=""),
                name="campaigns_referral_says_what_became_of_it",
            ),
            models.CheckConstraint(
                condition=Q(state="rewarded") | Q(referrer_given=0, friend_given=0, withheld=""),
                name="campaigns_referral_gives_when_rewarded",
            ),
            models.CheckConstraint(
                condition=Q(withheld="") | Q(referrer_given=0), name="campaigns_referral_withheld_is_not_given"
            ),
        ]
        indexes: ClassVar = [
            models.Index(F("referrer"), F("id").desc(), name="campaigns_referral_of_member"),
            models.Index(F("buy_until"), condition=Q(state="joined"), name="campaigns_referral_joined"),
            models.Index(F("due_at"), F("id"), condition=Q(state="waiting"), name="campaigns_referral_due"),
        ]

    def __str__(self) -> str:
        return f"#{self.id}"


class ReferralMilestone(models.Model):
    """So many rewarded friends of one member, and the points given for it: once for each number of friends."""

    referrer = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("member"), db_index=False)
    friends = models.PositiveSmallIntegerField(_("friends"))
    points = models.PositiveIntegerField(_("points"))
    referral = models.ForeignKey(Referral, models.PROTECT, related_name="milestones", verbose_name=_("referral"))
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["referrer", "friends"], name="campaigns_milestone_once"),
            models.CheckConstraint(condition=Q(friends__gt=0, points__gt=0), name="campaigns_milestone_gives"),
        ]

    def __str__(self) -> str:
        return f"{self.friends} · {self.points}"
