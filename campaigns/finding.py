"""Whose day it is: for each kind of greeting a statement that answers members and the occasions they have, and what it
needs to know. Each is one set-based query, built into the statement of `campaigns.planning`.

They answer member_id, on_day, key, about, and, for a day after a fact, the fact's moment (fact_at) and the date that it
must have by the member's own clock (fact_on).
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from campaigns import celebrations, festivals
from campaigns.models import Greeting
from core import clock, db
from core.models import Programme

Kind = Greeting.Kind
# What is looked at once for each day that begins: everybody's, or found among more rows than a minute has time for.
# The others are looked at every minute, so that who tells their birthday in the morning is greeted.
ONCE_A_DAY = {Kind.HOLIDAY, Kind.FIRST_PURCHASE, Kind.RETURNED, Kind.MISSED, Kind.EXPIRY, Kind.AT_RISK}
# What says in how many days something ends is made up for, as a birthday is not, when nobody looked for so many days.
DAYS_MADE_UP_FOR = 3

BORN = """
    select m.id as member_id, k.on_day, k.key, '{}'::jsonb as about, null::timestamptz as fact_at, null::date as fact_on
    from unnest(%(calendars)s::text[], %(months)s::int[], %(days)s::int[], %(leaps)s::bool[], %(ons)s::date[],
                %(keys)s::text[]) as k(calendar, month, day, is_leap, on_day, key)
    join members_member m on m.birth_month = k.month and m.birth_day = k.day and m.birth_calendar = k.calendar
        and m.birth_is_leap_month = k.is_leap
"""
EVERYBODY = """
    select m.id as member_id, k.on_day, k.key, k.about, null::timestamptz as fact_at, null::date as fact_on
    from unnest(%(ons)s::date[], %(keys)s::text[], %(abouts)s::jsonb[]) as k(on_day, key, about)
    join members_member m on m.id > %(after)s and m.id <= %(until)s
"""
# The days around it in UTC, then the day itself by the member's own clock.
JOINED = """
    select m.id as member_id, k.on_day, k.key, k.about, m.enrolled_at as fact_at, k.fact_on
    from unnest(%(ons)s::date[], %(keys)s::text[], %(abouts)s::jsonb[], %(facts)s::date[])
        as k(on_day, key, about, fact_on)
    join members_member m on m.enrolled_at >= (k.fact_on - 1)::timestamp at time zone 'UTC'
        and m.enrolled_at < (k.fact_on + 2)::timestamp at time zone 'UTC'
"""
ROSE = """
    select c.member_id, k.on_day, 'tier:' || c.id as key, '{}'::jsonb as about, c.at as fact_at, k.fact_on
    from unnest(%(ons)s::date[], %(facts)s::date[]) as k(on_day, fact_on)
    join tiers_tierchange c on c."on" between k.fact_on - 1 and k.fact_on + 1
    join tiers_tier t on t.id = c.to_tier_id
    left join tiers_tier f on f.id = c.from_tier_id
    join tiers_standing held on held.member_id = c.member_id and held.tier_id = c.to_tier_id
    where t.rank > coalesce(f.rank, 0) and c.cause <> 'opening'
"""
# Business dates are the programme's, so that the member's own date is at most two days off.
FIRST_BOUGHT = """
    select p.member_id, k.on_day, 'first' as key, jsonb_build_object('purchase', p.id, 'store', p.store_id) as about,
           p.occurred_at as fact_at, k.fact_on
    from unnest(%(ons)s::date[], %(facts)s::date[]) as k(on_day, fact_on)
    join sales_purchase p on p.business_on between k.fact_on - 2 and k.fact_on + 2 and p.member_id is not null
    where not exists (
              select from sales_purchase earlier
              where earlier.member_id = p.member_id and (earlier.occurred_at, earlier.id) < (p.occurred_at, p.id)
          )
          and not exists (select from sales_return r where r.purchase_id = p.id)
