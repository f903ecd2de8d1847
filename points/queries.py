"""What members and staff read of the ledger. Exact at any moment: what is due counts as matured or expired already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core import db

# What is due counts as done: pending lots mature (and repay debt, first come first), then lots past their date expire.
BALANCES = """
    select a.member_id, a.point_type_id, a.held,
           (a.pending - coalesce(d.matured, 0))::bigint as pending,
           (a.available + coalesce(d.matured - d.repaid - d.lapsed, 0))::bigint as available,
           (a.debt - coalesce(d.repaid, 0))::bigint as debt
    from points_account a
    left join lateral (
        select coalesce(sum(s.remaining) filter (where s.is_pending), 0) as matured, sum(s.repaid) as repaid,
               coalesce(sum(s.remaining - s.repaid) filter (where s.expires_at <= %(at)s), 0) as lapsed
        from (
            select l.*, case when l.is_pending then least(l.remaining, greatest(0, a.debt - (
                       sum(l.remaining) filter (where l.is_pending)
                           over (order by l.available_at, l.expires_at, l.id) - l.remaining))) else 0 end as repaid
            from (
                select id, is_pending, remaining, available_at, expires_at from points_lot
                where account_id = a.id and is_pending and available_at <= %(at)s
                union
                select id, is_pending, remaining, available_at, expires_at from points_lot
                where account_id = a.id and is_open and not is_pending and expires_at <= %(at)s
            ) l
        ) s
    ) d on true
    where a.member_id = any(%(members)s)
"""

HISTORY = """
    select p.id, p.number, p.kind, p.points, p.moved, p.reference, p.occurred_at, p.booked_at,
           p.reasons::json as reasons,
           d.usable_at, d.expires_at, coalesce(d.repaid, 0) as repaid, coalesce(n.for_member, '') as note
    from points_account a
    join points_pointtype t on t.id = a.point_type_id
    join lateral (
        select * from points_posting p
        where p.account_id = a.id and (%(before)s::bigint is null or p.number < %(before)s::bigint)
          and (%(sign)s = 0 or sign(p.points) = %(sign)s)
          and (%(since)s::timestamptz is null or p.occurred_at >= %(since)s::timestamptz)
          and (%(until)s::timestamptz is null or p.occurred_at < %(until)s::timestamptz)
        order by p.number desc limit %(limit)s
    ) p on true
    left join points_postingnote n on n.posting_id = p.id
    left join lateral (
        select min(l.available_at) filter (where m.from_bucket = 'issued') as usable_at,
               min(l.expires_at) filter (where m.to_bucket in ('pending', 'available')) as expires_at,
               sum(m.points) filter (where m.to_bucket = 'debt')::bigint as repaid
        from points_movement m left join points_lot l on l.id = m.lot_id where m.posting_id = p.id
    ) d on true
    where a.member_id = %(member)s and case when %(type)s::bigint is null then t.is_default
                                            else t.id = %(type)s::bigint end
    order by p.number desc
"""


@dataclass(frozen=True, slots=True)
class Balance:
    """Points of one type: not yet usable, usable, reserved, owed."""

    pending: int = 0
    available: int = 0
    held: int = 0
    debt: int = 0

    @property
    def total(self) -> int:
        """What the member has: usable, or soon."""
        return self.pending + self.available + self.held


@dataclass(frozen=True, slots=True)
class Due:
    """So many points become usable, or expire, at a moment."""

    at: datetime
    points: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A posting as it is told to people: what, why, when usable, when it expires (the earliest of its lots)."""

    id: int
    number: int
    kind: str
    points: int
    moved: int
    reference: str
    occurred_at: datetime
    booked_at: datetime
    reasons: Sequence[Mapping[str, Any]]
    usable_at: datetime | None
    expires_at: datetime | None
    repaid: int
    note: str


@dataclass(frozen=True, slots=True)
class Left:
    """So many points of a type are still there."""

    points: int
    point_type_id: int


