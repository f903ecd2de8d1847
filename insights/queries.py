"""What the dashboard adds up: kept days for what has settled, the facts for days to which something came since.

Kept and fresh days are cut by the same SQL (`SALES`, `POINTS`): what the night keeps is what would be read by day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from core import clock, db
from core.models import Programme
from insights.models import DueDay, Snapshot
from insights.periods import Period, runs

# A moment's business date: local time, less the hours of the night that still belong to the day before.
BUSINESS_DATE = "(({moment} at time zone %(zone)s) - %(night)s * interval '1 hour')::date"

# Each "offset 0" keeps the planner, which can't know the marks, from reading whole tables for a few late rows.
TOUCHED = f"""
    with kept as materialized (
        select count(*) > 0 as is_kept, coalesce(max(last_purchase), 0) as purchase,
               coalesce(max(last_settlement), 0) as settlement, coalesce(max(last_posting), 0) as posting
        from insights_snapshot where time_zone = %(zone)s and day_ends_at = %(night)s
    )
    select is_kept, array(
        select business_on from sales_purchase where id > kept.purchase
        union
        select p.business_on
        from (select purchase_id from pos_settlement where id > kept.settlement offset 0) s
        cross join lateral (select business_on from sales_purchase where id = s.purchase_id offset 0) p
        where s.purchase_id <= kept.purchase
        union
        select day from insights_dueday where kind = 'sales'
    ) as sales, array(
        select {BUSINESS_DATE.format(moment="occurred_at")} from points_posting where id > kept.posting
        union
        select day from insights_dueday where kind = 'points'
    ) as points
    from kept
"""

SALES = """
    select p.store_id, p.business_on as day, count(*)::int as purchases, sum(p.amount) as amount,
           count(p.member_id)::int as member_purchases,
           coalesce(sum(p.amount) filter (where p.member_id is not null), 0) as member_amount,
           coalesce(sum(b.points), 0)::bigint as points
    from sales_purchase p
    left join (pos_settlement s join points_pointtype t on t.id = s.point_type_id and t.is_default
               join points_posting b on b.id = s.posting_id) on s.purchase_id = p.id
    where {within}
    group by 1, 2
"""

# Returns are few; their days are never kept.
RETURNED = f"""
    select t.store_id, {BUSINESS_DATE.format(moment="r.occurred_at")} as day, 0, 0, 0, 0, 0, sum(r.amount)
    from sales_return r join sales_terminal t on t.id = r.terminal_id
    where r.occurred_at >= %(since)s and r.occurred_at < %(until)s
    group by 1, 2
"""

POINTS = f"""
    select a.point_type_id, {BUSINESS_DATE.format(moment="p.occurred_at")} as day,
           coalesce(sum(m.points) filter (where m.from_bucket = 'issued' and p.kind <> 'adjust'), 0)::bigint as accrued,
           coalesce(sum(m.points) filter (where m.to_bucket = 'redeemed'), 0)::bigint as redeemed,
           coalesce(sum(m.points) filter (where m.to_bucket = 'expired'), 0)::bigint as expired,
           coalesce(sum(m.points) filter (where m.to_bucket = 'reversed' and m.from_bucket <> 'expired'), 0)::bigint
               as reversed,
           coalesce(sum(m.points) filter (where m.from_bucket = 'redeemed'), 0)::bigint as restored,
           (coalesce(sum(m.points) filter (where m.from_bucket = 'issued' and p.kind = 'adjust'), 0)
            - coalesce(sum(m.points) filter (where m.to_bucket = 'adjusted'), 0))::bigint as adjusted,
           (coalesce(sum(m.points) filter (where m.to_bucket = 'pending'), 0)
            - coalesce(sum(m.points) filter (where m.from_bucket = 'pending'), 0))::bigint as pending,
           (coalesce(sum(m.points) filter (where m.to_bucket = 'available'), 0)
            - coalesce(sum(m.points) filter (where m.from_bucket = 'available'), 0))::bigint as available,
           (coalesce(sum(m.points) filter (where m.to_bucket = 'held'), 0)
            - coalesce(sum(m.points) filter (where m.from_bucket = 'held'), 0))::bigint as held,
           (coalesce(sum(m.points) filter (where m.from_bucket = 'debt'), 0)
            - coalesce(sum(m.points) filter (where m.to_bucket = 'debt'), 0))::bigint as debt
    from points_posting p
    join points_movement m on m.posting_id = p.id
    join points_account a on a.id = p.account_id
    where {{within}}
    group by 1, 2
