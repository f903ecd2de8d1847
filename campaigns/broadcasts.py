"""Broadcasts: scheduled, paused and resumed by staff. Who gets one, `planning` finds; what becomes of it, `writing`."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from access.models import User
from campaigns import greetings
from campaigns.models import Broadcast
from core import clock
from core import programme as programmes
from core.errors import LoyaltyError


class DayPassed(LoyaltyError):
    """The broadcast's days are over."""

    code = "broadcast_day_passed"
    sentence = _("Its day has passed. Choose another one first.")


class SegmentOff(LoyaltyError):
    """The broadcast's segment has been switched off, so that nobody is in it."""

    code = "broadcast_segment_off"
    sentence = _("Its segment is switched off: nobody is in it.")


def schedule(broadcast: Broadcast, *, actor: User | None, at: datetime) -> None:
    """Let a broadcast go on its day, or go on where it was paused. Audited. A repeat changes nothing.

    Raises DayPassed, SegmentOff.
    """
    last = broadcast.on + timedelta(days=broadcast.lasts_days - 1)
    if last < clock.business_date(at, programmes.current()):
        raise DayPassed
    if not broadcast.segment.is_active:
        raise SegmentOff
    greetings.switch(broadcast, on=True, actor=actor)


def has_begun(broadcast: Broadcast) -> bool:
    """Whether members have been chosen for it already."""
    return broadcast.planned_at is not None or broadcast.pass_at is not None