"""
# The same purchase begins the same gap, whoever looks when: one gap, one letter.
LAST_BOUGHT = """
    select p.member_id, k.on_day, concat('missed:', k.fact_on, ':', %(distance)s) as key,
           jsonb_build_object('purchase', p.id, 'days', %(distance)s::int) as about, p.occurred_at as fact_at, k.fact_on
    from unnest(%(ons)s::date[], %(facts)s::date[]) as k(on_day, fact_on)
    join sales_purchase p on p.business_on between k.fact_on - 2 and k.fact_on + 2 and p.member_id is not null
    where not exists (
        select from sales_purchase later
        where later.member_id = p.member_id and (later.occurred_at, later.id) > (p.occurred_at, p.id)
    )
"""
BROUGHT_BACK = """
    select p.member_id, k.on_day, 'return:' || r.id as key, jsonb_build_object('store', p.store_id) as about,
           r.occurred_at as fact_at, k.fact_on
    from unnest(%(ons)s::date[], %(facts)s::date[]) as k(on_day, fact_on)
    join sales_return r on r.occurred_at >= (k.fact_on - 1)::timestamp at time zone 'UTC'
        and r.occurred_at < (k.fact_on + 2)::timestamp at time zone 'UTC'
    join sales_purchase p on p.id = r.purchase_id and p.member_id is not null
"""
# All lots of one account and one last day are one occasion. Usable and pending points, not held ones.
EXPIRING = """
    select a.member_id, k.on_day,
           concat('expiry:', k.last_on, ':', %(distance)s, case when not t.is_default then ':' || t.code end) as key,
           jsonb_build_object('account', a.id, 'on', k.last_on) as about,
           null::timestamptz as fact_at, null::date as fact_on
    from unnest(%(ons)s::date[], %(facts)s::date[], %(begins)s::timestamptz[], %(ends)s::timestamptz[])
        as k(on_day, last_on, begins_at, ends_at)
    join points_lot l on l.is_open and l.expires_at > k.begins_at and l.expires_at <= k.ends_at
    join points_account a on a.id = l.account_id
    join points_pointtype t on t.id = a.point_type_id
    group by a.id, a.member_id, k.on_day, k.last_on, t.id
"""
RUNNING_OUT = """
    select s.member_id, k.on_day, concat('at_risk:', s.valid_until, ':', %(distance)s) as key,
           jsonb_build_object('on', s.valid_until) as about, null::timestamptz as fact_at, null::date as fact_on
    from unnest(%(ons)s::date[], %(facts)s::date[]) as k(on_day, last_on)
    join tiers_standing s on s.valid_until = k.last_on
"""
FOLLOWED = """
    select t.member_id, k.on_day, k.key, k.about, null::timestamptz as fact_at, null::date as fact_on
    from unnest(%(ons)s::date[], %(keys)s::text[], %(abouts)s::jsonb[]) as k(on_day, key, about)
    join members_trait t on t.name = %(trait)s and t.valid_to is null
        and t.member_id > %(after)s and t.member_id <= %(until)s
"""
STATEMENTS = {
    Kind.BIRTHDAY: BORN,
    Kind.HOLIDAY: EVERYBODY,
    Kind.ANNIVERSARY: JOINED,
    Kind.WELCOME: JOINED,
    Kind.TIER_REACHED: ROSE,
    Kind.FIRST_PURCHASE: FIRST_BOUGHT,
    Kind.RETURNED: BROUGHT_BACK,
    Kind.MISSED: LAST_BOUGHT,
    Kind.EXPIRY: EXPIRING,
    Kind.AT_RISK: RUNNING_OUT,
    Kind.BROADCAST: FOLLOWED,
}


def statement(greeting: Greeting) -> str:
    """The query of a greeting's kind."""
    return STATEMENTS[Kind(greeting.kind)]


