"""Segments of members, by conditions or as lists, and which of them ask for one another."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Segment(models.Model):
    """A rule for members, or a list of them. Who is in it has the trait "segment:CODE", from entering to leaving.

    `conditions` is what `campaigns.conditions` reads; a list has none. `members` is how many were in it when it was
    last refreshed.
    """

    class Kind(models.TextChoices):
        CONDITIONS = "conditions", _("by conditions")
        LIST = "list", _("list from a file")

    code = models.SlugField(
        _("code"), max_length=40, unique=True, help_text=_("Latin letters, digits and dashes. It stays as it is.")
    )
    name = models.CharField(
        pgettext_lazy("of a thing", "name"), max_length=80, help_text=_("For staff; members do not see it.")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.CONDITIONS)
    conditions = models.JSONField(_("conditions"), null=True)
    is_active = models.BooleanField(_("active"), default=True)
    members = models.PositiveIntegerField(_("members"), default=0)
    refreshed_at = models.DateTimeField(_("refreshed"), null=True)

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind="conditions", conditions__isnull=False) | Q(kind="list", conditions__isnull=True),
                name="campaigns_segment_by_conditions_or_list",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SegmentUse(models.Model):
    """A segment asks whether a member is in another one, which therefore stays."""

    segment = models.ForeignKey(Segment, models.CASCADE, related_name="uses", verbose_name=_("segment"))
    used = models.ForeignKey(Segment, models.PROTECT, related_name="+", verbose_name=_("used segment"))

    class Meta:
        verbose_name = _("condition of another segment")
        verbose_name_plural = _("conditions of other segments")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["segment", "used"], name="campaigns_segment_use_once"),
            models.CheckConstraint(condition=~Q(segment=F("used")), name="campaigns_segment_not_of_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.segment_id} → {self.used_id}"
