"""Years of members as tables, to be read by whoever runs the programme and to be argued about line by line.

Each line is one day on which something happens, and how the member stands after it, as the till is told. `A/1` is the
first line of receipt A. One point for each whole pound, gift cards earn nothing. Silver from £500 in twelve months
(× 1.25), Gold from £2,000 (× 1.5). Points last to the end of the month after twelve months.
"""

from collections.abc import Iterator

import pytest
import time_machine

from points.models import PointType
from tests import factories
from tests.factories import Shop
from tests.journeys import street, tables
from tests.journeys.tables import Telling
from tests.pos.till import Till

# Points wait a fortnight. The coat (B/1) had made Silver; with it goes Silver, but what was bought as Silver meanwhile
# keeps its bonus. What is not used in a year is gone at midnight, whether or not the night's work is done already.
ORDINARY_YEAR = """
| on         | what happens                             | points | pending | usable | owed | tier   | to the next |
| 2026-01-10 | buys A: 45.90 + 54.10 + 50.00 gift-cards | +100   | 100     | 0      | 0    | member | 400.00      |
| 2026-01-12 | buys B: 400.00 + 20.00                   | +420   | 520     | 0      | 0    | silver | 1480.00     |
| 2026-01-20 | buys C: 79.99                            | +98    | 618     | 0      | 0    | silver | 1400.01     |
| 2026-01-22 | brings back B/1                          | -400   | 218     | 0      | 0    | member | 300.01      |
| 2026-01-25 | looks                                    |        | 118     | 100    | 0    | member | 300.01      |
| 2026-02-04 | looks                                    |        | 0       | 218    | 0    | member | 300.01      |
| 2026-06-15 | buys D: 520.00                           | +520   | 520     | 218    | 0    | silver | 1280.01     |
| 2026-07-01 | night                                    | +0     | 0       | 738    | 0    | silver | 1280.01     |
| 2027-01-31 | looks                                    |        | 0       | 738    | 0    | silver | 1480.00     |
| 2027-02-01 | looks                                    |        | 0       | 520    | 0    | silver | 1480.00     |
| 2027-02-02 | night                                    | -218   | 0       | 520    | 0    | silver | 1480.00     |
| 2027-07-01 | night                                    | -520   | 0       | 0      | 0    | silver | 2000.00     |
| 2027-07-31 | looks                                    |        | 0       | 0      | 0    | silver | 2000.00     |
| 2027-08-01 | looks                                    |        | 0       | 0      | 0    | member | 500.00      |
"""

# Points used for goods that come back later are owed, and the next ones that come settle it. Points that had settled
# a debt open it again when their own goods come back. Using points never lowers a tier.
GOODS_BACK_AFTER_POINTS_WERE_USED = """
| on         | what happens          | points | usable | owed | tier   | to the next |
| 2026-01-10 | buys A: 60.00 + 40.00 | +100   | 100    | 0    | member | 400.00      |
| 2026-01-11 | uses 80               | -80    | 20     | 0    | member | 400.00      |
| 2026-01-12 | brings back A/1       | -60    | 0      | 40   | member | 460.00      |
| 2026-01-13 | buys B: 30.00         | +30    | 0      | 10   | member | 430.00      |
| 2026-01-14 | is given 25           | +25    | 15     | 0    | member | 430.00      |
| 2026-01-15 | brings back A/2       | -40    | 0      | 25   | member | 470.00      |
| 2026-01-16 | brings back B/1       | -30    | 0      | 55   | member | 500.00      |
| 2026-01-17 | buys C: 60.00         | +60    | 5      | 0    | member | 440.00      |
| 2026-01-18 | is taken 5            | -5     | 0      | 0    | member | 440.00      |
"""

