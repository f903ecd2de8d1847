"""Where the receipts of a file come from, and what is known of it while the file is posted."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zlib import crc32
from zoneinfo import ZoneInfo

from core.models import Programme
from pos.history.plan import Reason
from sales.models import Terminal

ACTOR = "import"


class Known(NamedTuple):
    """A purchase of which something comes back, and when it was made."""

    pk: int
    at: datetime


@dataclass
class Place:
    """The tills that a file's receipts were made at, by the clock of ZONE, moved by SHIFT days of that clock.

    `prefix` and the customer's number are a member's external id. `members`: none for one who takes no part.
    `purchases`: of each sale of which something comes back, its purchase, or why there is none.
    """

    programme: Programme
    terminals: Sequence[Terminal]
    zone: ZoneInfo
    prefix: str = "retail:"
    shift: timedelta = timedelta(0)
    members: dict[str, int | None] = field(default_factory=dict)
    purchases: dict[str, Known | Reason] = field(default_factory=dict)
    skus: set[str] = field(default_factory=set)

    @property
    def code(self) -> str:
        """The store, or the first of several."""
        return self.terminals[0].store.code

    def external_id(self, customer: str) -> str:
        return f"{self.prefix}{customer}"

    def moment(self, local: datetime) -> datetime:
        """The shop's clock in UTC. Of an hour that came twice, the first; in a gap, as the clock before it went on."""
        return (local + self.shift).replace(tzinfo=self.zone).astimezone(UTC)

    def terminal(self, customer: str, number: str) -> Terminal:
        """The till of a receipt: customers keep to their store, others are spread by the receipt's number."""
        return self.terminals[crc32((customer or number).encode()) % len(self.terminals)]
