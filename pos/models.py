"""What ties a purchase to the ledger, and the answers kept for tills that ask twice."""

from typing import ClassVar

from django.db import models
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from points.models import Posting
from rewards.models import Voucher
from sales.models import Purchase, Return, Terminal


class Settlement(models.Model):
    """What a purchase earned in one point type: its posting (none when it earned nothing), and how it was priced.

    `context` holds all that a return needs to quote the goods the member keeps: rule versions, tier and multiplier.
    """

    id = models.BigAutoField(primary_key=True)
    purchase = models.ForeignKey(
        Purchase, models.PROTECT, related_name="settlements", verbose_name=_("purchase"), db_index=False
    )
    point_type_id = models.BigIntegerField(_("point type"))
    posting = models.OneToOneField(Posting, models.PROTECT, related_name="+", null=True, verbose_name=_("posting"))
    context = models.JSONField(_("pricing context"))

    class Meta:
        verbose_name = _("settlement")
        verbose_name_plural = _("settlements")
        permissions: ClassVar = [
            ("assign_purchase", _("Can give a purchase without member to one")),
            ("use_till", _("Can sell at the till page")),
            ("take_back", _("Can take goods back at the till page")),
            ("set_price", _("Can set any price at the till page")),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["purchase", "point_type_id"], name="pos_settled_once"),
        ]

    def __str__(self) -> str:
        return f"{self.purchase_id} → {self.posting_id}"


class ReturnSettlement(models.Model):
    """What a return took back in one point type: its posting. No row where nothing was to be taken."""

    id = models.BigAutoField(primary_key=True)
    of_return = models.ForeignKey(Return, models.PROTECT, related_name="settlements", db_column="return_id")
    point_type_id = models.BigIntegerField(_("point type"))
    posting = models.OneToOneField(Posting, models.PROTECT, related_name="+", null=True, verbose_name=_("posting"))

    class Meta:
        verbose_name = _("settlement of a return")
        verbose_name_plural = _("settlements of returns")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["of_return", "point_type_id"], name="pos_return_settled_once"),
        ]

    def __str__(self) -> str:
        return f"{self.of_return_id} → {self.posting_id}"


class VoucherGivenBack(models.Model):
    """A voucher that a return gave back to its member: ready again, or as the points of its posting."""

    id = models.BigAutoField(primary_key=True)
    of_return = models.ForeignKey(Return, models.PROTECT, related_name="vouchers", db_column="return_id")
    voucher = models.ForeignKey(Voucher, models.PROTECT, related_name="+", verbose_name=_("voucher"))
    posting = models.OneToOneField(
        Posting, models.PROTECT, related_name="+", null=True, verbose_name=_("points given back")
    )

    class Meta:
        verbose_name = _("voucher given back")
        verbose_name_plural = _("vouchers given back")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["of_return", "voucher"], name="pos_voucher_given_back_once"),
        ]

    def __str__(self) -> str:
        return f"{self.of_return_id} → {self.voucher_id}"


class IdempotencyKey(models.Model):
    """A write that a terminal asked for under a key, and the answer it got. Kept 30 days.

    `request` maps each field of the body to a digest of its value, so that a differing repeat can be told what differs
    without keeping what it said.
    """

    id = models.BigAutoField(primary_key=True)
    terminal = models.ForeignKey(Terminal, models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=255)
    path = models.CharField(max_length=200)
    request = models.JSONField()
    status = models.PositiveSmallIntegerField()
    answer = models.TextField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")
        constraints: ClassVar = [models.UniqueConstraint(fields=["terminal", "key"], name="pos_key_once")]
        indexes: ClassVar = [models.Index(F("created_at"), name="pos_key_age")]

    def __str__(self) -> str:
        return self.key
