"""Nobody's phone rings at night for what nobody is waiting for."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from messaging.daytime import daytime

SHANGHAI = ZoneInfo("Asia/Shanghai")
LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("at", "zone", "expected"),
    [
        (datetime(2026, 3, 1, 0, 5, tzinfo=LONDON), LONDON, datetime(2026, 3, 1, 9, tzinfo=LONDON)),
        (datetime(2026, 3, 1, 8, 59, tzinfo=LONDON), LONDON, datetime(2026, 3, 1, 9, tzinfo=LONDON)),
        (datetime(2026, 3, 1, 9, 0, tzinfo=LONDON), LONDON, datetime(2026, 3, 1, 9, tzinfo=LONDON)),
        (datetime(2026, 3, 1, 19, 59, tzinfo=LONDON), LONDON, datetime(2026, 3, 1, 19, 59, tzinfo=LONDON)),
        (datetime(2026, 3, 1, 20, 0, tzinfo=LONDON), LONDON, datetime(2026, 3, 2, 9, tzinfo=LONDON)),
        (datetime(2026, 3, 1, 4, 0, tzinfo=SHANGHAI), SHANGHAI, datetime(2026, 3, 1, 9, tzinfo=SHANGHAI)),
        # The night in which the clocks go forward is an hour shorter.
        (datetime(2026, 3, 28, 23, 0, tzinfo=UTC), LONDON, datetime(2026, 3, 29, 8, tzinfo=UTC)),
    ],
)
def test_the_night_is_waited_out(at: datetime, zone: ZoneInfo, expected: datetime) -> None:
    assert daytime(at.astimezone(UTC), zone.key) == expected.astimezone(UTC)
