"""Amounts of money."""

import pytest

from core import money


@pytest.mark.parametrize(
    ("currency", "amount"),
    [("GBP", "1000000.00"), ("CNY", "1000000.00"), ("JPY", "100000000"), ("KWD", "100000.000"),
     ("VND", "100000000000"), ("IDR", "1000000000.00")],
)  # fmt: skip
def test_what_is_more_than_anybody_pays_at_once_goes_by_the_currencys_smallest_unit(currency: str, amount: str) -> None:
    assert str(money.large(currency)) == amount
