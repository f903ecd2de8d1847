"""Numbers and money as people read them."""

from decimal import Decimal

import pytest

from portal import figures


@pytest.mark.parametrize(
    ("value", "words"), [(0, "0"), (999, "999"), (1250, "1,250"), (123456789, "123,456,789"), (-5000, "−5,000")]
)
def test_numbers_are_grouped_by_thousands(value: int, words: str) -> None:
    assert figures.number(value) == words


@pytest.mark.parametrize(("value", "words"), [(25, "+25"), (-1250, "−1,250"), (0, "0")])
def test_changes_have_a_sign(value: int, words: str) -> None:
    assert figures.signed(value) == words


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        ("25.4", "GBP", "£25.40"),
        ("12.505", "CNY", "¥12.51"),
        ("1234567.89", "EUR", "€1,234,567.89"),
        ("500", "JPY", "¥500"),
        ("1.5", "KWD", "KWD 1.500"),
        ("-3.2", "USD", "−$3.20"),
        ("-0.001", "USD", "$0.00"),
    ],
)
def test_money_has_its_currency_and_its_places(amount: str, currency: str, words: str) -> None:
    assert figures.amount(Decimal(amount), currency) == words


def test_whole_money_leaves_out_what_is_nothing() -> None:
    assert figures.amount(Decimal("500.000"), "GBP", whole=True) == "£500"
    assert figures.amount(Decimal("500.50"), "GBP", whole=True) == "£500.50"
