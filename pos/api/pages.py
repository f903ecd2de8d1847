"""Pages of a list, by cursor: where the page before ended, so that what comes in meanwhile shifts nothing."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from rest_framework.request import Request

from pos.api.reading import Errors

PARAMETERS = frozenset({"cursor", "limit"})
USUAL = 50
MOST = 200
# No number of ours is larger, and no moment in microseconds: a made-up cursor can't ask for what can't be stored.
LARGEST_PART = 2**57

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which page is wanted: LIMIT rows after AFTER (the last row's place on the page before; None for the first)."""

    limit: int
    after: list[int] | None


def asked(request: Request, *, parts: int) -> Asked:
    """The page that a request asks for; a place consists of PARTS whole numbers. Raises InvalidBody."""
    errors = Errors()
    given = request.query_params
    limit = given.get("limit", str(USUAL))
    if not (limit.isascii() and limit.isdigit() and len(limit) <= len(str(MOST)) and 1 <= int(limit) <= MOST):
        errors.add("?limit", "not_a_whole_number", least=1, most=MOST)
    after = _place(given["cursor"], parts) if "cursor" in given else None
    if after is None and "cursor" in given:
        errors.add("?cursor", "invalid_cursor")
    errors.raise_any()
    return Asked(int(limit), after)


def _place(cursor: str, parts: int) -> list[int] | None:
    try:
        place = json.loads(base64.urlsafe_b64decode(cursor.encode()))
    except (binascii.Error, ValueError, RecursionError):
        return None
    if type(place) is not list or len(place) != parts:
        return None
    return place if all(type(part) is int and 0 <= part < LARGEST_PART for part in place) else None


def page(
    rows: Sequence[Row], wanted: Asked, *, place: Callable[[Row], list[int]], show: Callable[[Row], Mapping[str, Any]]
) -> dict[str, Any]:
    """The answer to a request for a page. ROWS were asked with one more than the limit, to know whether more follow."""
    here = rows[: wanted.limit]
    more = len(rows) > wanted.limit
    return {"items": [show(row) for row in here], "next_cursor": _cursor(place(here[-1])) if more else None}


def _cursor(place: list[int]) -> str:
    return base64.urlsafe_b64encode(json.dumps(place, separators=(",", ":")).encode()).decode()
