"""What was recorded: purchases of a store, their lines, what they earned, what was brought back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from core import db


@dataclass(frozen=True, slots=True)
class Sold:
    """A purchase as recorded. `points`: what it earned and was not taken back, of the main point type."""

    id: int
    uuid: UUID
    terminal: str
    number: str
    business_on: date
    occurred_at: datetime
    recorded_at: datetime
    amount: Decimal
    currency: str
    channel: str
    cashier: str
    member_id: int | None
    member_number: str | None
    claim_code: str
    points: int


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line of a purchase, and how much of it was brought back."""

    position: int
    sku: str
    name: str
    category: str
    quantity: Decimal
    amount: Decimal
    returned: Decimal


@dataclass(frozen=True, slots=True)
class Origin:
    """Where points had come from: a purchase (store and receipt), or another posting of this kind."""

    points: int
    kind: str
    occurred_at: datetime
    store: str | None
    receipt: str | None


@dataclass(frozen=True, slots=True)
class Earned:
    """What a purchase earned in one point type: points, why, from when they can be used, when they expire."""

    point_type_id: int
    points: int
    reasons: Sequence[Mapping[str, Any]]
    usable_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Back:
    """A return as recorded, with its goods as (line, quantity, amount), the points it took from the member, and the
    vouchers that it gave back.
    """

    uuid: UUID
    number: str
    terminal: str
    occurred_at: datetime
    recorded_at: datetime
    amount: Decimal
    goods: Sequence[Sequence[Any]]
    points: Mapping[str, int]
    vouchers: Sequence[Mapping[str, Any]]


_GIVEN_BACK = """
    select coalesce(json_agg(json_build_object(
        'reward', w.code, 'names', v.names, 'points', coalesce(p.points, 0)) order by g.id), '[]')
    from pos_vouchergivenback g
    join rewards_voucher v on v.id = g.voucher_id
    join rewards_reward w on w.id = v.reward_id
    left join points_posting p on p.id = g.posting_id
"""
_SOLD = """
    select p.id, p.uuid, t.code as terminal, p.number, p.business_on, p.occurred_at, p.recorded_at, p.amount,
           p.currency, p.channel, p.cashier, p.member_id, m.number as member_number, p.claim_code,
           coalesce(e.points, 0)::bigint as points
    from sales_purchase p
    join sales_terminal t on t.id = p.terminal_id
    left join members_member m on m.id = p.member_id
    left join lateral (
        select sum(x.points) as points
        from pos_settlement s
        join points_pointtype k on k.id = s.point_type_id and k.is_default
        join points_posting x on x.id = s.posting_id or x.reverses_id = s.posting_id
        where s.purchase_id = p.id
    ) e on true
"""


def purchases(
    store_id: int,
    *,
    limit: int,
    before: tuple[datetime, int] | None = None,
    number: str | None = None,
    business_on: date | None = None,
) -> list[Sold]:
    """Purchases of a store, latest first, LIMIT of them, older than BEFORE (when, id). One query."""
    moment, last_id = before or (None, None)
    return [
        Sold(**row)
        for row in db.rows(
            _SOLD
            + """
            where p.store_id = %(store)s
              and (%(moment)s::timestamptz is null or (p.occurred_at, p.id) < (%(moment)s::timestamptz, %(id)s::bigint))
              and (%(number)s::text is null or p.number = %(number)s::text)
              and (%(day)s::date is null or p.business_on = %(day)s::date)
            order by p.occurred_at desc, p.id desc limit %(limit)s
            """,
            {
                "store": store_id,
                "moment": moment,
                "id": last_id,
                "number": number,
                "day": business_on,
                "limit": limit,
            },
        )
    ]


def purchase(store_id: int, uuid: UUID) -> Sold | None:
    """A purchase of a store; None when it has none such. One query."""
    found = db.rows(_SOLD + "where p.store_id = %s and p.uuid = %s", [store_id, uuid])
    return Sold(**found[0]) if found else None


def purchase_by_number(terminal_id: int, number: str) -> Sold | None:
    """The latest purchase of a terminal with this receipt number. One query."""
    found = db.rows(
        _SOLD + "where p.terminal_id = %s and p.number = %s order by p.id desc limit 1", [terminal_id, number]
    )
    return Sold(**found[0]) if found else None


def purchase_by_code(store_id: int, code: str) -> Sold | None:
    """The purchase of a store on whose receipt CODE stands; case and blanks do not matter. One query."""
    found = db.rows(_SOLD + "where p.store_id = %s and p.claim_code = %s", [store_id, "".join(code.split()).upper()])
    return Sold(**found[0]) if found else None


