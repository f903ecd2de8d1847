"""The first page of the staff site."""

from typing import Any

from django.http import HttpRequest


def today(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What happened on this business day."""
    return context
