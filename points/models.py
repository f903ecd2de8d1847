"""The ledger: accounts, lots, postings, movements; and the rules by which points are earned.

Only `points.ledger` and the SQL functions in `points/sql/` write accounts, lots, postings and movements.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from members.models import Member


class PointType(models.Model):
    """A currency of the programme: points, miles, stars. Says when points become usable and when they expire."""

    code = models.SlugField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name of one point"), max_length=40)
    name_plural = models.CharField(_("name of many points"), max_length=40)
    is_default = models.BooleanField(_("main point type"), default=False)
    worth = models.DecimalField(
        _("worth of one point"),
        max_digits=10,
        decimal_places=5,
        default=0,
        help_text=_("In the programme's currency."),
    )
    pending_days = models.PositiveSmallIntegerField(
        _("pending days"), default=0, help_text=_("Business days until points can be used. 0: at once.")
    )
    expiry_months = models.PositiveSmallIntegerField(
        _("expiry in months"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Points last so many months, to the end of that month. Empty: for ever."),
    )

    class Meta:
        verbose_name = _("point type")
        verbose_name_plural = _("point types")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="points_one_main_type"),
            models.CheckConstraint(condition=Q(worth__gte=0), name="points_worth_not_negative"),
        ]

    def __str__(self) -> str:
        return self.name_plural


class EarningRule(models.Model):
    """A reason to earn one type of points. What it says stands in its versions, the latest that began counts."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    point_type = models.ForeignKey(PointType, models.PROTECT, related_name="rules", verbose_name=_("point type"))

    class Meta:
        verbose_name = _("earning rule")
        verbose_name_plural = _("earning rules")

    def __str__(self) -> str:
        return self.code


class EarningRuleVersion(models.Model):
    """What an earning rule says from one moment on, until a newer version begins. Append-only: never edited.

    A purchase earns by the version valid at its own moment, also when it arrives late or is returned later.
    """

    class Rounding(models.TextChoices):
        DOWN = "down", _("down")
        HALF_UP = "half_up", _("half up")
        UP = "up", _("up")

    rule = models.ForeignKey(EarningRule, models.PROTECT, related_name="versions", verbose_name=_("rule"))
    number = models.PositiveIntegerField(_("version"))
    name = models.CharField(_("name"), max_length=80, help_text=_("The reason that members read."))
    begins_at = models.DateTimeField(_("begins"))
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Off: the rule ends when this version begins.")
    )
    points = models.PositiveIntegerField(_("points"), validators=[MinValueValidator(1)])
    per_amount = models.DecimalField(
        _("per amount"),
        max_digits=16,
        decimal_places=3,
        help_text=_("So many points for each such amount spent."),
    )
    rounding = models.CharField(_("rounding"), max_length=8, choices=Rounding, default=Rounding.DOWN)
    only_categories = ArrayField(
        models.CharField(max_length=40), verbose_name=_("only these categories"), default=list, blank=True
    )
    except_categories = ArrayField(
        models.CharField(max_length=40), verbose_name=_("not these categories"), default=list, blank=True
    )
    tier_multiplies = models.BooleanField(_("tier multiplies"), default=True)
    published_at = models.DateTimeField(_("published"), db_default=Now())

    class Meta:
        verbose_name = _("version of an earning rule")
        verbose_name_plural = _("versions of earning rules")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rule", "number"], name="points_rule_version"),
            models.UniqueConstraint(fields=["rule", "begins_at"], name="points_rule_begins_once"),
            models.CheckConstraint(condition=Q(per_amount__gt=0, points__gt=0), name="points_rule_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id}/{self.number}"


class Account(models.Model):
    """A member's points of one type: the materialised balance, and the only lock of the ledger.

    Owed points (`debt`) stand apart; `last_number` is the number of the latest posting, gapless.
    """

    id = models.BigAutoField(primary_key=True)
    member = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("member"), db_index=False)
    point_type = models.ForeignKey(
        PointType, models.PROTECT, related_name="+", verbose_name=_("point type"), db_index=False
    )
    pending = models.BigIntegerField(_("pending"), default=0, db_default=0)
    available = models.BigIntegerField(_("available"), default=0, db_default=0)
    held = models.BigIntegerField(_("held"), default=0, db_default=0)
    debt = models.BigIntegerField(_("debt"), default=0, db_default=0)
    last_number = models.BigIntegerField(_("postings"), default=0, db_default=0)

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        permissions: ClassVar = [("adjust_points", _("Can give and take points by hand, with a reason"))]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["member", "point_type"], name="points_account_once"),
            models.CheckConstraint(
                condition=Q(pending__gte=0, available__gte=0, held__gte=0, debt__gte=0),
                name="points_account_not_negative",
            ),
            models.CheckConstraint(condition=Q(debt=0) | Q(available=0), name="points_account_debt_is_repaid"),
        ]

    def __str__(self) -> str:
        return f"{self.member.number}, {self.point_type}"


