"""Telling facts: one append-only row per fact, in the transaction of the verb that changed it."""

from datetime import datetime
from typing import Any

from core.db import as_json, value


def tell(
    kind: str,
    *,
    reference: str,
    occurred_at: datetime,
    member_id: int | None = None,
    payload: dict[str, Any] | None = None,
) -> None:
    """Write the fact KIND (such as "purchase.recorded") about REFERENCE. Payload: ids, numbers and codes only."""
    tell_many([fact(kind, reference=reference, occurred_at=occurred_at, member_id=member_id, payload=payload)])


def fact(
    kind: str,
    *,
    reference: str,
    occurred_at: datetime,
    member_id: int | None = None,
    payload: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A fact as tell_many and core_tell take it."""
    return {
        "kind": kind,
        "member_id": member_id,
        "reference": reference,
        "payload": payload or {},
        "occurred_at": occurred_at,
    }


def tell_many(facts: list[dict[str, Any]]) -> None:
    """Write several facts in one statement; each a dict with kind, member_id, reference, payload, occurred_at."""
    if not facts:
        return
    value("select core_tell(%s::jsonb)", [as_json(facts)])
