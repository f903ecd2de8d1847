"""Who is to be greeted today: found by one statement for each greeting, and claimed by being written down.

A day begins and ends by the member's own clock: that of the member, else of the store they bought in last (or joined
in), else the programme's. Days are planned as soon as they have begun somewhere on earth. Planning again, later or
twice at once adds nothing: an occasion is unique for member and channel. Who is meant, `campaigns.finding` says.
"""

import time as clocks
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import structlog
from django.db import transaction

from campaigns import audiences, finding
from campaigns.conditions import UnusableConditions
from campaigns.models import Broadcast, Greeting
from campaigns.queries import LONGEST_BROADCAST
from core import db
from core import programme as programmes
from core.models import Programme
from members.models import Consent
from messaging.daytime import at_local

log = structlog.get_logger(__name__)

Kind = Greeting.Kind
PRIORITIES = {Kind.BIRTHDAY: 1, Kind.HOLIDAY: 2}
AFTER_THESE = 3
# Two birthdays by one calendar are at least 353 days apart: what comes sooner is one that was changed.
YEAR_OF_BIRTHDAYS = 340
MIDNIGHT = time(0)
# So many member numbers at once, for what is everybody's. A pass that was interrupted so long begins anew.
PART = 20_000
PASS = timedelta(hours=1)
EVERY_MEMBER = 2**62
# Names of the machine's own, which the database does not know.
NO_ZONES = {"localtime", "posixrules", "Factory"}

# {who} answers member, day, key; what follows says where they are, whether they may be written to, and how.
JUDGED = """
    with zones as (
        select * from unnest(%(zones)s::text[], %(zone_days)s::date[], %(due_ats)s::timestamptz[],
                             %(end_ats)s::timestamptz[]) as z(zone, on_day, due_at, ends_at)
    ),
    found as ({who}),
    -- Where they are first, as a set of its own: joined by their zone, each of them meets one row of the zones. The
    -- latest purchase is looked up only where it can matter: a store has a zone of its own, or it is for some stores.
    located as materialized (
        select f.*, m.status, m.email, m.phone, s.id as store_id,
               coalesce(nullif(m.time_zone, ''), nullif(s.time_zone, ''), %(programme_zone)s) as zone
        from found f
        join members_member m on m.id = f.member_id
        left join lateral (
            select store_id from sales_purchase
            where member_id = m.id
              and (%(stores)s::bigint[] is not null or exists (select from sales_store where time_zone <> ''))
            order by occurred_at desc limit 1
        ) bought on true
        left join sales_store joined on m.enrolled_via like 'till:%%'
            and joined.code = split_part(substr(m.enrolled_via, 6), '/', 1)
        left join sales_store s on s.id = coalesce(bought.store_id, joined.id)
    ),
    placed as (
        select l.member_id, l.key, l.about, l.zone, z.on_day, z.due_at, z.ends_at, l.status, l.email, l.phone
        from located l
        join zones z on z.zone = l.zone and z.on_day = l.on_day
        left join tiers_standing held on held.member_id = l.member_id
        where (l.fact_at is null or (l.fact_at at time zone z.zone)::date = l.fact_on)
          and (%(tiers)s::bigint[] is null or coalesce(held.tier_id, %(lowest)s) = any(%(tiers)s::bigint[]))
          and (%(stores)s::bigint[] is null or l.store_id = any(%(stores)s::bigint[]))
          and not exists (
              select from campaigns_occasion o
              where o.greeting_id = %(greeting)s and o.member_id = l.member_id and o.key = l.key
          )
    ),
    -- Written down once, so that what several columns ask is looked up once. The list is joined, as a set: a call of
    -- messaging_is_suppressed for each member would cost more than all the rest.
    reached as materialized (
        select p.*,
            case when p.email is null then 'no_address'
                 when not %(is_marketing)s then case when said_email.granted is false then 'no_consent' else '' end
                 when said_email.granted is not true then 'no_consent'
                 when no_email.reason <> 'unsubscribed' or said_email.at <= no_email.at
                      or said_email.source like 'file%%' and no_email.reason is not null then 'listed'
                 else '' end as by_email,
            case when p.phone is null then 'no_address'
                 when not %(is_marketing)s then case when said_sms.granted is false then 'no_consent' else '' end
                 when said_sms.granted is not true then 'no_consent'
                 when no_sms.reason <> 'unsubscribed' or said_sms.at <= no_sms.at
                      or said_sms.source like 'file%%' and no_sms.reason is not null then 'listed'
                 else '' end as by_sms,
            case when %(is_marketing)s and false in (said_email.granted, said_sms.granted)
                  and true not in (coalesce(said_email.granted, false), coalesce(said_sms.granted, false))
                 then 'refused' else '' end as by_inapp
        from placed p
        left join lateral (
            select granted, at, source from members_consent
            where member_id = p.member_id and channel = 'email' and purpose = %(purpose)s order by id desc limit 1
        ) said_email on true
        left join lateral (
            select granted, at, source from members_consent
            where member_id = p.member_id and channel = 'sms' and purpose = %(purpose)s order by id desc limit 1
        ) said_sms on true
        left join messaging_suppression no_email
            on no_email.channel = 'email' and no_email.digest = messaging_digest(p.email)
        left join messaging_suppression no_sms
            on no_sms.channel = 'sms' and no_sms.digest = messaging_digest(p.phone)
    ),
    chosen as (
        select r.*,
            case when %(channel)s <> 'best' then %(channel)s
                 when r.by_email = '' then 'email' when r.by_sms = '' then 'sms' else 'inapp' end as channel
        from reached r
    ),
    judged as materialized (
        select c.*,
            case when c.status <> 'active' then 'left'
                 when c.key like 'birthday:%%' and exists (
                     select from campaigns_occasion o
                     where o.member_id = c.member_id and o.key like 'birthday:%%' and o.key <> c.key
                       and o.state in ('planned', 'written') and o."on" > c.on_day - %(year_of_birthdays)s
                 ) then 'changed_birthday'
                 else coalesce(
                     nullif(
                         case c.channel when 'email' then c.by_email when 'sms' then c.by_sms else c.by_inapp end, ''
                     ),
                     -- By the member's number and the broadcast's salt alone, so that planning again draws the same.
                     case when (hashtextextended(%(salt)s || ':' || c.member_id, 0) & 9223372036854775807) %% 10000
                               < %(hold_out)s * 100
                          then 'held_out' else '' end)
            end as reason
        from chosen c
    )
"""
# In order, which is a step of its own: all are judged before the first is written down. While the table is new, the
# database may read the whole of it for each member, and would meet all that the same statement has just written.
PLAN = """
    , written as (
    insert into campaigns_occasion (greeting_id, member_id, channel, key, "on", time_zone, due_at, ends_at, priority,
                                    about, state, reason, points, planned_at, done_at)
    select %(greeting)s, member_id, channel, key, on_day, zone, due_at, ends_at, %(priority)s, about,
           case when reason = '' then 'planned' else 'suppressed' end, reason, 0, %(at)s,
           case when reason = '' then null else %(at)s::timestamptz end
    from judged
    order by member_id
    on conflict do nothing
    returning 1
    )
    select count(*) from written
"""
COUNT = "select channel, reason, count(*) as members from judged group by channel, reason order by channel, reason"