class Posting(models.Model):
    """One business event on one account, immutable. `number` is gapless within the account.

    `points` is what it did to the member's total (pending + available + held - debt), signed; `moved` is how many
    points it moved, unsigned: maturing moves points and changes no total. `occurred_at` is the till's clock or the
    moment a date fell due, `booked_at` ours, taken after the lock. `reasons` is a list of
    {"points", "rule", "version", "words": {"en", "zh-hans"}}: each grant's share and why.
    """

    class Kind(models.TextChoices):
        ACCRUE = "accrue", _("accrued")
        REDEEM = "redeem", _("redeemed")
        REVERSE = "reverse", _("reversed")
        RESTORE = "restore", _("restored")
        EXPIRE = "expire", _("expired")
        MATURE = "mature", _("matured")
        ADJUST = "adjust", _("adjusted")

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(
        Account, models.PROTECT, related_name="postings", verbose_name=_("account"), db_index=False
    )
    number = models.BigIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    points = models.BigIntegerField(_("points"))
    moved = models.BigIntegerField(_("moved"))
    reference = models.CharField(_("reference"), max_length=160)
    reverses = models.ForeignKey(
        "self",
        models.PROTECT,
        related_name="reversals",
        null=True,
        db_index=False,
        verbose_name=_("takes back"),
    )
    occurred_at = models.DateTimeField(_("when"))
    booked_at = models.DateTimeField(_("booked"))
    actor = models.CharField(_("by"), max_length=80)
    reasons = models.JSONField(_("reasons"), default=list)

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "number"], name="points_posting_number"),
            models.UniqueConstraint(fields=["account", "kind", "reference"], name="points_posting_once"),
            models.CheckConstraint(condition=Q(moved__gt=0), name="points_posting_moves"),
            models.CheckConstraint(
                condition=Q(kind__in=["reverse", "restore"], reverses__isnull=False)
                | (~Q(kind__in=["reverse", "restore"]) & Q(reverses__isnull=True)),
                name="points_posting_takes_back",
            ),
        ]
        indexes: ClassVar = [
            models.Index(F("reverses"), condition=Q(reverses__isnull=False), name="points_posting_reversals"),
            # For figures by day. Tiny, and next to nothing to keep: postings come nearly in the order of their days.
            BrinIndex("occurred_at", name="points_posting_days", autosummarize=True, pages_per_range=32),
        ]

    def __str__(self) -> str:
        return f"{self.account} #{self.number}"


