"""What templates of staff pages need: numbers as they are written there."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.conf import settings

from core import naming, once, words

register = template.Library()


@register.filter
def grouped(number: int | Decimal | None) -> str:
    """12,345; a dash for none."""
    return words.NOTHING if number is None else f"{number:,.0f}".replace("-", words.MINUS)


@register.filter
def signed(number: int) -> str:
    """+12,345 or −12,345."""
    return words.signed(number)


@register.filter
def moved(number: int) -> str:
    """+12,345 or −12,345; a dash for none."""
    return words.signed(number) if number else words.NOTHING


@register.filter
def money(amount: Decimal | None) -> str:
    """£1,234.50, in the programme's currency."""
    return words.amount(amount, once.programme().currency)


@register.filter
def reasons(found: Sequence[Mapping[str, Any]]) -> str:
    """The reasons of a posting, one a line, in the reader's language."""
    return words.reasons(found)


@register.filter
def thing(reference: str) -> str:
    """What a reference names, in words."""
    return naming.thing(reference)


@register.filter
def language_name(code: str) -> str:
    """The name of a language of the site."""
    return str(dict(settings.LANGUAGES).get(code, code))
