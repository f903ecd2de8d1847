"""When points become usable, when they expire and what they are worth. Pure: of point type, moments, programme."""

from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal

from core import clock, money
from core.models import Programme
from points.models import PointType


def available_at(point_type: PointType, occurred_at: datetime, programme: Programme) -> datetime:
    """The moment points of a sale become usable: at once, or when so many business days have begun since."""
    if not point_type.pending_days:
        return occurred_at
    day = clock.business_date(occurred_at, programme) + timedelta(days=point_type.pending_days)
    return clock.start_of(day, programme)


def expires_at(point_type: PointType, occurred_at: datetime, at: datetime, programme: Programme) -> datetime | None:
    """The moment points of a sale expire: N months after its business date, to the end of that month; None: never.

    Points that arrive late (booked at AT) last at least the programme's grace, and pending ones as long after maturing.
    """
    if point_type.expiry_months is None:
        return None
    day = clock.months_after(clock.business_date(occurred_at, programme), point_type.expiry_months)
    ends = clock.start_of(clock.end_of_month(day) + timedelta(days=1), programme)
    usable = max(at, available_at(point_type, occurred_at, programme))
    return max(ends, grace_until(usable, programme))


def grace_until(at: datetime, programme: Programme) -> datetime:
    """The end of the grace that begins at AT: so many whole business days after AT's own."""
    day = clock.business_date(at, programme) + timedelta(days=programme.late_grace_days + 1)
    return clock.start_of(day, programme)


def worth(point_type: PointType, points: int, programme: Programme) -> Decimal:
    """What so many points are worth, in the programme's currency: rounded down, so that nobody is promised more.

    0 when the programme does not say what a point is worth.
    """
    exact = point_type.worth * points
    return exact.quantize(Decimal(1).scaleb(-money.places(programme.currency)), ROUND_DOWN)
