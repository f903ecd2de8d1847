"""Keeping the figures of whole days. What is kept can be thrown away at any time: it is made of facts, again and again.

The snapshot is right at any moment, not only after it was taken: it knows how far it reaches (`models.Snapshot`), and
days to which something came since are read from the facts (`queries.reach`).
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from core import db
from core.models import Programme
from insights import queries
from insights.models import Snapshot
from insights.periods import Period, runs
from insights.queries import Facts

# Rows of transactions still open while a snapshot is taken have lower ids than it has seen. So many are read again.
STILL_OPEN = 10_000
CHUNK_DAYS = 31

Tick = Callable[[int], None]

MARKS = """
    select (select coalesce(max(id), 0) from sales_purchase) as purchase,
           (select coalesce(max(id), 0) from pos_settlement) as settlement,
           (select coalesce(max(id), 0) from points_posting) as posting
"""


def take(programme: Programme, *, at: datetime, tick: Tick) -> None:
    """Bring the kept days up to date: those to which something came since the last time, a month at a time.

    When the programme's days are cut otherwise than then, all days. TICK hears how many days each part had. Interrupted
    work is done again: until the last line, the days count as not kept.
    """
    known = queries.reach(programme)
    (marks,) = db.rows(MARKS)
    if not known.is_kept:
        _forget()
    for run in _chunks(known.sales):
        with transaction.atomic():
            _keep("insights_storeday", run, queries.SALES_COLUMNS, queries.fresh_sales(list(run)))
        tick(run.days)
    for run in _chunks(known.points):
        with transaction.atomic():
            _keep("insights_pointsday", run, queries.POINTS_COLUMNS, queries.fresh_points(list(run), programme))
        tick(run.days)
    Snapshot.objects.update_or_create(
        id=1,
        defaults={
            "taken_at": at,
            "time_zone": programme.time_zone,
            "day_ends_at": programme.day_ends_at,
            **{f"last_{name}": max(0, mark - STILL_OPEN) for name, mark in marks.items()},
        },
    )


def _forget() -> None:
    """Throw away what is kept: it was never finished, or cut by other hours."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("delete from insights_snapshot")
        cursor.execute("delete from insights_storeday")
        cursor.execute("delete from insights_pointsday")


def _chunks(days: Sequence[date]) -> Iterator[Period]:
    for run in runs(list(days)):
        first = run.first
        while first <= run.last:
            last = min(first + timedelta(days=CHUNK_DAYS - 1), run.last)
            yield Period(first, last)
            first = last + timedelta(days=1)


def _keep(table: str, run: Period, columns: Sequence[str], facts: Facts) -> None:
    sql, params = facts
    with connection.cursor() as cursor:
        cursor.execute(f"delete from {table} where day between %s and %s", [run.first, run.last])
        cursor.execute(f"insert into {table} ({', '.join(columns)}) {sql}", params)
