"""Keeping the figures of whole days. What is kept can be thrown away at any time: it is made of facts, again and again.

The snapshot is right at any moment, not only after it was taken: it knows how far it reaches (`models.Snapshot`), and
days to which something came since, or which are due, are read from the facts (`queries.reach`).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from core import db
from core.models import Programme
from insights import queries
from insights.models import DueDay, PointsDay, Snapshot, StoreDay
from insights.periods import Period, runs
from insights.queries import Facts

# Rows of transactions still open while a snapshot is taken have lower ids than it has seen. So many are read again.
STILL_OPEN = 10_000
# So many days are added up at once: a week of 25,000 movements a day is a matter of a second or two.
CHUNK_DAYS = 7

Kind = DueDay.Kind
Tick = Callable[[int, int], None]

MARKS = """
    select (select coalesce(max(id), 0) from sales_purchase) as purchase,
           (select coalesce(max(id), 0) from pos_settlement) as settlement,
           (select coalesce(max(id), 0) from points_posting) as posting
"""


def take(programme: Programme, *, at: datetime, tick: Tick) -> None:
    """Bring the kept days up to date: those to which something came since the last time, a week at a time.

    When the programme's days are cut otherwise than then, all days. TICK hears how many days each week had and how many
    weeks are left, and may stop the work there: what is done stays done, and the next call does what is left, no more.
    """
    if not (DueDay.objects.exists() and queries.is_kept(programme)):
        with transaction.atomic():
            _mark(programme, at)
    weeks = [(kind, week) for kind in Kind for week in _chunks(_due(kind))]
    for done, (kind, week) in enumerate(weeks, start=1):
        with transaction.atomic():
            if kind == Kind.SALES:
                _keep("insights_storeday", week, queries.SALES_COLUMNS, queries.fresh_sales(list(week)))
            else:
                _keep("insights_pointsday", week, queries.POINTS_COLUMNS, queries.fresh_points(list(week), programme))
            DueDay.objects.filter(kind=kind, day__range=(week.first, week.last)).delete()
        tick(week.days, len(weeks) - done)


def _mark(programme: Programme, at: datetime) -> None:
    """Note which days are due because of what has come by now, and that the snapshot reaches as far as that."""
    (marks,) = db.rows(MARKS)
    if queries.is_kept(programme):
        known = queries.reach(programme)
        _note({Kind.SALES: known.sales, Kind.POINTS: known.points})
    else:
        for model in (Snapshot, StoreDay, PointsDay, DueDay):
            model._default_manager.all().delete()
        _note(queries.all_days(programme))
    Snapshot.objects.update_or_create(
        id=1,
        defaults={
            "taken_at": at,
            "time_zone": programme.time_zone,
            "day_ends_at": programme.day_ends_at,
            **{f"last_{name}": max(0, mark - STILL_OPEN) for name, mark in marks.items()},
        },
    )


def _note(days: dict[str, Sequence[date]]) -> None:
    due = (DueDay(kind=kind, day=day) for kind, some in days.items() for day in some)
    DueDay.objects.bulk_create(due, ignore_conflicts=True)


def _due(kind: str) -> list[date]:
    return list(DueDay.objects.filter(kind=kind).values_list("day", flat=True))


def _chunks(days: Iterable[date]) -> Iterator[Period]:
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
