"""Telling facts: one append-only row per fact, in the transaction of the verb that changed it."""

from datetime import datetime
from typing import Any

from django.db import connection

from core.db import as_json


def tell(
    kind: str, *, reference: str, occurred_at: datetime, member_id: int | None = None, payload: dict[str, Any] | None = None
) -> None:
    """Write the fact KIND (such as "purchase.recorded") about REFERENCE. Payload: ids, numbers and codes only."""
    tell_many([{"kind": kind, "member_id": member_id, "reference": reference, "payload": payload or {}, "occurred_at": occurred_at}])


def tell_many(facts: list[dict[str, Any]]) -> None:
    """Write several facts in one statement; each a dict with kind, member_id, reference, payload, occurred_at."""
    if not facts:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            insert into core_event (kind, member_id, reference, payload, occurred_at)
            select kind, member_id, reference, payload, occurred_at
            from jsonb_to_recordset(%s::jsonb)
                as f(kind text, member_id bigint, reference text, payload jsonb, occurred_at timestamptz)
            """,
            [as_json(facts)],
        )