def asked(greeting: Greeting, programme: Programme, days: Sequence[date], *, missed: int) -> dict[str, Any] | None:
    """What the statement needs to know about these DAYS, of which MISSED before them nobody looked at; None when they
    are nobody's."""
    kind = Kind(greeting.kind)
    if kind == Kind.BIRTHDAY:
        return _birthdays(greeting, days)
    if kind in {Kind.HOLIDAY, Kind.ANNIVERSARY, Kind.WELCOME, Kind.BROADCAST}:
        return _keyed([row for on in days for row in _occasions(greeting, on)])
    rows = list(_distant(greeting, kind, days, min(missed, DAYS_MADE_UP_FOR)))
    found = {"ons": [on for on, _fact in rows], "facts": [fact for _on, fact in rows], "distance": _distance(greeting)}
    if kind == Kind.EXPIRY:
        found["begins"] = [clock.start_of(last, programme) for _on, last in rows]
        found["ends"] = [clock.start_of(last + timedelta(days=1), programme) for _on, last in rows]
    return found


def missed_days(on: date, zone: ZoneInfo, since: datetime | None) -> int:
    """How many days of a zone before ON nobody looked at, when that was done SINCE for the last time. A greeting that
    was just switched on, or changed, has missed none."""
    return max(0, (on - since.astimezone(zone).date()).days - 1) if since else 0


def _distance(greeting: Greeting) -> int:
    """How many days lie between the day of a greeting and what it is about."""
    if greeting.kind in {Kind.EXPIRY, Kind.AT_RISK}:
        return greeting.days_before
    return greeting.days_without if greeting.kind == Kind.MISSED else greeting.days_after


def _distant(greeting: Greeting, kind: Kind, days: Sequence[date], missed: int) -> Iterable[tuple[date, date]]:
    """Days, and the days that they come after or before."""
    distance = timedelta(days=_distance(greeting))
    for on in days:
        if kind in {Kind.EXPIRY, Kind.AT_RISK}:
            yield from ((on, on + distance - timedelta(days=late)) for late in range(missed + 1)
                        if timedelta(days=late) < distance)  # fmt: skip
        else:
            yield on, on - distance


def _birthdays(greeting: Greeting, days: Sequence[date]) -> dict[str, Any]:
    born = [
        (on, each) for on in days for each in celebrations.born_on(on, leap_day_in_march=greeting.leap_day_in_march)
    ]
    return {
        "calendars": [each.calendar for _on, each in born],
        "months": [each.month for _on, each in born],
        "days": [each.day for _on, each in born],
        "leaps": [each.is_leap_month for _on, each in born],
        "ons": [on for on, _each in born],
        "keys": [each.occasion for _on, each in born],
    }


def _occasions(greeting: Greeting, on: date) -> Iterable[tuple[date, str, dict[str, Any], date]]:
    """Occasions of a day that is everybody's, or of joining: day, key, what the text may tell, day of the fact."""
    if greeting.kind == Kind.HOLIDAY:
        for code, year in festivals.celebrated(on).items():
            if code in greeting.festivals:
                yield on, f"holiday:{code}:{year}", {"festival": code}, on
    elif greeting.kind == Kind.BROADCAST:
        if on == greeting.broadcast.on:
            yield on, f"broadcast:{greeting.pk}", {}, on
    elif greeting.kind == Kind.ANNIVERSARY:
        for joined, years in celebrations.joined_on(on).items():
            yield on, f"anniversary:{years}", {"years": years}, joined
    else:
        yield on, "welcome", {}, on - timedelta(days=greeting.days_after)


def _keyed(rows: Sequence[tuple[date, str, dict[str, Any], date]]) -> dict[str, Any] | None:
    if not rows:
        return None
    return {
        "ons": [row[0] for row in rows],
        "keys": [row[1] for row in rows],
        "abouts": [db.as_json(row[2]) for row in rows],
        "facts": [row[3] for row in rows],
    }
