"""Reading events in order, each once, by readers that remember how far they are.

Events are read in the order (transaction, id) and only below the oldest transaction that is still open: one that
commits late comes with its own number, behind which no reader has gone.
"""

from core.models import Cursor, Event

# A database restored into a new cluster counts transactions from the beginning: then the reader begins again too.
NEXT = """
    with place as (
        select case when transaction < pg_snapshot_xmax(pg_current_snapshot())::text::bigint then transaction else 0 end
                   as transaction, event
        from core_cursor where reader = %(reader)s
    )
    select e.*
    from core_event e, place
    where (e.transaction, e.id) > (place.transaction, place.event)
      and e.transaction < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
    order by e.transaction, e.id
    limit %(limit)s
"""


def take(reader: str, *, limit: int) -> list[Event]:
    """The next events for READER, whose cursor moves behind them. For the caller's transaction, with what it does.

    While another transaction reads for the same reader, there is nothing to take.
    """
    if not Cursor.objects.filter(reader=reader).exists():
        Cursor.objects.bulk_create([Cursor(reader=reader)], ignore_conflicts=True)
    place = Cursor.objects.select_for_update(skip_locked=True).filter(reader=reader).first()
    if place is None:
        return []
    found = list(Event.objects.raw(NEXT, {"reader": reader, "limit": limit}))
    if found:
        place.transaction, place.event = found[-1].transaction, found[-1].id
        place.save(update_fields=["transaction", "event"])
    return found
