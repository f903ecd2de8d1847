"""The sweeps: maturing and expiring what is due, in chunks, accounts first.

A sweep only tidies: no verb and no balance depends on it, time decides. It may run twice, late, or die half-way.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

# One chunk makes a sale of its accounts wait at most a quarter of a second (measured, docs/performance.md).
CHUNK = 1000

MATURING = """
    select distinct account_id from (
        select account_id from points_lot where is_pending and available_at <= %s order by available_at limit %s
    ) due
"""
EXPIRING = """
    select distinct account_id from (
        select account_id from points_lot where is_open and not is_pending and expires_at <= %s
        order by expires_at limit %s
    ) due
"""

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
    """Chunk after chunk, each a transaction of its own, until a whole pass finds nothing.

    Accounts that a sale holds at the moment are passed over and found again; when only such are left, wait for them.
    """
    accounts = points = 0
    while True:
        done, moved, left = _chunk(due, function, at, chunk, wait=False)
        if not done and left:
            done, moved, left = _chunk(due, function, at, chunk, wait=True)
        if not done:
            return Swept(accounts, points)
        accounts, points = accounts + done, points + moved
        if tick:
            tick(done, moved)


def _chunk(due: str, function: str, at: datetime, chunk: int, *, wait: bool) -> tuple[int, int, bool]:
    """One chunk: accounts swept, points moved, whether any was due at all."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(due, [at, chunk])
        found = sorted(row[0] for row in cursor.fetchall())
        if not found:
            return 0, 0, False
        skip = "" if wait else " skip locked"
        cursor.execute(f"select id from points_account where id = any(%s) order by id for no key update{skip}", [found])
        locked = [row[0] for row in cursor.fetchall()]
        if not locked:
            return 0, 0, True
        cursor.execute(f"select {function}(%s, array_fill(%s::timestamptz, array[%s]))", [locked, at, len(locked)])
        return len(locked), cursor.fetchone()[0], True
