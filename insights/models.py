"""Figures of whole days, kept so that long periods need not be added up anew. All can be made again from facts."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from points.models import PointType
from sales.models import Store


class Snapshot(models.Model):
    """How far the kept days reach: all receipts, settlements and postings up to these ids are in them, or their days
    are due (`DueDay`).

    `time_zone` and `day_ends_at` are what the days were cut by: when the programme changes them, all are cut anew.
    """

    id = models.SmallAutoField(primary_key=True)
    taken_at = models.DateTimeField()
    time_zone = models.CharField(max_length=64)
    day_ends_at = models.PositiveSmallIntegerField()
    last_purchase = models.BigIntegerField()
    last_settlement = models.BigIntegerField()
    last_posting = models.BigIntegerField()

    class Meta:
        default_permissions: ClassVar = ()
        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=1), name="insights_snapshot_is_one")]

    def __str__(self) -> str:
        return f"{self.taken_at:%Y-%m-%d}"


class DueDay(models.Model):
    """A day whose kept figures are behind the snapshot: to be added up anew, and read from the facts until then."""

    class Kind(models.TextChoices):
        SALES = "sales"
        POINTS = "points"

    kind = models.CharField(max_length=6, choices=Kind)
    day = models.DateField()

    class Meta:
        default_permissions: ClassVar = ()
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "day"], name="insights_dueday_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.day}"


class StoreDay(models.Model):
    """What one store sold on one business date, and what members had of it. `points` are the main point type's."""

    store = models.ForeignKey(Store, models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    purchases = models.IntegerField()
    amount = models.DecimalField(max_digits=18, decimal_places=3)
    member_purchases = models.IntegerField()
    member_amount = models.DecimalField(max_digits=18, decimal_places=3)
    points = models.BigIntegerField()

    class Meta:
        default_permissions: ClassVar = ()
        constraints: ClassVar = [models.UniqueConstraint(fields=["day", "store"], name="insights_storeday_once")]

    def __str__(self) -> str:
        return f"{self.store_id} {self.day}"


class PointsDay(models.Model):
    """What happened to the points of one type on one business date, by the moment it happened at the till.

    `adjusted` is signed. The last four are how much the buckets grew or shrank that day: added up from the beginning
    they are what members had, and owed, in the end.
    """

    point_type = models.ForeignKey(PointType, models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    accrued = models.BigIntegerField()
    redeemed = models.BigIntegerField()
    expired = models.BigIntegerField()
    reversed = models.BigIntegerField()
    restored = models.BigIntegerField()
    adjusted = models.BigIntegerField()
    pending = models.BigIntegerField()
    available = models.BigIntegerField()
    held = models.BigIntegerField()
    debt = models.BigIntegerField()

    class Meta:
        verbose_name = _("day's figures")
        verbose_name_plural = _("figures of days")
        default_permissions: ClassVar = ("view",)
        permissions: ClassVar = [("export_month", _("Can see and download the month for the accountant"))]
        constraints: ClassVar = [models.UniqueConstraint(fields=["day", "point_type"], name="insights_pointsday_once")]

    def __str__(self) -> str:
        return f"{self.point_type_id} {self.day}"
