"""Stores, terminals, products, and what people bought. Money is Decimal in the programme's currency."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.models import Member


class Store(models.Model):
    """A shop, or the web shop. Its code is in receipts and references and never changes."""

    code = models.SlugField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=80)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("store")
        verbose_name_plural = _("stores")

    def __str__(self) -> str:
        return self.name


class Terminal(models.Model):
    """A till. Its key is shown once; we keep the part before the dot to find it, and a hash of the rest."""

    store = models.ForeignKey(Store, models.PROTECT, related_name="terminals", verbose_name=_("store"))
    code = models.SlugField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=80, blank=True)
    key_prefix = models.CharField(_("key begins with"), max_length=16, unique=True)
    key_hash = models.CharField(max_length=64, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        verbose_name = _("terminal")
        verbose_name_plural = _("terminals")
        constraints: ClassVar = [models.UniqueConstraint(fields=["store", "code"], name="sales_terminal_code")]

    def __str__(self) -> str:
        return f"{self.store.code}/{self.code}"


class Category(models.Model):
    """A kind of goods that rules speak of."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    """Something sold. Tills may sell what is not listed here; it then has no category."""

    sku = models.CharField(_("SKU"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=160)
    category = models.ForeignKey(
        Category, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("category")
    )
    price = models.DecimalField(_("price"), max_digits=16, decimal_places=3, null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")

    def __str__(self) -> str:
        return f"{self.sku} {self.name}"


class Purchase(models.Model):
    """A recorded sale: one receipt of one terminal on one business date. Without member until it is given to one."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    store = models.ForeignKey(Store, models.PROTECT, related_name="+", verbose_name=_("store"), db_index=False)
    terminal = models.ForeignKey(Terminal, models.PROTECT, related_name="+", verbose_name=_("terminal"), db_index=False)
    business_on = models.DateField(_("business date"))
    number = models.CharField(_("receipt"), max_length=40)
    member = models.ForeignKey(
        Member,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("member"),
        db_index=False,
    )
    amount = models.DecimalField(_("amount"), max_digits=16, decimal_places=3)
    currency = models.CharField(_("currency"), max_length=3)
    channel = models.CharField(_("channel"), max_length=20, default="store")
    cashier = models.CharField(_("cashier"), max_length=40, blank=True)
    claim_code = models.CharField(_("receipt code"), max_length=16)
    content_hash = models.CharField(max_length=64, editable=False)
    occurred_at = models.DateTimeField(_("when"))
    recorded_at = models.DateTimeField(_("recorded"))
    assigned_at = models.DateTimeField(_("given to the member"), null=True, blank=True)

    class Meta:
        verbose_name = _("purchase")
        verbose_name_plural = _("purchases")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "terminal", "business_on", "number"], name="sales_receipt_once"),
            models.UniqueConstraint(fields=["claim_code"], name="sales_claim_code_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="sales_purchase_not_negative"),
        ]
        indexes: ClassVar = [
            models.Index(F("member"), F("occurred_at").desc(), name="sales_purchase_of_member"),
            models.Index(F("occurred_at").desc(), name="sales_purchase_latest"),
            models.Index(F("store"), F("occurred_at").desc(), F("id").desc(), name="sales_purchase_of_store"),
            models.Index(F("number"), name="sales_purchase_number"),
        ]

    def __str__(self) -> str:
        return self.number


class PurchaseLine(models.Model):
    """Goods on a receipt. `amount` is what was paid for the line, after its discount."""

    id = models.BigAutoField(primary_key=True)
    purchase = models.ForeignKey(Purchase, models.PROTECT, related_name="lines", db_index=False)
    position = models.PositiveSmallIntegerField(_("line"))
    sku = models.CharField(_("SKU"), max_length=40)
    name = models.CharField(_("name"), max_length=160, blank=True)
    category = models.CharField(_("category"), max_length=40, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=3)
    amount = models.DecimalField(_("amount"), max_digits=16, decimal_places=3)

    class Meta:
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["purchase", "position"], name="sales_line_position"),
            models.CheckConstraint(condition=Q(quantity__gt=0, amount__gte=0), name="sales_line_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.sku}"


class Return(models.Model):
    """Goods brought back from one purchase, under a number of the till's own."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    purchase = models.ForeignKey(Purchase, models.PROTECT, related_name="returns", verbose_name=_("purchase"))
    terminal = models.ForeignKey(Terminal, models.PROTECT, related_name="+", verbose_name=_("terminal"))
    number = models.CharField(_("return number"), max_length=40)
    amount = models.DecimalField(_("amount"), max_digits=16, decimal_places=3)
    content_hash = models.CharField(max_length=64, editable=False)
    occurred_at = models.DateTimeField(_("when"))
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta:
        verbose_name = _("return")
        verbose_name_plural = _("returns")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["purchase", "number"], name="sales_return_once"),
        ]

    def __str__(self) -> str:
        return self.number


class ReturnLine(models.Model):
    """So many of a purchase's line came back."""

    id = models.BigAutoField(primary_key=True)
    of_return = models.ForeignKey(Return, models.PROTECT, related_name="lines", db_column="return_id")
    line = models.ForeignKey(PurchaseLine, models.PROTECT, related_name="returned")
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=3)
    amount = models.DecimalField(_("amount"), max_digits=16, decimal_places=3)

    class Meta:
        verbose_name = _("returned line")
        verbose_name_plural = _("returned lines")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(quantity__gt=0, amount__gte=0), name="sales_return_line_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} × {self.quantity}"
