"""The catalogue of rewards, what there is of each, the vouchers members hold, and what proves that it is a member.

Only the verbs of `rewards` write units, vouchers and proofs.
"""

import uuid
from datetime import datetime
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import User
from members.models import Member
from points.models import Posting
from sales.models import Store, Terminal
from tiers.models import Tier


class Picture(models.Model):
    """A photograph that staff uploaded, as it is sent to browsers: drawn anew from what was uploaded. Never changed."""

    digest = models.CharField(max_length=64, primary_key=True)
    content = models.BinaryField()
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    uploaded_at = models.DateTimeField(_("uploaded"))

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    def __str__(self) -> str:
        return self.digest[:8]


class Reward(models.Model):
    """Something members can have for points of the main type. What a voucher of it promises is kept in the voucher."""

    class Kind(models.TextChoices):
        GIFT = "gift", _("gift")
        AMOUNT_OFF = "amount_off", _("amount off")
        PERCENT_OFF = "percent_off", _("percent off")
        EXPERIENCE = "experience", _("experience")

    class Supply(models.TextChoices):
        UNLIMITED = "unlimited", _("unlimited")
        STOCK = "stock", _("so many as are in stock")
        CODES = "codes", _("one for each supplied code")

    class Drawing(models.TextChoices):
        GIFT = "gift", _("gift box")
        MUG = "mug", _("mug")
        TEA = "tea", _("tea for two")
        CANDLE = "candle", _("candle")
        BAG = "bag", _("bag")
        CARD = "card", _("greeting card")
        COIN = "coin", _("coin")
        PERCENT = "percent", _("percent sign")
        TICKET = "ticket", _("ticket")
        FLOWER = "flower", _("flower")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=11, choices=Kind)
    name = models.CharField(_("name"), max_length=80)
    description = models.TextField(_("description"), blank=True)
    drawing = models.CharField(_("drawing"), max_length=10, choices=Drawing, default=Drawing.GIFT)
    picture = models.ForeignKey(
        Picture, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("photograph")
    )
    price = models.PositiveIntegerField(_("price in points"), validators=[MinValueValidator(1)])
    worth = models.DecimalField(
        _("worth"),
        max_digits=16,
        decimal_places=3,
        null=True,
        blank=True,
        help_text=_("Of a gift or an experience: its price in the shop, in the programme's currency. May be empty."),
    )
    amount = models.DecimalField(
        _("amount off"),
        max_digits=16,
        decimal_places=3,
        null=True,
        blank=True,
        help_text=_("In the programme's currency."),
    )
    percent = models.PositiveSmallIntegerField(
        _("percent off"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    supply = models.CharField(_("supply"), max_length=9, choices=Supply, default=Supply.UNLIMITED)
    limit_per_member = models.PositiveSmallIntegerField(
        _("limit per member"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Cancelled vouchers do not count. Empty: no limit."),
    )
    limit_days = models.PositiveSmallIntegerField(
        _("within days"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("The limit counts the vouchers of so many days. Empty: all of them."),
    )
    minimum_tier = models.ForeignKey(
        Tier, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("from tier")
    )
    begins_on = models.DateField(_("first day"), null=True, blank=True)
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    voucher_days = models.PositiveSmallIntegerField(
        _("voucher valid for days"),
        default=90,
        validators=[MinValueValidator(1)],
        help_text=_("To the end of that business day, counted from the day after it was redeemed."),
    )
    position = models.PositiveSmallIntegerField(
        _("position"), default=0, help_text=_("Rewards are shown in this order.")
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("reward")
        verbose_name_plural = _("rewards")
        ordering: ClassVar = ["position", "id"]
        permissions: ClassVar = [("supply_reward", _("Can change what there is of a reward"))]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(price__gt=0), name="rewards_reward_has_a_price"),
            models.CheckConstraint(
                condition=Q(
                    kind="amount_off", amount__gt=0, amount__isnull=False, percent__isnull=True, worth__isnull=True
                )
                | Q(
                    kind="percent_off",
                    amount__isnull=True,
                    percent__isnull=False,
                    percent__range=(1, 100),
                    worth__isnull=True,
                )
                | Q(kind__in=["gift", "experience"], amount__isnull=True, percent__isnull=True),
                name="rewards_reward_says_what_it_gives",
            ),
            models.CheckConstraint(
                condition=Q(worth__isnull=True) | Q(worth__gte=0), name="rewards_reward_worth_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(begins_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=F("begins_on")),
                name="rewards_reward_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(limit_days__isnull=True) | Q(limit_per_member__isnull=False),
                name="rewards_reward_days_need_a_limit",
            ),
            models.CheckConstraint(
                condition=(Q(limit_per_member__isnull=True) | Q(limit_per_member__gt=0))
                & (Q(limit_days__isnull=True) | Q(limit_days__gt=0))
                & Q(voucher_days__gt=0),
                name="rewards_reward_counts_from_one",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Voucher(models.Model):
    """One claimed copy of a reward. Its code is as good as the thing itself: it is shown to its member only.

    What it promises (kind, amount, percent, names) is as it was when it was redeemed. `token` is a digest of what the
    asker called the request: unique for ever for the member, so that no button charges twice. A voucher that was given
    cost no points and has no redemption.
    """

    class State(models.TextChoices):
        ISSUED = "issued", pgettext_lazy("voucher", "ready")
        USED = "used", pgettext_lazy("voucher", "used")
        CANCELLED = "cancelled", pgettext_lazy("voucher", "cancelled")
        EXPIRED = "expired", pgettext_lazy("voucher", "expired")

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(_("code"), max_length=16, unique=True)
    member = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("member"), db_index=False)
    reward = models.ForeignKey(Reward, models.PROTECT, related_name="vouchers", verbose_name=_("reward"))
    redemption = models.OneToOneField(
        Posting, models.PROTECT, related_name="+", null=True, verbose_name=_("redemption")
    )
    points = models.PositiveIntegerField(_("points"))
    token = models.CharField(max_length=32, editable=False)
    kind = models.CharField(_("kind"), max_length=11, choices=Reward.Kind)
    amount = models.DecimalField(_("amount off"), max_digits=16, decimal_places=3, null=True)
    percent = models.PositiveSmallIntegerField(_("percent off"), null=True)
    names = models.JSONField(_("name"))
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.ISSUED)
    issued_at = models.DateTimeField(_("issued"))
    issued_by = models.CharField(_("issued by"), max_length=80)
    expires_at = models.DateTimeField(_("expires"))
    used_at = models.DateTimeField(_("used"), null=True)
    used_by = models.CharField(_("used by"), max_length=80, blank=True)
    store = models.ForeignKey(Store, models.PROTECT, related_name="+", null=True, verbose_name=_("store"))
    terminal = models.ForeignKey(Terminal, models.PROTECT, related_name="+", null=True, verbose_name=_("terminal"))
    receipt = models.CharField(_("receipt"), max_length=40, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True)
    cancelled_by = models.CharField(_("cancelled by"), max_length=80, blank=True)
    restoration = models.OneToOneField(
        Posting, models.PROTECT, related_name="+", null=True, verbose_name=_("points given back")
    )

    class Meta:
        verbose_name = _("voucher")
        verbose_name_plural = _("vouchers")
        permissions: ClassVar = [("cancel_voucher", _("Can cancel a voucher, with a reason"))]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["member", "token"], name="rewards_voucher_once"),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[0-9A-HJKMNP-TV-Z]{16}$"), name="rewards_voucher_code_is_whole"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("issued_at"))
                & (Q(points__gt=0, redemption__isnull=False) | Q(points=0, redemption__isnull=True)),
                name="rewards_voucher_makes_sense",
            ),
            models.CheckConstraint(
                condition=Q(kind="amount_off", amount__gt=0, amount__isnull=False, percent__isnull=True)
                | Q(kind="percent_off", amount__isnull=True, percent__isnull=False, percent__range=(1, 100))
                | Q(kind__in=["gift", "experience"], amount__isnull=True, percent__isnull=True),
                name="rewards_voucher_says_what_it_gives",
            ),
            models.CheckConstraint(
                condition=Q(state="used", used_at__isnull=False, store__isnull=False)
                | (
                    ~Q(state="used")
                    & Q(used_at__isnull=True, store__isnull=True, terminal__isnull=True, receipt="", used_by="")
                ),
                name="rewards_voucher_used_somewhere",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state="cancelled", cancelled_at__isnull=False)
                    & (
                        Q(redemption__isnull=False, restoration__isnull=False)
                        | Q(redemption__isnull=True, restoration__isnull=True)
                    )
                )
                | (~Q(state="cancelled") & Q(cancelled_at__isnull=True, restoration__isnull=True, cancelled_by="")),
                name="rewards_voucher_cancelled_gives_back",
            ),
        ]
        indexes: ClassVar = [
            models.Index(F("member"), F("id").desc(), name="rewards_voucher_of_member"),
            models.Index(F("expires_at"), F("id"), condition=Q(state="issued"), name="rewards_voucher_expiring"),
            models.Index(F("issued_at").desc(), name="rewards_voucher_latest"),
            models.Index(
                F("terminal"),
                F("receipt"),
                condition=Q(state="used") & ~Q(receipt=""),
                name="rewards_voucher_used_with",
            ),
        ]

    def __str__(self) -> str:
        return f"…{self.code[-4:]}"

    @property
    def supplied_code(self) -> str:
        """The supplier's code that came with it, "" when there is none."""
        unit: Unit | None = getattr(self, "unit", None)
        return unit.code or "" if unit else ""

    def state_at(self, at: datetime) -> str:
        """Its state at a moment: past its time it is expired, whether or not the night has written that down."""
        if self.state == self.State.ISSUED and self.expires_at <= at:
            return self.State.EXPIRED
        return self.state


