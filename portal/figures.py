"""Pure: numbers and money as people read them."""

from decimal import Decimal

from core import money

MINUS = money.MINUS


def number(value: int) -> str:
    """12345 as 12,345: both of our languages group by thousands."""
    return f"{value:,}".replace("-", MINUS)


def signed(value: int) -> str:
    """A change of points: +25 or −25."""
    return f"+{number(value)}" if value > 0 else number(value)


def amount(value: Decimal, currency: str, *, whole: bool = False) -> str:
    """Money with the sign of its currency, rounded to its smallest unit: £25.40. WHOLE leaves out .00."""
    return money.shown(value, currency, whole=whole)
