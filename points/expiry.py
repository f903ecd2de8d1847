"""The sweeps: maturing and expiring what is due, in chunks, accounts first.

A sweep only tidies: no verb and no balance depends on it, time decides. It may run twice, late, or die half-way.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection, transaction

# One chunk makes a sale of its accounts wait at most a quarter of a second (measured, docs/performance.md).
CHUNK = 1000

MATURING = """
    select available_at, account_id from points_lot
    where is_pending and available_at <= %(at)s and (available_at, account_id) > (%(moment)s, %(account)s)
    order by available_at, account_id limit %(chunk)s
"""
EXPIRING = """
    select expires_at, account_id from points_lot
    where is_open and not is_pending and expires_at <= %(at)s and (expires_at, account_id) > (%(moment)s, %(account)s)
    order by expires_at, account_id limit %(chunk)s
"""
# Before any lot. A chunk goes on where the last one ended, so that it need not step over what is just swept.
BEGINNING = (datetime(1, 1, 2, tzinfo=UTC), 0)

Place = tuple[datetime, int]
Tick = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did: accounts touched, points moved."""

    accounts: int = 0
    points: int = 0


def mature_due(at: datetime, *, chunk: int = CHUNK, tick: Tick | None = None) -> Swept:
    """Make usable every pending point whose time has come by AT. A second run finds nothing."""
    return _sweep(MATURING, "ledger_mature", at, chunk, tick)


def expire_due(at: datetime, *, chunk: int = CHUNK, tick: Tick | None = None) -> Swept:
    """Expire every available point whose time has passed by AT; held points stay. A second run finds nothing."""
    return _sweep(EXPIRING, "ledger_expire", at, chunk, tick)


def _sweep(due: str, function: str, at: datetime, chunk: int, tick: Tick | None) -> Swept:
    """Pass after pass over what is due, chunk after chunk, each a transaction, until a pass finds nothing.

    Accounts that a sale holds at the moment are passed over; a pass that only found such waits for them.
    """
    accounts = points = 0
    wait = False
    while True:
        swept, found = _pass(due, function, at, chunk, tick, wait=wait)
        if not found:
            return Swept(accounts, points)
        accounts, points = accounts + swept.accounts, points + swept.points
        wait = swept.accounts == 0


def _pass(due: str, function: str, at: datetime, chunk: int, tick: Tick | None, *, wait: bool) -> tuple[Swept, bool]:
    accounts = points = 0
    place, found = BEGINNING, False
    while True:
        done, moved, next_place = _chunk(due, function, at, chunk, place, wait=wait)
        if next_place is None:
            return Swept(accounts, points), found
        found, place = True, next_place
        accounts, points = accounts + done, points + moved
        if tick:
            tick(done, moved)


def _chunk(
    due: str, function: str, at: datetime, chunk: int, place: Place, *, wait: bool
) -> tuple[int, int, Place | None]:
    """One chunk after PLACE: accounts swept, points moved, and where it ended; None when nothing more is due."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(due, {"at": at, "chunk": chunk, "moment": place[0], "account": place[1]})
        rows = cursor.fetchall()
        if not rows:
            return 0, 0, None
        skip = "" if wait else " skip locked"
        cursor.execute(
            f"select id from points_account where id = any(%s) order by id for no key update{skip}",
            [sorted({account for _moment, account in rows})],
        )
        locked = [row[0] for row in cursor.fetchall()]
        if not locked:
            return 0, 0, rows[-1]
        cursor.execute(f"select {function}(%s, array_fill(%s::timestamptz, array[%s]))", [locked, at, len(locked)])
        return len(locked), cursor.fetchone()[0], rows[-1]