class CodePool(models.Model):
    """Codes of a supplier (a cinema, a café next door) that were uploaded together for a reward."""

    reward = models.ForeignKey(Reward, models.PROTECT, related_name="pools", verbose_name=_("reward"))
    name = models.CharField(_("name"), max_length=80, help_text=_("Who supplied them, and when."))
    size = models.PositiveIntegerField(_("codes"))
    uploaded_at = models.DateTimeField(_("uploaded"))
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, verbose_name=_("uploaded by"))

    class Meta:
        verbose_name = _("code pool")
        verbose_name_plural = _("code pools")

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """One piece of a reward that there is only so much of: an item in stock, or a supplied code. Free until a voucher
    takes it."""

    id = models.BigAutoField(primary_key=True)
    reward = models.ForeignKey(Reward, models.PROTECT, related_name="units", verbose_name=_("reward"), db_index=False)
    pool = models.ForeignKey(CodePool, models.PROTECT, related_name="units", null=True, verbose_name=_("code pool"))
    code = models.CharField(_("code"), max_length=80, null=True)
    voucher = models.OneToOneField(Voucher, models.PROTECT, related_name="unit", null=True, verbose_name=_("voucher"))

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["reward", "code"], name="rewards_unit_code_once"),
            models.CheckConstraint(
                condition=Q(pool__isnull=True, code__isnull=True)
                | (Q(pool__isnull=False, code__isnull=False) & ~Q(code="")),
                name="rewards_unit_code_is_of_a_pool",
            ),
        ]
        indexes: ClassVar = [
            models.Index(F("reward"), F("id"), condition=Q(voucher__isnull=True), name="rewards_unit_free")
        ]

    def __str__(self) -> str:
        return f"{self.reward_id}/{self.id}"


