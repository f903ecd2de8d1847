"""The sweeps: maturing and expiring what is due, in chunks, accounts first.

A sweep only tidies: no verb and no balance depends on it, time decides. It may run twice, late, or die half-way.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from queue import SimpleQueue
from threading import Event

from django.db import connection, transaction

# Lots in a chunk: a sale of their accounts waits for it (docs/performance.md).
CHUNK = 1000
# So many connections share a sweep, each with accounts of its own: none waits for another.
SWEEPERS = 2
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
    return _shared("ledger_mature_chunk", at, chunk, tick)


def expire_due(at: datetime, *, chunk: int = CHUNK, tick: Tick | None = None) -> Swept:
    """Expire every available point whose time has passed by AT; held points stay. A second run finds nothing."""
    return _shared("ledger_expire_chunk", at, chunk, tick)


@dataclass(frozen=True, slots=True)
class _Sweeper:
    """Sweeps the accounts whose id leaves PART when divided by PARTS, until it is told to stop."""

    function: str
    at: datetime
    chunk: int
    part: int
    parts: int
    stop: Event

    def chunks(self) -> Iterator[Swept]:
        """Pass after pass over what is due, chunk after chunk, each a transaction, until a pass finds nothing.

        Accounts that a sale holds at the moment are passed over; a pass that only found such waits for them.
        """
        found, wait = True, False
        while found and not self.stop.is_set():
            found, swept = False, 0
            for done in self._pass(wait=wait):
                found, swept = True, swept + done.accounts
                yield done
            wait = swept == 0

    def _pass(self, *, wait: bool) -> Iterator[Swept]:
        place: Place | None = BEGINNING
        while place and not self.stop.is_set():
            done, place = self._chunk(place, wait=wait)
            if place:
                yield done

    def _chunk(self, place: Place, *, wait: bool) -> tuple[Swept, Place | None]:
        """One chunk after PLACE: what was swept, and where it ended; None when nothing more is due."""
        asked = (*place, self.at, self.chunk, wait, self.part, self.parts)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"select * from {self.function}(%s, %s, %s, %s, %s, %s, %s)", asked)
            accounts, points, last_at, last_account = cursor.fetchone()
        return Swept(accounts or 0, points or 0), (last_at, last_account) if last_at else None


def _shared(function: str, at: datetime, chunk: int, tick: Tick | None) -> Swept:
    """A sweep by several connections; by the caller's own alone inside a transaction, which others don't see into."""
    stop = Event()
    if connection.in_atomic_block:
        return _add_up(_Sweeper(function, at, chunk, 0, 1, stop).chunks(), tick)
    done: SimpleQueue[Swept | None] = SimpleQueue()
    with ThreadPoolExecutor(SWEEPERS) as pool:
        running = [
            pool.submit(_apart, _Sweeper(function, at, chunk, part, SWEEPERS, stop), done) for part in range(SWEEPERS)
        ]
        try:
            return _add_up(_from(done, running), tick)
        finally:
            stop.set()  # whoever interrupts us, or fails, interrupts all


def _apart(sweeper: _Sweeper, done: "SimpleQueue[Swept | None]") -> None:
    """Sweep on a connection of this thread, handing on what was done, and None at the end."""
    try:
        for swept in sweeper.chunks():
            done.put(swept)
    finally:
        connection.close()
        done.put(None)


def _from(done: "SimpleQueue[Swept | None]", running: list["Future[None]"]) -> Iterator[Swept]:
    """What the sweepers hand on, until all have ended. Raises then what one of them raised."""
    for _sweeper in running:
        yield from iter(done.get, None)
    for each in running:
        each.result()


def _add_up(chunks: Iterator[Swept], tick: Tick | None) -> Swept:
    accounts = points = 0
    for swept in chunks:
        accounts, points = accounts + swept.accounts, points + swept.points
        if tick:
            tick(swept.accounts, swept.points)
    return Swept(accounts, points)