# One large purchase skips a rung; brought back, it takes the tier with it. Silver came by C and Gold by D, so that C
# brought back leaves Gold unearned but takes it only at the end of the next month; then Silver, which D earns alone,
# to the end of the month after D has left the twelve months.
LADDER = """
| on         | what happens     | points | usable | tier   | to the next |
| 2026-01-10 | buys A: 2100.00  | +2100  | 2100   | gold   |             |
| 2026-01-11 | buys B: 99.99    | +148   | 2248   | gold   |             |
| 2026-01-12 | brings back A/1  | -2100  | 148    | member | 400.01      |
| 2026-01-13 | buys C: 600.00   | +600   | 748    | silver | 1300.01     |
| 2026-02-10 | buys D: 1400.00  | +1750  | 2498   | gold   |             |
| 2026-02-20 | brings back C/1  | -600   | 1898   | gold   |             |
| 2026-03-31 | looks            |        | 1898   | gold   |             |
| 2026-04-01 | night            |        | 1898   | silver | 500.01      |
| 2027-02-01 | night            | -148   | 1750   | silver | 600.00      |
| 2027-03-01 | night            | -1750  | 0      | silver | 2000.00     |
| 2027-03-31 | looks            |        | 0      | silver | 2000.00     |
| 2027-04-01 | looks            |        | 0      | member | 500.00      |
"""

# Points are rounded once, on all that a receipt earns, never line by line. Three pieces for £10 brought back one by
# one end where all at once would: at nothing.
ROUNDING = """
| on         | what happens                 | points | usable | tier   | to the next |
| 2026-01-10 | buys A: 3 for 10.00          | +10    | 10     | member | 490.00      |
| 2026-01-11 | brings back A/1, 1 of them   | -4     | 6      | member | 493.33      |
| 2026-01-12 | brings back A/1, 1 of them   | -3     | 3      | member | 496.67      |
| 2026-01-13 | brings back A/1, 1 of them   | -3     | 0      | member | 500.00      |
| 2026-01-14 | buys B: 0.99 + 0.99          | +1     | 1      | member | 498.02      |
| 2026-01-15 | brings back B/2              | -1     | 0      | member | 499.01      |
| 2026-01-16 | buys C: 50.00 gift-cards     |        | 0      | member | 499.01      |
| 2026-01-17 | buys D: 0.99                 |        | 0      | member | 498.02      |
"""

# A shop in Shanghai whose business day ends at four in the morning: 1 point for each ¥10, usable on the next day.
SMALL_HOURS = """
| on               | what happens    | points | pending | usable | tier   | to the next |
| 2026-01-11 03:30 | buys A: 400.00  | +40    | 40      | 0      | member | 100.00      |
| 2026-01-11 03:59 | looks           |        | 40      | 0      | member | 100.00      |
| 2026-01-11 04:00 | buys B: 109.99  | +10    | 10      | 40     | silver | 1490.01     |
| 2026-01-12 03:59 | looks           |        | 10      | 40     | silver | 1490.01     |
| 2026-01-12 04:00 | looks           |        | 0       | 50     | silver | 1490.01     |
| 2027-01-31 23:00 | looks           |        | 0       | 50     | silver | 2000.00     |
| 2027-02-01 03:59 | looks           |        | 0       | 50     | silver | 2000.00     |
| 2027-02-01 04:00 | looks           |        | 0       | 0      | silver | 2000.00     |
"""


@pytest.fixture
def clock(db: None) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(street.in_london(2026, 1, 1), tick=False) as traveller:
        yield traveller


def plays_out(table: str, shop: Shop, clock: time_machine.Traveller) -> None:
    """Assert that each row of TABLE comes out as it stands there."""
    ada = factories.member()
    telling = Telling(shop, ada, Till(shop.terminal), clock)
    for row in tables.rows(table):
        assert telling.row_as_it_is(row) == row
    assert tables.balance_is_the_sum(ada)


def test_an_ordinary_year(clock: time_machine.Traveller) -> None:
    plays_out(ORDINARY_YEAR, street.shop(pending_days=14), clock)


@pytest.mark.parametrize("table", [GOODS_BACK_AFTER_POINTS_WERE_USED, LADDER, ROUNDING])
def test_points_that_can_be_used_at_once(table: str, clock: time_machine.Traveller) -> None:
    plays_out(table, street.shop(), clock)


def test_a_day_that_ends_at_four_in_the_morning(clock: time_machine.Traveller) -> None:
    shop = factories.chinese_shop()
    PointType.objects.update(pending_days=1)

    plays_out(SMALL_HOURS, shop, clock)
