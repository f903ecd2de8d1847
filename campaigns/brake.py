"""The volume brake: ten times as many greetings as the day before are not written before somebody has looked. What
members need to know of their points and tier is not counted and not held."""

from datetime import datetime, timedelta

from django.db import transaction

from access import audit
from access.models import User
from campaigns.models import MARKETING, Occasion, Release
from core import clock
from core.models import Programme

# So many need no comparison: a small shop's first festival.
UNASKED = 1000
TIMES = 10
NO_LIMIT = 2**31


def room(programme: Programme, *, at: datetime) -> int:
    """How many greetings may still be written in AT's business day. At most three queries."""
    today = clock.business_date(at, programme)
    if Release.objects.filter(on=today).exists():
        return NO_LIMIT
    begins, ends = clock.start_of(today, programme), clock.start_of(today + timedelta(days=1), programme)
    before = _written(clock.start_of(today - timedelta(days=1), programme), begins)
    return max(0, max(UNASKED, TIMES * before) - _written(begins, ends))


def held(programme: Programme, *, at: datetime) -> int:
    """How many greetings are due and held back; 0 when the brake is off. At most four queries."""
    if room(programme, at=at):
        return 0
    due = Occasion.objects.filter(state=Occasion.State.PLANNED, due_at__lte=at, greeting__is_active=True)
    return due.filter(greeting__kind__in=MARKETING).count()


def release(programme: Programme, *, actor: User, at: datetime) -> None:
    """Let the day's greetings go, whatever their number. Audited. A repeat changes nothing."""
    today = clock.business_date(at, programme)
    with transaction.atomic():
        _released, is_new = Release.objects.get_or_create(on=today, defaults={"by": actor, "at": at})
        if is_new:
            audit.record("greetings.released", subject=f"release:{today}", actor=actor)


def _written(begins: datetime, ends: datetime) -> int:
    written = Occasion.objects.filter(state=Occasion.State.WRITTEN, done_at__gte=begins, done_at__lt=ends)
    return written.filter(greeting__kind__in=MARKETING).count()