class Proving(models.Model):
    """How one member proves that it is them who spends: the secret behind the changing QR code, and the PIN.

    `last_window` is the last window of time in which a QR code was used: none is taken twice. A PIN that was wrong too
    often is locked until its member sets a new one.
    """

    member = models.OneToOneField(Member, models.PROTECT, primary_key=True, related_name="+")
    salt = models.BinaryField(max_length=32)
    last_window = models.BigIntegerField(default=0)
    pin_hash = models.CharField(max_length=200, blank=True)
    pin_set_at = models.DateTimeField(null=True)
    pin_failures = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("means of proof")
        verbose_name_plural = _("means of proof")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(pin_hash="", pin_set_at__isnull=True) | (~Q(pin_hash="") & Q(pin_set_at__isnull=False)),
                name="rewards_proving_pin_has_a_time",
            )
        ]

    def __str__(self) -> str:
        return str(self.member_id)


class SpendingCode(models.Model):
    """A code sent to a member, by which they prove at a till that it is them. Good once, for some minutes."""

    id = models.BigAutoField(primary_key=True)
    member = models.ForeignKey(Member, models.PROTECT, related_name="+", db_index=False)
    digest = models.CharField(max_length=64)
    sent_at = models.DateTimeField(_("sent"))
    expires_at = models.DateTimeField(_("expires"))
    failures = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(_("used"), null=True)

    class Meta:
        verbose_name = _("spending code")
        verbose_name_plural = _("spending codes")
        indexes: ClassVar = [
            models.Index(F("member"), F("id").desc(), name="rewards_code_latest"),
            models.Index(F("sent_at"), name="rewards_code_oldest"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id}/{self.id}"
