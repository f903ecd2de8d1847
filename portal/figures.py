"""Pure: numbers and money as people read them."""

from decimal import Decimal

from core import money

MINUS = "\N{MINUS SIGN}"
_SIGNS = {
    "CNY": "¥", "JPY": "¥", "GBP": "£", "EUR": "€", "USD": "$", "HKD": "HK$", "TWD": "NT$", "SGD": "S$",
    "AUD": "A$", "NZD": "NZ$", "CAD": "CA$", "MOP": "MOP$", "KRW": "₩", "INR": "₹", "THB": "฿", "VND": "₫",
    "PHP": "₱", "MYR": "RM",
}  # fmt: skip


def number(value: int) -> str:
    """12345 as 12,345: both of our languages group by thousands."""
    return f"{value:,}".replace("-", MINUS)


def signed(value: int) -> str:
    """A change of points: +25 or −25."""
    return f"+{number(value)}" if value > 0 else number(value)


def amount(value: Decimal, currency: str, *, whole: bool = False) -> str:
    """Money with the sign of its currency, rounded to its smallest unit: £25.40. WHOLE leaves out .00."""
    rounded = money.rounded(value, currency)
    places = 0 if whole and rounded == rounded.to_integral_value() else money.places(currency)
    text = f"{abs(rounded):,.{places}f}"
    return (MINUS if rounded < 0 else "") + _SIGNS.get(currency, f"{currency} ") + text