def lines(purchase_id: int) -> list[SoldLine]:
    """The lines of a purchase, in the order of the receipt. One query."""
    return [
        SoldLine(**row)
        for row in db.rows(
            """
            select l.position, l.sku, l.name, l.category, l.quantity, l.amount, coalesce(sum(r.quantity), 0) as returned
            from sales_purchaseline l left join sales_returnline r on r.line_id = l.id
            where l.purchase_id = %s group by l.id order by l.position
            """,
            [purchase_id],
        )
    ]


def earned(purchase_id: int) -> list[Earned]:
    """What a purchase earned, by point type, as it was booked. One query."""
    return [
        Earned(**row)
        for row in db.rows(
            """
            select s.point_type_id, p.moved as points, p.reasons::json as reasons, d.usable_at, d.expires_at
            from pos_settlement s
            join points_posting p on p.id = s.posting_id
            join lateral (
                select min(l.available_at) as usable_at, min(l.expires_at) as expires_at
                from points_movement m join points_lot l on l.id = m.lot_id
                where m.posting_id = p.id and m.from_bucket = 'issued'
            ) d on true
            where s.purchase_id = %s order by s.point_type_id
            """,
            [purchase_id],
        )
    ]


def priced_by(purchase_id: int) -> Mapping[str, Any]:
    """How a purchase was priced, as its settlement keeps it; nothing without member. One query."""
    return db.value("select context::json from pos_settlement where purchase_id = %s limit 1", [purchase_id]) or {}


def origins(postings: Sequence[int], most: int) -> dict[int, list[Origin]]:
    """Where the points of each posting had come from, at most MOST lots of each. One query; none for no postings.

    For what time did: points that became usable, or expired. A lot that succeeded another one has that one's origin.
    """
    found: dict[int, list[Origin]] = {}
    rows = (
        db.rows(
            """
        select p.id as posting_id, o.* from unnest(%s::bigint[]) as p(id)
        cross join lateral (
            select m.points, g.kind, g.occurred_at, t.name as store, u.number as receipt
            from points_movement m
            join points_lot l on l.id = m.lot_id
            left join points_lot f on f.id = l.origin_lot_id
            join points_posting g on g.id = coalesce(f.posting_id, l.posting_id)
            left join pos_settlement s on s.posting_id = g.id
            left join sales_purchase u on u.id = s.purchase_id
            left join sales_store t on t.id = u.store_id
            where m.posting_id = p.id
            order by m.id limit %s
        ) o
        """,
            [list(postings), most],
        )
        if postings
        else []
    )
    for row in rows:
        found.setdefault(row.pop("posting_id"), []).append(Origin(**row))
    return found


def returns(purchase_id: int) -> list[Back]:
    """What was brought back of a purchase, in the order it was recorded. One query."""
    return [
        Back(**row)
        for row in db.rows(
            f"""
            select r.uuid, r.number, t.code as terminal, r.occurred_at, r.recorded_at, r.amount,
                   (select json_agg(json_build_array(l.position, x.quantity::text, x.amount::text) order by l.position)
                    from sales_returnline x join sales_purchaseline l on l.id = x.line_id
                    where x.return_id = r.id) as goods,
                   (select coalesce(json_object_agg(k.code, -p.points), '{{}}')
                    from pos_returnsettlement s
                    join points_pointtype k on k.id = s.point_type_id
                    join points_posting p on p.id = s.posting_id where s.return_id = r.id) as points,
                   ({_GIVEN_BACK} where g.return_id = r.id) as vouchers
            from sales_return r join sales_terminal t on t.id = r.terminal_id
            where r.purchase_id = %s order by r.id
            """,
            [purchase_id],
        )
    ]


def given_back(return_id: int) -> Sequence[Mapping[str, Any]]:
    """The vouchers that a return gave back: reward, names, and the points that came instead of one. One query."""
    found: Sequence[Mapping[str, Any]] = db.value(f"{_GIVEN_BACK} where g.return_id = %s", [return_id])
    return found


def taken_back(return_id: int) -> dict[int, int]:
    """The points that a return took back from the member, by point type: not those that had expired. One query."""
    found = db.rows(
        """
        select s.point_type_id, -p.points as points
        from pos_returnsettlement s join points_posting p on p.id = s.posting_id where s.return_id = %s
        """,
        [return_id],
    )
    return {row["point_type_id"]: row["points"] for row in found}