def balances_of(members: Sequence[int], at: datetime) -> dict[tuple[int, int], Balance]:
    """Balances of many members as of AT (now or later), by (member, point type). One query."""
    return {
        (row["member_id"], row["point_type_id"]): _balance(row)
        for row in db.rows(BALANCES, {"members": list(members), "at": at})
    }


def _balance(row: Mapping[str, Any]) -> Balance:
    return Balance(row["pending"], row["available"], row["held"], row["debt"])


def balances(member_id: int, at: datetime) -> dict[int, Balance]:
    """A member's balances as of AT, by point type. Types without account are absent."""
    return {point_type: balance for (_, point_type), balance in balances_of([member_id], at).items()}


def balance(member_id: int, at: datetime) -> Balance:
    """A member's balance of the programme's main point type as of AT."""
    found = db.rows(
        "select b.* from points_pointtype t join (" + BALANCES + ") b on b.point_type_id = t.id where t.is_default",
        {"members": [member_id], "at": at},
    )
    return _balance(found[0]) if found else Balance()


def expiring(
    member_id: int, at: datetime, *, point_type_id: int | None = None, within_days: int | None = None
) -> list[Due]:
    """When how many of a member's points expire, soonest first: usable and pending ones, not held ones."""
    until = at + timedelta(days=within_days) if within_days is not None else None
    return [
        Due(row["due"], row["points"])
        for row in db.rows(
            """
            select l.expires_at as due, sum(l.remaining)::bigint as points
            from points_account a
            join points_pointtype t on t.id = a.point_type_id
            join points_lot l on l.account_id = a.id and l.is_open and l.expires_at > %(at)s
            where a.member_id = %(member)s and case when %(type)s::bigint is null then t.is_default
                                                    else t.id = %(type)s::bigint end
              and (%(until)s::timestamptz is null or l.expires_at <= %(until)s::timestamptz)
            group by 1 order by 1
            """,
            {"member": member_id, "at": at, "until": until, "type": point_type_id},
        )
    ]


def expiring_between(asked: Sequence[tuple[int, datetime, datetime]]) -> list[Left]:
    """How many points of each account expire after one moment and by another, in the order asked: usable and pending
    ones, not held ones. One query."""
    accounts, begins, ends = zip(*asked, strict=True)
    return [
        Left(**row)
        for row in db.rows(
            """
            select coalesce((
                       select sum(l.remaining) from points_lot l
                       where l.account_id = k.account_id and l.is_open
                         and l.expires_at > k.begins_at and l.expires_at <= k.ends_at
                   ), 0)::bigint as points, a.point_type_id
            from unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) with ordinality
                as k(account_id, begins_at, ends_at, position)
            join points_account a on a.id = k.account_id
            order by k.position
            """,
            [list(accounts), list(begins), list(ends)],
        )
    ]


def maturing(member_id: int, at: datetime, *, point_type_id: int | None = None) -> list[Due]:
    """When how many of a member's pending points become usable, soonest first."""
    return [
        Due(row["due"], row["points"])
        for row in db.rows(
            """
            select l.available_at as due, sum(l.remaining)::bigint as points
            from points_account a
            join points_pointtype t on t.id = a.point_type_id
            join points_lot l on l.account_id = a.id and l.is_pending and l.available_at > %(at)s
            where a.member_id = %(member)s and case when %(type)s::bigint is null then t.is_default
                                                    else t.id = %(type)s::bigint end
            group by 1 order by 1
            """,
            {"member": member_id, "at": at, "type": point_type_id},
        )
    ]


def history(
    member_id: int,
    *,
    point_type_id: int | None = None,
    before_number: int | None = None,
    limit: int = 20,
    sign: int = 0,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Entry]:
    """A member's postings, latest first, LIMIT of them, older than BEFORE_NUMBER. One query, whatever the history.

    SIGN 1 only what came, -1 only what went; SINCE and UNTIL: only what happened from the one to before the other.
    """
    return [
        Entry(**row)
        for row in db.rows(
            HISTORY,
            {
                "member": member_id,
                "before": before_number,
                "limit": limit,
                "type": point_type_id,
                "sign": sign,
                "since": since,
                "until": until,
            },
        )
    ]
