"""Pure: when messages may ring that nobody is waiting for."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

BEGINS = time(9)
ENDS = time(20)


def daytime(at: datetime, zone: str) -> datetime:
    """AT when it is day there (9:00 to 20:00 by ZONE's clock), else the next morning at nine. In UTC."""
    local = at.astimezone(ZoneInfo(zone))
    if BEGINS <= local.time() < ENDS:
        return at
    day = local.date() + timedelta(days=local.time() >= ENDS)
    return datetime.combine(day, BEGINS, local.tzinfo).astimezone(UTC)
