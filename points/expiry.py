"""The sweeps: maturing and expiring what is due, in chunks, accounts first.

A sweep only tidies: no verb and no balance depends on it, time decides. It may run twice, late, or die half-way.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection, transaction

# Lots in a chunk: a sale of their accounts waits for it, up to 0.74 s as measured (docs/performance.md).
CHUNK = 4000
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
    return _sweep("ledger_mature_chunk", at, chunk, tick)


def expire_due(at: datetime, *, chunk: int = CHUNK, tick: Tick | None = None) -> Swept:
    """Expire every available point whose time has passed by AT; held points stay. A second run finds nothing."""
    return _sweep("ledger_expire_chunk", at, chunk, tick)


def _sweep(function: str, at: datetime, chunk: int, tick: Tick | None) -> Swept:
    """Pass after pass over what is due, chunk after chunk, each a transaction, until a pass finds nothing.

    Accounts that a sale holds at the moment are passed over; a pass that only found such waits for them.
    """
    accounts = points = 0
    wait = False
    while True:
        swept, found = _pass(function, at, chunk, tick, wait=wait)
        if not found:
            return Swept(accounts, points)
        accounts, points = accounts + swept.accounts, points + swept.points
        wait = swept.accounts == 0


def _pass(function: str, at: datetime, chunk: int, tick: Tick | None, *, wait: bool) -> tuple[Swept, bool]:
    accounts = points = 0
    place, found = BEGINNING, False
    while True:
        swept, next_place = _chunk(function, at, chunk, place, wait=wait)
        if next_place is None:
            return Swept(accounts, points), found
        found, place = True, next_place
        accounts, points = accounts + swept.accounts, points + swept.points
        if tick:
            tick(swept.accounts, swept.points)


def _chunk(function: str, at: datetime, chunk: int, place: Place, *, wait: bool) -> tuple[Swept, Place | None]:
    """One chunk after PLACE: what was swept, and where it ended; None when nothing more is due."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"select * from {function}(%s, %s, %s, %s, %s)", [*place, at, chunk, wait])
        accounts, points, last_at, last_account = cursor.fetchone()
    return Swept(accounts or 0, points or 0), (last_at, last_account) if last_at else None
