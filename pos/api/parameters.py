"""Reading parameters of an address, as strictly as bodies."""

import re
from datetime import date

from rest_framework.request import Request

from core.characters import UNWRITABLE
from pos.api.reading import Errors

ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def text(request: Request, name: str, longest: int) -> str | None:
    """Text of 1 to LONGEST characters, None when it is not given. Raises InvalidBody."""
    value = request.query_params.get(name)
    if value is None:
        return None
    errors = Errors()
    if not value:
        errors.add(f"?{name}", "blank")
    elif len(value) > longest:
        errors.add(f"?{name}", "too_long", most=longest)
    elif UNWRITABLE.search(value):
        errors.add(f"?{name}", "unwritable")
    errors.raise_any()
    return str(value)


def day(request: Request, name: str) -> date | None:
    """A date, None when it is not given. Raises InvalidBody."""
    value = request.query_params.get(name)
    if value is None:
        return None
    if ISO_DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass  # told below: there is no such day
    errors = Errors()
    errors.add(f"?{name}", "not_a_date")
    errors.raise_any()
    return None
