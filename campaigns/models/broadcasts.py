"""Broadcasts: letters to a segment."""

import uuid
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models.greetings import Greeting
from campaigns.models.segments import Segment


class Broadcast(Greeting):
    """A letter to a segment, on one day by each member's own clock. Its occasions are those of a greeting, each once.

    `lasts_days`: what was paused or slowed down may still go so many days, the first one among them. `per_minute`: at
    most so many are written a minute. `hold_out`: per cent of those it would reach who get nothing, so that the others
    can be compared with them; who is decided by `salt` and the member's number alone.
    """

    segment = models.ForeignKey(Segment, models.PROTECT, related_name="+", verbose_name=_("segment"))
    on = models.DateField(_("day"))
    lasts_days = models.PositiveSmallIntegerField(
        _("days to finish"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(7)],
        help_text=_("What was paused or slowed down goes on so long; then it is given up."),
    )
    per_minute = models.PositiveIntegerField(
        _("at most a minute"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100_000)],
        help_text=_("So many are written a minute. Empty: as fast as it goes."),
    )
    hold_out = models.PositiveSmallIntegerField(
        _("hold-out in per cent"),
        default=0,
        validators=[MaxValueValidator(50)],
        help_text=_("Drawn at random, they get nothing, so that the others can be compared."),
    )
    salt = models.UUIDField(default=uuid.uuid4, editable=False)

    class Meta:
        verbose_name = _("broadcast")
        verbose_name_plural = _("broadcasts")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(lasts_days__range=(1, 7), hold_out__lte=50)
                & (Q(per_minute__isnull=True) | Q(per_minute__gt=0)),
                name="campaigns_broadcast_within_bounds",
            ),
        ]