class PostingNote(models.Model):
    """What staff wrote about a posting: a line for the member, a line for colleagues. Beside the ledger, erasable."""

    posting = models.OneToOneField(Posting, models.PROTECT, primary_key=True, related_name="note")
    for_member = models.CharField(_("note for the member"), max_length=200, blank=True)
    internal = models.CharField(_("internal note"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")

    def __str__(self) -> str:
        return self.for_member


class Lot(models.Model):
    """Points of one origin and one expiry. `remaining` can be used (or is pending), `reserved` is held.

    A lot that came too late to be restored to has one successor, which names it as `origin_lot` and was granted
    nothing of its own. `expired` is what expired of it and was not reversed since.
    """

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, models.PROTECT, related_name="lots", verbose_name=_("account"), db_index=False)
    posting = models.ForeignKey(Posting, models.PROTECT, related_name="+", verbose_name=_("posting"), db_index=False)
    origin_lot = models.ForeignKey(
        "self", models.PROTECT, related_name="+", null=True, verbose_name=_("succeeds"), db_index=False
    )
    granted = models.BigIntegerField(_("granted"))
    remaining = models.BigIntegerField(_("remaining"))
    reserved = models.BigIntegerField(_("reserved"), default=0, db_default=0)
    expired = models.BigIntegerField(_("expired"), default=0, db_default=0)
    available_at = models.DateTimeField(_("usable from"))
    expires_at = models.DateTimeField(_("expires"), null=True)
    is_pending = models.BooleanField(_("pending"))
    is_open = models.BooleanField(_("open"))

    class Meta:
        verbose_name = _("lot")
        verbose_name_plural = _("lots")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(granted__gte=0, remaining__gte=0, reserved__gte=0, expired__gte=0),
                name="points_lot_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(origin_lot__isnull=False) | Q(granted__gte=F("remaining") + F("reserved")),
                name="points_lot_within_granted",
            ),
            models.CheckConstraint(condition=Q(is_open=Q(remaining__gt=0)), name="points_lot_open_holds_points"),
            models.CheckConstraint(condition=Q(is_pending=False) | Q(is_open=True), name="points_lot_pending_is_open"),
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(expires_at__gt=F("available_at")),
                name="points_lot_dates",
            ),
            models.UniqueConstraint(
                fields=["origin_lot"], condition=Q(origin_lot__isnull=False), name="points_lot_one_successor"
            ),
        ]
        indexes: ClassVar = [
            models.Index(F("account"), F("expires_at"), F("id"), condition=Q(is_open=True), name="points_lot_in_order"),
            models.Index(F("expires_at"), F("account"), condition=Q(is_open=True), name="points_lot_expiring"),
            models.Index(F("account"), F("available_at"), condition=Q(is_pending=True), name="points_lot_pending"),
            models.Index(F("available_at"), F("account"), condition=Q(is_pending=True), name="points_lot_maturing"),
        ]

    def __str__(self) -> str:
        return f"#{self.id} · {self.account}"


class Movement(models.Model):
    """Points of one lot (none for debt) going from one bucket to another: both sides in one row. Immutable.

    The member's buckets are pending, available and held; debt is what the member owes; the others are the
    programme's side: issued, redeemed, expired, reversed, adjusted.

    A trigger checks for whole sets that posting and lot are there, and of the same account. Movements are found by
    their posting; those of a lot among the postings of its account.
    """

    class Bucket(models.TextChoices):
        ISSUED = "issued", _("issued")
        PENDING = "pending", _("pending")
        AVAILABLE = "available", _("available")
        HELD = "held", _("held")
        REDEEMED = "redeemed", _("redeemed")
        EXPIRED = "expired", _("expired")
        REVERSED = "reversed", _("reversed")
        ADJUSTED = "adjusted", _("adjusted")
        DEBT = "debt", _("debt")

    id = models.BigAutoField(primary_key=True)
    posting = models.ForeignKey(
        Posting, models.PROTECT, related_name="movements", verbose_name=_("posting"), db_constraint=False
    )
    account_id = models.BigIntegerField(_("account"))
    lot = models.ForeignKey(
        Lot,
        models.PROTECT,
        related_name="movements",
        null=True,
        verbose_name=_("lot"),
        db_constraint=False,
        db_index=False,
    )
    from_bucket = models.CharField(_("from"), max_length=9, choices=Bucket)
    to_bucket = models.CharField(_("to"), max_length=9, choices=Bucket)
    points = models.BigIntegerField(_("points"))

    class Meta:
        verbose_name = _("movement")
        verbose_name_plural = _("movements")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(points__gt=0), name="points_movement_positive"),
            models.CheckConstraint(
                condition=Q(lot__isnull=False) | Q(from_bucket="debt"), name="points_movement_of_a_lot"
            ),
            models.CheckConstraint(
                condition=Q(from_bucket="issued", to_bucket__in=["pending", "available"])
                | Q(from_bucket="pending", to_bucket__in=["available", "reversed"])
                | Q(
                    from_bucket="available",
                    to_bucket__in=["redeemed", "expired", "reversed", "adjusted", "held", "debt"],
                )
                | Q(from_bucket="held", to_bucket__in=["available", "redeemed", "expired"])
                | Q(from_bucket="redeemed", to_bucket="available")
                | Q(from_bucket="expired", to_bucket="reversed")
                | Q(from_bucket="debt", to_bucket="reversed"),
                name="points_movement_makes_sense",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_bucket} → {self.to_bucket} {self.points}"