"""

SALES_COLUMNS = ("store_id", "day", "purchases", "amount", "member_purchases", "member_amount", "points")
POINTS_COLUMNS = (
    "point_type_id", "day", "accrued", "redeemed", "expired", "reversed", "restored", "adjusted",
    "pending", "available", "held", "debt",
)  # fmt: skip


Facts = tuple[str, dict[str, Any]]  # a statement and its parameters


@dataclass(frozen=True, slots=True)
class Reach:
    """How far the kept days reach, and to which days something came since."""

    is_kept: bool
    sales: Sequence[date]
    points: Sequence[date]


@dataclass(frozen=True, slots=True)
class Sold:
    """What one store sold on one day, as in `models.StoreDay`, or what was brought back to it."""

    store: str
    store_id: int
    day: date
    purchases: int
    amount: Decimal
    member_purchases: int
    member_amount: Decimal
    points: int
    returned: Decimal


@dataclass(frozen=True, slots=True)
class Moved:
    """What happened to one type of points on one day, as in `models.PointsDay`. No day: all days before."""

    point_type_id: int
    day: date | None
    accrued: int
    redeemed: int
    expired: int
    reversed: int
    restored: int
    adjusted: int
    pending: int
    available: int
    held: int
    debt: int


def frame(programme: Programme) -> dict[str, Any]:
    """What moments are cut into business dates by."""
    return {"zone": programme.time_zone, "night": programme.day_ends_at}


def reach(programme: Programme) -> Reach:
    """What is kept, and what must be read from the facts. One query."""
    return Reach(**db.rows(TOUCHED, frame(programme))[0])


def is_kept(programme: Programme) -> bool:
    """Whether days are kept at all, cut as the programme cuts them now. One query."""
    return Snapshot.objects.filter(time_zone=programme.time_zone, day_ends_at=programme.day_ends_at).exists()


def all_days(programme: Programme) -> dict[str, Sequence[date]]:
    """From the first day on which anything was sold, or points moved, to the last, by kind. One query."""
    (found,) = db.rows(
        f"""
        select (select min(business_on) from sales_purchase) as first_sale,
               (select max(business_on) from sales_purchase) as last_sale,
               {BUSINESS_DATE.format(moment="(select min(occurred_at) from points_posting)")} as first_posting,
               {BUSINESS_DATE.format(moment="(select max(occurred_at) from points_posting)")} as last_posting
        """,
        frame(programme),
    )
    sales, points = (
        list(Period(found[f"first_{what}"], found[f"last_{what}"])) if found[f"first_{what}"] else []
        for what in ("sale", "posting")
    )
    return {DueDay.Kind.SALES: sales, DueDay.Kind.POINTS: points}


def fresh_sales(days: Sequence[date]) -> Facts:
    """SALES of DAYS, and its parameters."""
    return _facts(SALES, "p.business_on", [(run.first, run.day_after) for run in runs(list(days))], {})


def fresh_points(days: Sequence[date], programme: Programme) -> Facts:
    """POINTS of DAYS, and its parameters."""
    moments = [
        (clock.start_of(run.first, programme), clock.start_of(run.day_after, programme)) for run in runs(list(days))
    ]
    return _facts(POINTS, "p.occurred_at", moments, frame(programme))


def _facts(sql: str, column: str, spans: Sequence[tuple[date, date]], params: Mapping[str, Any]) -> Facts:
    """SQL of what COLUMN says is in SPANS. Each stands there as constants: only so the planner knows how few rows."""
    within = " or ".join(
        f"({column} >= %(begin_{number})s and {column} < %(end_{number})s)" for number in range(len(spans))
    )
    named = {f"begin_{number}": begin for number, (begin, _end) in enumerate(spans)}
    named |= {f"end_{number}": end for number, (_begin, end) in enumerate(spans)}
    return sql.format(within=within or "false"), {**params, **named}


def sold(within: Period, known: Reach, programme: Programme) -> list[Sold]:
    """What each store sold, and was brought back, on each day of WITHIN. One query."""
    fresh = [day for day in known.sales if day in within]
    kept = f"select {', '.join(SALES_COLUMNS)} from insights_storeday"
    facts, params = fresh_sales(fresh)
    found = db.rows(
        f"""
        select s.name as store, d.* from (
            select *, 0 as returned from (
                {kept} where day between %(first)s and %(last)s and %(is_kept)s and day <> all(%(fresh)s::date[])
                union all {facts}
            ) sold
            union all {RETURNED}
        ) d join sales_store s on s.id = d.store_id
        """,
        {**_kept(within, known, fresh), **params, **_moments(within, programme)},
    )
    return [Sold(**row) for row in found]


def moved(within: Period, known: Reach, programme: Programme) -> list[Moved]:
    """What happened to points on each day of WITHIN, and in one row without day all that was before. One query."""
    fresh = [day for day in known.points if day <= within.last]
    sums = ", ".join(f"sum({name})::bigint as {name}" for name in POINTS_COLUMNS[2:])
    kept = f"select {', '.join(POINTS_COLUMNS)} from insights_pointsday"
    facts, params = fresh_points(fresh, programme)
    found = db.rows(
        f"select point_type_id, case when day >= %(first)s then day end as day, {sums} from ("
        f"{kept} where day <= %(last)s and %(is_kept)s and day <> all(%(fresh)s::date[]) union all {facts}"
        ") days group by 1, 2",
        {**_kept(within, known, fresh), **params},
    )
    return [Moved(**row) for row in found]


def _moments(within: Period, programme: Programme) -> dict[str, Any]:
    return {
        **frame(programme),
        "since": clock.start_of(within.first, programme),
        "until": clock.start_of(within.day_after, programme),
    }


def _kept(within: Period, known: Reach, fresh: Sequence[date]) -> Mapping[str, Any]:
    return {
        "first": within.first,
        "last": within.last,
        "is_kept": known.is_kept,
        "fresh": list(fresh),
    }


@dataclass(frozen=True, slots=True)
class Enrolled:
    """How many members there are now (closed ones left out), and how many came on each day since one."""

    total: int
    by_day: Mapping[date, int]


def enrolled(since: datetime, programme: Programme) -> Enrolled:
    """Members, and new ones by business date since SINCE. One query."""
    found = db.rows(
        f"""
        select null::date as day, count(*) as members from members_member where status <> 'closed'
        union all
        select {BUSINESS_DATE.format(moment="enrolled_at")}, count(*) from members_member
        where enrolled_at >= %(since)s and status <> 'closed' group by 1
        """,
        {**frame(programme), "since": since},
    )
    by_day = {row["day"]: row["members"] for row in found if row["day"]}
    return Enrolled(next(row["members"] for row in found if row["day"] is None), by_day)


def active(period: Period, before: Period, parts: Sequence[Period]) -> tuple[int, int, list[int]]:
    """How many members bought something in PERIOD, BEFORE it, and in each of PARTS, one after the other. One query."""
    found = db.rows(
        """
        with bought as materialized (
            select distinct member_id, business_on as day from sales_purchase
            where member_id is not null and business_on between %(since)s and %(last)s
        )
        select -1 as part, count(*) as members
        from (select distinct member_id from bought where day >= %(first)s) now
        union all
        select -2, count(*)
        from (select distinct member_id from bought where day between %(before)s and %(until)s) past
        union all
        select part, count(*) from (
            select distinct member_id, width_bucket(day, %(parts)s::date[]) - 1 as part
            from bought where day >= %(begin)s
        ) each group by 1
        """,
        {
            "first": period.first,
            "last": period.last,
            "before": before.first,
            "until": before.last,
            "begin": parts[0].first,
            "since": min(before.first, parts[0].first),
            "parts": [part.first for part in parts],
        },
    )
    members = {row["part"]: row["members"] for row in found}
    return members[-1], members[-2], [members.get(number, 0) for number in range(len(parts))]


def tiers() -> list[dict[str, Any]]:
    """How many members hold each tier, lowest first. Who has no standing holds the lowest. One query."""
    return db.rows(
        """
        with held as (
            select s.tier_id, count(*) as members from tiers_standing s
            join members_member m on m.id = s.member_id and m.status <> 'closed' group by 1
        )
        select t.id, t.name_en, t.name_zh_hans, t.colour,
               (coalesce(h.members, 0) + case when t.rank = (select min(rank) from tiers_tier) then
                   (select count(*) from members_member where status <> 'closed')
                   - (select coalesce(sum(members), 0) from held) else 0 end)::bigint as members
        from tiers_tier t left join held h on h.tier_id = t.id order by t.rank
        """
    )


def failures(since: datetime) -> tuple[int, int]:
    """How many jobs, and how many messages, failed since SINCE. One query."""
    (found,) = db.rows(
        """
        select (select count(*) from core_jobrun where state = 'failed' and started_at >= %(since)s) as jobs,
               (select count(*) from messaging_message where state = 'failed' and created_at >= %(since)s) as messages
        """,
        {"since": since},
    )
    return found["jobs"], found["messages"]
