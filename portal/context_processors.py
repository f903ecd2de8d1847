"""What every page knows."""

from typing import Any

from django.http import HttpRequest

from core import programme as programmes


def programme(request: HttpRequest) -> dict[str, Any]:
    """The programme, for its name and settings; None before it was set up."""
    return {"programme": programmes.current_or_none()}
