"""The accountant's month: what members had when it began, what came and went, what they had when it ended.

Months are cut by `booked_at`, our own clock, taken while the account was locked: the postings of an account are
numbered in its order, and nothing is ever booked into the past. So what stood in the books at a moment is exactly the
sum of what was booked before it, today and in ten years, and a month that has been exported never changes. By
`occurred_at`, the till's clock, it would: a receipt of May that a till sends in June would alter May's closing. What a
till sends late is therefore in the month in which it arrived.

Every figure is reckoned twice: from all movements since the beginning, and backwards from what accounts and lots hold
now. Where the two differ, there is no month, but a sentence that says where (`BooksDiffer`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core import clock, db, words
from core.errors import LoyaltyError
from core.models import Programme
from points.models import PointType

INSIDE = ("pending", "available", "held")  # what members have; debt is what they owe, and stands apart
BUCKETS = (*INSIDE, "debt")

# The lines of the month, in order, and which movements each tells: from one bucket to another.
OPENING, CLOSING = "opening", "closing"
LINES: Mapping[str, str | Promise] = {
    OPENING: _("Opening balance"),
    "brought": _("Brought along at the opening of the programme"),
    "accrued": _("Accrued"),
    "adjusted_up": _("Adjusted: given"),
    "restored": _("Restored"),
    "redeemed": _("Redeemed"),
    "expired": _("Expired"),
    "reversed": _("Reversed"),
    "adjusted_down": _("Adjusted: taken"),
    "repaid": _("Debt repaid"),
    "matured": _("Matured"),
    "held": _("Held"),
    "released": _("Released"),
    CLOSING: _("Closing balance"),
}
MOVES: Mapping[tuple[str, str], str] = {
    ("issued", "pending"): "accrued",
    ("issued", "available"): "accrued",
    ("redeemed", "available"): "restored",
    ("available", "redeemed"): "redeemed",
    ("held", "redeemed"): "redeemed",
    ("available", "expired"): "expired",
    ("held", "expired"): "expired",
    ("pending", "reversed"): "reversed",
    ("available", "reversed"): "reversed",
    ("debt", "reversed"): "reversed",
    ("expired", "reversed"): "reversed",  # had expired before: costs the member nothing, changes nothing here
    ("available", "adjusted"): "adjusted_down",
    ("available", "debt"): "repaid",
    ("pending", "available"): "matured",
    ("available", "held"): "held",
    ("held", "available"): "released",
}

# One statement, so that movements, accounts and lots are seen at the same moment.
READ = """
    with moved as materialized (
        select a.point_type_id,
               case when p.booked_at < %(begins)s then 'before' when p.booked_at < %(ends)s then 'within'
                    else 'after' end as phase,
               case when p.kind = 'adjust' then 'adjust' when p.reference like 'opening:%%' then 'brought'
                    else '' end as way,
               m.from_bucket, m.to_bucket, (m.lot_id is null) as is_without_lot, sum(m.points)::bigint as points
        from points_movement m
        join points_posting p on p.id = m.posting_id
        join points_account a on a.id = m.account_id
        group by 1, 2, 3, 4, 5, 6
    )
    select * from moved
    union all
    select point_type_id, 'accounts', '', b.bucket, '', false, sum(b.points)::bigint
    from points_account cross join lateral (values ('pending', pending), ('available', available), ('held', held),
                                                   ('debt', debt)) as b(bucket, points)
    group by 1, 4
    union all
    select a.point_type_id, 'lots', '', b.bucket, '', false, sum(b.points)::bigint
    from points_lot l
    join points_account a on a.id = l.account_id
    cross join lateral (values (case when l.is_pending then 'pending' else 'available' end, l.remaining),
                               ('held', l.reserved)) as b(bucket, points)
    where l.is_open or l.reserved > 0
    group by 1, 4
"""

# A transaction that began before the month ended may still book into it. Its backend has an id once it writes.
OPEN_SINCE = """
    select exists (select from pg_stat_activity
                   where datname = current_database() and pid <> pg_backend_pid() and backend_xid is not null
                     and xact_start < %(ends)s)
"""


class BooksDiffer(LoyaltyError):
    """The month reckoned from movements is not what accounts or lots say. `difference` is how much they have more."""

    code = "books_differ"
    sentence = _(
        "The books of %(point_type)s don't agree: at the end of the month, the movements say %(bucket)s %(moved)s, the "
        "%(source)s say %(kept)s. There is no month until this is mended: ask whoever runs the system to verify the "
        "ledger."
    )


class StillBooking(LoyaltyError):
    """A transaction that began in the month has not ended: what it books may belong to the month."""

    code = "still_booking"
    lasting = False
    sentence = _("Something is still being booked into this month. Try again in a minute.")


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month of business dates. `is_final`: it has ended. `ends_at`: its end, or this moment."""

    first: date
    begins_at: datetime
    ends_at: datetime
    is_final: bool

    @classmethod
    def of(cls, first: date, programme: Programme, *, at: datetime) -> "Month":
        ends_at = clock.start_of(clock.months_after(first, 1), programme)
        return cls(first, clock.start_of(first, programme), min(ends_at, at), ends_at <= at)

    @property
    def code(self) -> str:
        return f"{self.first:%Y-%m}"


