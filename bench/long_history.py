"""A sale for a member with 100,000 postings, against the same for one with ten."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count

from django.db import transaction

from bench import databases
from bench.figures import Comparison, seconds
from core import programme as programmes
from pos import purchases
from pos.receipts import Line, Receipt

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SALES = 200
numbers = count(1)


def measure(*, rounds: int = 5) -> list[Comparison]:
    """The same purchases recorded in process for both members, in turn, SALES each round, each its own transaction."""
    databases.ours("bench_ours", "programme", "till", "long", members=1000)
    databases.use("bench_ours")
    result = Comparison("A sale with 100,000 postings", "s", 1.2, higher_is_better=False)
    result.settings = f"{SALES} sales a round, in process; floor: 10 postings"
    _sell(1)
    _sell(2)
    for _round in range(rounds):
        result.floor.append(seconds(lambda: _sell(2)))
        result.ours.append(seconds(lambda: _sell(1)))
    databases.use("postgres")
    databases.drop("bench_ours")
    return [result]


def _sell(member_id: int) -> None:
    programme = programmes.current()
    for _sale in range(SALES):
        number = next(numbers)
        at = NOW + timedelta(seconds=number)
        receipt = Receipt(
            store_id=1,
            store_code="B",
            terminal_id=1,
            terminal_code="1",
            business_on=NOW.date(),
            number=str(number),
            occurred_at=at,
            at=at,
            currency="GBP",
            lines=(
                Line("TEA-1", Decimal(1), Decimal("12.50"), category="tea"),
                Line("GIFT-2", Decimal(2), Decimal("30.00"), category="gift"),
                Line("POST", Decimal(1), Decimal("4.95"), category="service"),
            ),
            member_id=member_id,
        )
        with transaction.atomic():
            purchases.record_one(receipt, programme=programme, actor="till:B/1")