# So many members that they are looked at in parts, once for each day that begins.
PASSED_OVER = (Kind.HOLIDAY, Kind.BROADCAST)


@dataclass(frozen=True, slots=True)
class Forecast:
    """How many members a greeting would reach today over a channel, or would not, and why (reason not "")."""

    channel: str
    reason: str
    members: int


def plan(*, at: datetime, seconds: float = 60) -> int:
    """Write down whom today's greetings are for, everywhere on earth; answer how many occasions are new.

    After SECONDS, what is everybody's is left for the next call, which goes on where this one was.
    """
    programme = programmes.current_or_none()
    if programme is None:
        return 0
    planned, until = 0, clocks.monotonic() + seconds
    for greeting in in_order(at):
        is_done = False
        while not is_done:
            found, is_done = _plan(greeting, programme, at)
            planned += found
            if clocks.monotonic() >= until:
                break
    return planned


def forecast(greeting: Greeting, *, at: datetime) -> list[Forecast]:
    """Whom a greeting would reach today, or a broadcast on its day, beyond those who are planned already; paused or
    not. One statement."""
    params = _params(greeting, programmes.current(), at, since=None, is_forecast=True)
    if params is None:
        return []
    return [Forecast(**row) for row in db.rows(_judged(greeting) + COUNT, params)]


def in_order(at: datetime) -> list[Greeting]:
    """The greetings that are on: those for some members before those for all, so that the particular one wins.

    Broadcasts whose days are over everywhere are left out.
    """
    greetings = Greeting.objects.filter(is_active=True).select_related("broadcast__segment")
    greetings = greetings.exclude(broadcast__on__lt=at.date() - LONGEST_BROADCAST)
    found = greetings.prefetch_related("tiers", "stores").order_by("id")
    return sorted(found, key=lambda each: not (each.tiers.all() or each.stores.all()))


def _plan(greeting: Greeting, programme: Programme, at: datetime) -> tuple[int, bool]:
    """One greeting, or a part of it, in one transaction: how many are new, and whether that was all. While somebody
    else plans it, nothing."""
    with transaction.atomic():
        locked = Greeting.objects.select_for_update(skip_locked=True, no_key=True)
        current = locked.filter(pk=greeting.pk, is_active=True).first()
        if current is None:
            return 0, True
        if current.kind == Kind.BROADCAST and current.pass_at is None:
            if not _days_of(greeting, at, since=current.planned_at):
                return (
                    0,
                    True,
                )  # its day has begun nowhere, or everywhere a while ago: nobody is looked at yet, or again
            if current.planned_at is None:
                _refresh(greeting.broadcast, at)
        if current.kind in PASSED_OVER:
            return _plan_part(greeting, current, programme, at)
        is_once = current.kind in finding.ONCE_A_DAY
        params = _params(greeting, programme, at, since=current.planned_at if is_once else None)
        if is_once and params:
            Greeting.objects.filter(pk=greeting.pk).update(planned_at=at)
        return db.value(_judged(greeting) + PLAN, params) if params else 0, True


