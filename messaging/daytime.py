"""Pure: when messages may ring that nobody is waiting for."""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo


class Hours(NamedTuple):
    """From when until when of a day, by the reader's own clock."""

    begins: time
    ends: time


DAY = Hours(time(9), time(20))


def daytime(at: datetime, zone: str, hours: Hours = DAY) -> datetime:
    """AT when it is day there (HOURS by ZONE's clock), else when the next day begins. In UTC."""
    local = at.astimezone(ZoneInfo(zone))
    if hours.begins <= local.time() < hours.ends:
        return at
    day = local.date() + timedelta(days=local.time() >= hours.ends)
    return at_local(day, hours.begins, zone)


def at_local(day: date, moment: time, zone: str) -> datetime:
    """MOMENT of DAY by ZONE's clock, in UTC. In a gap of that clock: as much later as the gap is long."""
    return datetime.combine(day, moment, ZoneInfo(zone)).astimezone(UTC)
