"""The postings of a member's main points, as they are told to the member: what, where, why, and until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core import clock, db
from core.models import Programme
from points import queries
from points.models import Posting
from points.queries import Entry
from pos import queries as sales

TRADES = """
    select s.posting_id, false as is_return, st.name as store, p.number as receipt, p.amount
    from pos_settlement s
    join sales_purchase p on p.id = s.purchase_id
    join sales_store st on st.id = p.store_id
    where s.posting_id = any(%(postings)s)
    union all
    select s.posting_id, true, st.name, r.number, r.amount
    from pos_returnsettlement s
    join sales_return r on r.id = s.return_id
    join sales_purchase p on p.id = r.purchase_id
    join sales_store st on st.id = p.store_id
    where s.posting_id = any(%(postings)s)
"""
Kind = Posting.Kind
# So many purchases are named where points of many became usable, or expired, at once.
MOST_ORIGINS = 5
_TITLES: dict[str, tuple[str | Promise, str]] = {
    Kind.ACCRUE: (_("Points received"), "leaf"),
    Kind.REDEEM: (_("Points used"), "gift"),
    Kind.REVERSE: (_("Points taken back"), "undo"),
    Kind.RESTORE: (_("Points given back"), "redo"),
    Kind.EXPIRE: (_("Points expired"), "hourglass"),
    Kind.MATURE: (_("Points ready to use"), "check"),
    Kind.ADJUST: (_("Points adjusted"), "pencil"),
}
_WHY: dict[str, str | Promise] = {
    Kind.MATURE: _("The waiting time is over."),
    Kind.EXPIRE: _("They were not used in time."),
}


class Reason(NamedTuple):
    """One reason's share of a posting, in the reader's language."""

    points: int
    words: str


class Origin(NamedTuple):
    """Where points came from that became usable or expired: the purchase, or what else gave them."""

    points: int
    occurred_at: datetime
    store: str | None
    receipt: str | None
    title: str


class Trade(NamedTuple):
    """The purchase or return behind a posting."""

    is_return: bool
    store: str
    receipt: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Movement:
    """One posting for a member to read. `usable_on` and `last_on`: first and last day, where they say something."""

    number: int
    kind: str
    title: str
    icon: str
    points: int
    moved: int
    occurred_at: datetime
    trade: Trade | None
    reasons: Sequence[Reason]
    usable_on: date | None
    last_on: date | None
    repaid: int
    note: str
    origins: Sequence[Origin] = ()

    @property
    def month(self) -> str:
        """The month in which the reader's calendar puts it."""
        return f"{timezone.localtime(self.occurred_at):%Y-%m}"

    @property
    def why(self) -> str:
        """The reason of what time did, which is no posting's own."""
        return str(_WHY.get(self.kind, ""))

    @property
    def changes_total(self) -> bool:
        """False when points only become usable: they had been counted before."""
        return self.points != 0


@dataclass(frozen=True, slots=True)
class Filter:
    """Which movements to show: all, what came (1) or what went (-1); of any month, or from SINCE to before UNTIL."""

    sign: int = 0
    since: datetime | None = None
    until: datetime | None = None


EVERYTHING = Filter()


def of(
    member_id: int,
    programme: Programme,
    *,
    before_number: int | None = None,
    limit: int = 20,
    only: Filter = EVERYTHING,
    is_full: bool = False,
) -> list[Movement]:
    """A member's latest movements, or those before a number. Two queries, however many there are.

    IS_FULL tells also where the points came from that became usable or expired: another query, if there are any.
    """
    entries = queries.history(
        member_id, before_number=before_number, limit=limit, sign=only.sign, since=only.since, until=only.until
    )
    trades = _trades(entries)
    of_time = [entry.id for entry in entries if entry.kind in _WHY] if is_full else []
    origins = sales.origins(of_time, MOST_ORIGINS)
    return [_movement(entry, trades.get(entry.id), programme, origins.get(entry.id, ())) for entry in entries]


def last_day(expires_at: datetime, programme: Programme) -> date:
    """The last business date on which points can be used that expire at a moment: that moment is too late."""
    return clock.business_date(expires_at - timedelta(microseconds=1), programme)


def _movement(entry: Entry, trade: Trade | None, programme: Programme, found: Sequence[sales.Origin]) -> Movement:
    title, icon = _TITLES[entry.kind]
    if trade:
        title, icon = (_("Goods brought back"), "undo") if trade.is_return else (_("Purchase"), "bag")
    elif entry.kind == Kind.ADJUST:
        title = _("Points added by us") if entry.points > 0 else _("Points taken off by us")
    waits = bool(entry.usable_at and entry.usable_at > entry.occurred_at)
    return Movement(
        number=entry.number,
        kind=entry.kind,
        title=str(title),
        icon=icon,
        points=entry.points,
        moved=entry.moved,
        occurred_at=entry.occurred_at,
        trade=trade,
        reasons=_reasons(entry),
        usable_on=clock.business_date(entry.usable_at, programme) if waits and entry.usable_at else None,
        last_on=last_day(entry.expires_at, programme) if entry.points > 0 and entry.expires_at else None,
        repaid=entry.repaid,
        note=entry.note,
        origins=[
            Origin(each.points, each.occurred_at, each.store, each.receipt, str(_TITLES[each.kind][0]))
            for each in found
        ],
    )


def _reasons(entry: Entry) -> list[Reason]:
    language = get_language() or "en"
    return [
        Reason(reason["points"], reason["words"].get(language) or reason["words"].get("en", ""))
        for reason in entry.reasons
    ]


def _trades(entries: Sequence[Entry]) -> dict[int, Trade]:
    """The purchases and returns behind postings, by posting. One query."""
    rows = db.rows(TRADES, {"postings": [entry.id for entry in entries]}) if entries else []
    return {row.pop("posting_id"): Trade(**row) for row in rows}