def _refresh(broadcast: Broadcast, at: datetime) -> None:
    """Bring the broadcast's segment to this day. One whose conditions can't be used any more keeps its members, as by
    night: no other greeting waits for somebody to mend it."""
    try:
        audiences.refresh(broadcast.segment, at=at)
    except UnusableConditions as error:
        log.warning("segment_unusable", broadcast=broadcast.pk, error=error.code)


def _plan_part(greeting: Greeting, current: Greeting, programme: Programme, at: datetime) -> tuple[int, bool]:
    """The next members of a pass over everybody, for the days that had begun when it began."""
    is_going_on = current.pass_at is not None and current.pass_at > at - PASS
    began, after = (current.pass_at, current.pass_after) if is_going_on else (at, 0)
    params = _params(greeting, programme, began or at, since=current.planned_at)
    last = db.value("select max(id) from members_member") or 0 if params else 0
    planned, until = 0, after + PART
    if params:
        planned = db.value(_judged(greeting) + PLAN, params | {"after": after, "until": until, "at": at})
    is_done = until >= last
    place = (
        {"planned_at": began, "pass_at": None, "pass_after": 0} if is_done else {"pass_at": began, "pass_after": until}
    )
    Greeting.objects.filter(pk=greeting.pk).update(**place)
    return planned, is_done


def _judged(greeting: Greeting) -> str:
    return JUDGED.replace("{who}", finding.statement(greeting))


def _params(
    greeting: Greeting, programme: Programme, at: datetime, *, since: datetime | None, is_forecast: bool = False
) -> dict[str, Any] | None:
    """What the statement needs to know; None when nobody can be meant."""
    sent = greeting.broadcast if greeting.kind == Kind.BROADCAST else None
    days = _days_of(greeting, at, since=since, is_forecast=is_forecast)
    missed = max((finding.missed_days(day.on, ZoneInfo(day.zone), since) for day in days), default=0)
    who = finding.asked(greeting, programme, sorted({day.on for day in days}), missed=missed) if days else None
    if not who:
        return None
    return who | {
        "zones": [day.zone for day in days],
        "zone_days": [day.on for day in days],
        "due_ats": [day.due_at for day in days],
        "end_ats": [day.ends_at for day in days],
        "programme_zone": programme.time_zone,
        "tiers": [tier.pk for tier in greeting.tiers.all()] or None,
        "stores": [store.pk for store in greeting.stores.all()] or None,
        "lowest": db.value("select id from tiers_tier where rank = 0"),
        "greeting": greeting.pk,
        "channel": greeting.channel,
        "is_marketing": greeting.is_marketing,
        "purpose": Consent.Purpose.MARKETING if greeting.is_marketing else Consent.Purpose.SERVICE,
        "priority": PRIORITIES.get(Kind(greeting.kind), AFTER_THESE),
        "year_of_birthdays": YEAR_OF_BIRTHDAYS,
        "salt": str(sent.salt) if sent else "",
        "hold_out": sent.hold_out if sent else 0,
        "trait": audiences.trait(sent.segment) if sent else "",
        "at": at,
        "after": 0,
        "until": EVERY_MEMBER,
    }


def _days_of(greeting: Greeting, at: datetime, *, since: datetime | None, is_forecast: bool = False) -> list["Day"]:
    """The days on which GREETING is planned now, one for each zone: today; of a broadcast its own, from when it begins
    until its last one ends, however late it is switched on. Only those that began after SINCE."""
    if greeting.kind != Kind.BROADCAST:
        days = _days(greeting.send_at, at)
    else:
        sent = greeting.broadcast
        days = _days(greeting.send_at, at, lasts=sent.lasts_days, on=sent.on)
        if not is_forecast:
            days = [day for day in days if day.begins_at <= at < day.ends_at]
    return [day for day in days if since is None or day.begins_at > since]


@dataclass(frozen=True, slots=True)
class Day:
    """Today in a zone: when it began and ends, and when the greeting is due."""

    zone: str
    on: date
    begins_at: datetime
    due_at: datetime
    ends_at: datetime


@lru_cache(maxsize=1)
def _zones() -> Sequence[ZoneInfo]:
    return [ZoneInfo(name) for name in sorted(available_timezones() - NO_ZONES)]


def _days(send_at: time, at: datetime, *, lasts: int = 1, on: date | None = None) -> Iterable[Day]:
    """Today in each zone, or the day ON in all of them; what is written on it may go LASTS days. It is due at its hour:
    that of the day itself, or where that is over, today's."""
    for zone in _zones():
        today = at.astimezone(zone).date()
        day = on or today
        begins_at, due_at = at_local(day, MIDNIGHT, zone.key), at_local(max(day, today), send_at, zone.key)
        yield Day(zone.key, day, begins_at, due_at, at_local(day + timedelta(days=lasts), MIDNIGHT, zone.key))
