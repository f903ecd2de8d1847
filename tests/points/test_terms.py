"""When points become usable and when they expire: the dates a member reads."""

from datetime import UTC, datetime

import pytest

from core.models import Programme
from points import terms
from points.models import PointType

LONDON = Programme(time_zone="Europe/London", day_ends_at=4, late_grace_days=14, currency="GBP")
SHANGHAI = Programme(time_zone="Asia/Shanghai", day_ends_at=0, late_grace_days=14, currency="CNY")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


def test_without_pending_days_points_are_usable_at_the_moment_of_the_sale() -> None:
    assert terms.available_at(PointType(pending_days=0), utc(2026, 3, 1, 12), LONDON) == utc(2026, 3, 1, 12)


def test_pending_days_are_business_days_from_their_first_hour() -> None:
    """A receipt of 03:30 belongs to the day before, in London's summer one hour ahead of UTC."""
    sold_at = utc(2026, 6, 11, 2, 30)

    assert terms.available_at(PointType(pending_days=14), sold_at, LONDON) == utc(2026, 6, 24, 3)


@pytest.mark.parametrize(
    ("sold_at", "ends"),
    [
        (utc(2026, 1, 31, 12), utc(2026, 3, 1, 4)),  # 31 January + 1 month: all of February
        (utc(2026, 2, 1, 3, 59), utc(2026, 3, 1, 4)),  # before 04:00: still January
        (utc(2026, 2, 1, 4), utc(2026, 4, 1, 3)),  # British Summer Time has begun
    ],
)
def test_expiry_runs_to_the_end_of_the_month(sold_at: datetime, ends: datetime) -> None:
    assert terms.expires_at(PointType(expiry_months=1), sold_at, sold_at, LONDON) == ends


def test_points_may_last_for_ever() -> None:
    assert terms.expires_at(PointType(expiry_months=None), utc(2026, 1, 1), utc(2026, 1, 1), LONDON) is None


def test_points_that_arrive_late_last_at_least_the_grace() -> None:
    sold_at, booked_at = utc(2025, 1, 5, 9), utc(2026, 2, 3, 9)

    assert terms.expires_at(PointType(expiry_months=12), sold_at, booked_at, SHANGHAI) == utc(2026, 2, 17, 16)


def test_points_outlast_their_own_pending_time() -> None:
    sold_at = utc(2026, 1, 5, 9)
    slow = PointType(pending_days=90, expiry_months=1)

    usable = terms.available_at(slow, sold_at, SHANGHAI)

    assert usable == utc(2026, 4, 4, 16)
    assert terms.expires_at(slow, sold_at, sold_at, SHANGHAI) == utc(2026, 4, 19, 16)
