"""Proof by arithmetic that the ledger is whole: invariants I1, I2, I3, I5 and I7 as SQL, each naming the rows at fault.

The database refuses most breaches when they are written; this finds what came in past it. Read-only, safe any time.
"""

from dataclasses import dataclass

from core import db

# Each query answers the rows that break one invariant: what it is, and its id.
INVARIANTS = {
    "I1: a lot holds what its movements left in it": """
        select 'lot' as kind, l.id
        from points_lot l
        left join (
            select lot_id,
                   sum(points) filter (where from_bucket = 'issued') as issued,
                   sum(points) filter (where to_bucket in ('pending', 'available', 'held'))
                 - coalesce(sum(points) filter (where from_bucket in ('pending', 'available', 'held')), 0) as inside,
                   coalesce(sum(points) filter (where to_bucket = 'held'), 0)
                 - coalesce(sum(points) filter (where from_bucket = 'held'), 0) as held,
                   coalesce(sum(points) filter (where to_bucket = 'expired'), 0)
                 - coalesce(sum(points) filter (where from_bucket = 'expired'), 0) as expired
            from points_movement where lot_id is not null group by lot_id
        ) m on m.lot_id = l.id
        where coalesce(m.inside, 0) <> l.remaining + l.reserved or coalesce(m.held, 0) <> l.reserved
           or coalesce(m.issued, 0) <> l.granted or coalesce(m.expired, 0) <> l.expired
    """,
    "I2: an account's balance is the sum of its lots, its debt the sum of its movements": """
        select 'account' as kind, a.id
        from points_account a
        left join (
            select account_id, sum(remaining) filter (where is_pending) as pending,
                   sum(remaining) filter (where not is_pending) as available, sum(reserved) as held
            from points_lot group by account_id
        ) l on l.account_id = a.id
        left join (
            select account_id, coalesce(sum(points) filter (where from_bucket = 'debt'), 0)
                             - coalesce(sum(points) filter (where to_bucket = 'debt'), 0) as debt
            from points_movement where 'debt' in (from_bucket, to_bucket) group by account_id
        ) m on m.account_id = a.id
        where a.pending <> coalesce(l.pending, 0) or a.available <> coalesce(l.available, 0)
           or a.held <> coalesce(l.held, 0) or a.debt <> coalesce(m.debt, 0)
    """,
    "I2: an account's total is the sum of its postings": """
        select 'account' as kind, a.id
        from points_account a
        left join (select account_id, sum(points) as points from points_posting group by account_id) p
            on p.account_id = a.id
        where a.pending + a.available + a.held - a.debt <> coalesce(p.points, 0)
    """,
    "I3: postings are numbered without gaps": """
        select 'account' as kind, a.id
        from points_account a
        left join (select account_id, count(*) as postings, max(number) as latest from points_posting group by 1) p
            on p.account_id = a.id
        where a.last_number <> coalesce(p.latest, 0) or a.last_number <> coalesce(p.postings, 0)
    """,
    "I5: points leave only lots that are usable and not expired": """
        select 'movement' as kind, m.id
        from points_movement m
        join points_posting p on p.id = m.posting_id and p.kind = 'redeem'
        join points_lot l on l.id = m.lot_id
        where p.occurred_at < l.available_at or p.occurred_at >= l.expires_at
    """,
    "I7: what is taken back or given back stays within the original": """
        select 'posting' as kind, p.id
        from points_posting p
        join points_posting r on r.reverses_id = p.id
        group by p.id having sum(r.moved) > p.moved
    """,
    "a posting moved what its movements say, within its own account": """
        select 'posting' as kind, p.id
        from points_posting p
        left join points_movement m on m.posting_id = p.id
        group by p.id
        having bool_or(m.account_id <> p.account_id) or p.points <>
            coalesce(sum(m.points) filter (where m.from_bucket in ('issued', 'redeemed')), 0)
          - coalesce(sum(m.points) filter (where m.to_bucket in ('redeemed', 'expired', 'adjusted', 'reversed')
                                             and m.from_bucket <> 'expired'), 0)
    """,
}


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that breaks an invariant."""

    invariant: str
    kind: str
    id: int


def faults(*, limit: int = 20) -> list[Fault]:
    """The rows at fault, at most LIMIT per invariant; empty when the books are whole."""
    return [
        Fault(invariant, row["kind"], row["id"])
        for invariant, query in INVARIANTS.items()
        for row in db.rows(f"{query} limit %s", [limit])
    ]
