"""What pages need that show messages."""

from django import template

from messaging import kinds

register = template.Library()


@register.filter
def kind_title(code: str) -> str:
    """What a kind of message is called, in the reader's language."""
    return kinds.title(code)