@dataclass(frozen=True, slots=True)
class Line:
    """How many points one line of the month adds to each bucket, or (opening, closing) how many there are."""

    code: str
    pending: int = 0
    available: int = 0
    held: int = 0
    debt: int = 0

    @property
    def name(self) -> str | Promise:
        return LINES[self.code]

    @property
    def total(self) -> int:
        """What members have. Owed points are not taken off."""
        return self.pending + self.available + self.held

    @property
    def is_balance(self) -> bool:
        return self.code in (OPENING, CLOSING)


@dataclass(frozen=True, slots=True)
class Forward:
    """One type of points, rolled forward over a month. `lines` begins with the opening and ends with the closing.

    `reversed_expired`: so many of the reversed points had expired before, and are missed by nobody.
    """

    point_type: PointType
    lines: Sequence[Line]
    reversed_expired: int

    @property
    def opening(self) -> Line:
        return self.lines[0]

    @property
    def closing(self) -> Line:
        return self.lines[-1]

    @property
    def worth(self) -> str:
        """The worth of one point, as it is written: 0.01."""
        return words.quantity(self.point_type.worth)

    @property
    def liability(self) -> Decimal:
        return self.point_type.worth * self.closing.total


def months(programme: Programme, *, at: datetime) -> list[date]:
    """The first days of all months since something was booked, the latest first. The running one is among them."""
    first = db.value("select booked_at from points_posting order by id limit 1")
    today = clock.business_date(at, programme)
    begin = clock.business_date(first, programme).replace(day=1) if first else today.replace(day=1)
    count = (today.year - begin.year) * 12 + today.month - begin.month
    return [clock.months_after(begin, number) for number in range(max(count, 0), -1, -1)]


def of(month: Month) -> list[Forward]:
    """The month of each type of points, the main one first. Raises BooksDiffer and StillBooking. Three queries."""
    if month.is_final and db.value(OPEN_SINCE, {"ends": month.ends_at}):
        raise StillBooking
    read = db.rows(READ, {"begins": month.begins_at, "ends": month.ends_at})
    return [
        reckon(point_type, [row for row in read if row["point_type_id"] == point_type.pk])
        for point_type in PointType.objects.order_by("-is_default", "code")
    ]


def reckon(point_type: PointType, read: Sequence[Mapping[str, Any]]) -> Forward:
    """The month of one type of points from the rows of READ, proved from both ends. Raises BooksDiffer."""
    opening = _sum(row for row in read if row["phase"] == "before")
    within: dict[str, list[Mapping[str, Any]]] = {}
    for row in read:
        if row["phase"] == "within":
            within.setdefault(_line_of(row), []).append(row)
    flows = {code: _sum(rows) for code, rows in within.items()}
    closing = {bucket: opening[bucket] + sum(flow[bucket] for flow in flows.values()) for bucket in BUCKETS}
    _prove(point_type, closing, read)
    lines = [
        Line(OPENING, **opening),
        *(Line(code, **flows[code]) for code in LINES if code in flows),
        Line(CLOSING, **closing),
    ]
    had_expired = sum(row["points"] for rows in within.values() for row in rows if row["from_bucket"] == "expired")
    return Forward(point_type, lines, had_expired)


def _line_of(row: Mapping[str, Any]) -> str:
    """The line that tells a movement. One that no line tells is a fault of ours, and no month is shown."""
    line = MOVES[row["from_bucket"], row["to_bucket"]]
    if line != "accrued":
        return line
    return {"adjust": "adjusted_up", "brought": "brought"}.get(row["way"], line)


def _sum(rows: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """What movements add to each bucket. Debt has its own sign: what leaves it for the programme's side is owed."""
    found = dict.fromkeys(BUCKETS, 0)
    for row in rows:
        for bucket, sign in ((row["from_bucket"], -1), (row["to_bucket"], 1)):
            if bucket == "debt":
                found[bucket] -= sign * row["points"]
            elif bucket in INSIDE:
                found[bucket] += sign * row["points"]
    return found


def _prove(point_type: PointType, closing: Mapping[str, int], read: Sequence[Mapping[str, Any]]) -> None:
    """Reckon the closing backwards: what accounts, and lots, hold now, less what was booked after the month."""
    since = _sum(row for row in read if row["phase"] == "after")
    for source, name, buckets in (("accounts", _("accounts"), BUCKETS), ("lots", _("lots"), INSIDE)):
        now = {row["from_bucket"]: row["points"] for row in read if row["phase"] == source}
        for bucket in buckets:
            kept = now.get(bucket, 0) - since[bucket]
            if kept != closing[bucket]:
                raise BooksDiffer(
                    point_type=str(point_type), bucket=_NAMES[bucket], moved=closing[bucket], kept=kept, source=name
                )


_NAMES: Mapping[str, str | Promise] = {
    "pending": _("pending"),
    "available": _("available"),
    "held": _("held"),
    "debt": _("owed"),
}
