"""How staff pages write who did what."""

from django import template

from access import queries
from core import naming

register = template.Library()


@register.filter
def by_whom(source: str) -> str:
    """By whom or where something came about."""
    return naming.source(source, queries.staff_names())


@register.filter
def deed(code: str) -> str:
    """What was done."""
    return naming.deed(code)
