"""What templates of staff pages need: numbers as they are written there."""

from decimal import Decimal

from django import template

from core import once, words

register = template.Library()


@register.filter
def grouped(number: int | None) -> str:
    """12,345; a dash for none."""
    return words.NOTHING if number is None else f"{number:,}".replace("-", words.MINUS)


@register.filter
def signed(number: int) -> str:
    """+12,345 or −12,345."""
    return words.signed(number)


@register.filter
def money(amount: Decimal | None) -> str:
    """GBP 1,234.50, in the programme's currency."""
    return words.amount(amount, once.programme().currency)
