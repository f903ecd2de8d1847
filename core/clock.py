"""The programme's time: aware UTC inside, business dates in the programme's zone."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from django.utils import timezone


class Hours(Protocol):
    """What a business day depends on: a zone and the hour of the night at which the day ends."""

    @property
    def time_zone(self) -> str: ...
    @property
    def day_ends_at(self) -> int: ...


def now() -> datetime:
    """This moment, aware, in UTC."""
    return timezone.now()


def business_date(at: datetime, hours: Hours) -> date:
    """The business date that the moment AT belongs to: with day_ends_at=4, 03:59 is still the day before."""
    return (at.astimezone(ZoneInfo(hours.time_zone)) - timedelta(hours=hours.day_ends_at)).date()


def start_of(day: date, hours: Hours) -> datetime:
    """The first moment of a business date, in UTC. In a gap of the local clock, the first moment after it."""
    local = datetime.combine(day, time(hours.day_ends_at), ZoneInfo(hours.time_zone))
    return local.astimezone(UTC)


def end_of_month(day: date) -> date:
    """The last day of DAY's month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def months_after(day: date, months: int) -> date:
    """DAY plus MONTHS, at most the last day of that month (31 January + 1 month is 28 or 29 February)."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
