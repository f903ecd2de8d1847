"""What referrals come to, by the clock: a first purchase is found, waited for, and rewarded on both sides.

Each step finds its work in the database and keeps it in one transaction: late, again, or killed half-way, a friend is
rewarded once. Goods brought back after the reward take nothing back: that is what the waiting was for.
"""

import time as clocks
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, Q

from campaigns import referral_bookings, referrals
from campaigns.models import Referral, ReferralMilestone, ReferralScheme
from campaigns.referral_bookings import Settled
from core import clock, db
from core import programme as programmes
from core.models import Programme
from members.models import Member
from points import ledger, rules

BATCH = 200
State, Reason, Withheld = Referral.State, Referral.Reason, Referral.Withheld

# The first purchase since joining of which enough is kept. A till's clock may be a little slow, so that a sale in which
# somebody joined would seem older than they are as a member.
FIND = """
    update campaigns_referral r
    set state = 'waiting', purchase_id = found.purchase_id, due_at = found.due_at
    from (
        select r.id, p.id as purchase_id,
               ((p.occurred_at at time zone %(zone)s - make_interval(hours => %(day_ends_at)s))::date + r.days
                   + make_interval(hours => %(day_ends_at)s)) at time zone %(zone)s as due_at
        from campaigns_referral r
        cross join lateral (
            select p.id, p.occurred_at
            from sales_purchase p
            where p.member_id = r.friend_id
              and p.occurred_at >= r.joined_at - interval '15 minutes' and p.occurred_at <= r.buy_until
              and p.amount - coalesce((select sum(b.amount) from sales_return b where b.purchase_id = p.id), 0)
                  >= greatest(r.minimum, 0.001)
            order by p.occurred_at, p.id
            limit 1
        ) p
        where r.state = 'joined'
        for update of r skip locked
    ) found
    where r.id = found.id
    returning r.id
"""
# Receipts of tills that were offline may come so many days late.
GIVE_UP = """
    update campaigns_referral set state = 'refused', reason = 'too_late', done_at = %(at)s
    where id in (
        select id from campaigns_referral
        where state = 'joined' and buy_until <= %(at)s - make_interval(days => %(late)s)
        for update skip locked
    )
    returning id
"""
# While either membership is on hold, nothing is decided.
DUE = """
    select r.id
    from campaigns_referral r
    join members_member f on f.id = r.friend_id and f.status <> 'suspended'
    join members_member m on m.id = r.referrer_id and m.status <> 'suspended'
    where r.state = 'waiting' and r.due_at <= %(at)s
    order by r.due_at, r.id
    limit %(limit)s
    for update of r skip locked
"""
KEPT = """
    select p.id, p.amount - coalesce(sum(b.amount), 0) as amount
    from sales_purchase p left join sales_return b on b.purchase_id = p.id
    where p.id = any(%s)
    group by p.id
"""


@dataclass(slots=True)
class _Brought:
    """Friends whom a member brought: rewarded this calendar year, rewarded at all, milestones reached before."""

    this_year: int = 0
    ever: int = 0
    reached: set[int] = field(default_factory=set)


def go_on(*, at: datetime, seconds: float) -> int:
    """Find first purchases, then settle what is due, for SECONDS at most; answer how many were settled."""
    programme = programmes.current_or_none()
    if programme is None:
        return 0
    find(programme, at=at)
    settled, until = 0, clocks.monotonic() + seconds
    while clocks.monotonic() < until:
        with transaction.atomic():
            done = _settle(_claim(at), programme, at)
        settled += done
        if done < BATCH:
            break
    return settled


def find(programme: Programme, *, at: datetime) -> int:
    """Note the purchases that count, and give up where none came in time; answer how many were found.

    One statement each, whatever their number.
    """
    found = db.rows(FIND, {"zone": programme.time_zone, "day_ends_at": programme.day_ends_at})
    db.rows(GIVE_UP, {"at": at, "late": programme.oldest_receipt_days})
    return len(found)


def _claim(at: datetime) -> list[Referral]:
    """The next ones that are due, for us alone."""
    ids = [row["id"] for row in db.rows(DUE, {"at": at, "limit": BATCH})]
    return list(
        Referral.objects.filter(pk__in=ids).select_related("friend", "referrer").order_by("due_at", "id") if ids else ()
    )


def _settle(claimed: Sequence[Referral], programme: Programme, at: datetime) -> int:
    """Settle the claimed referrals, in the caller's transaction: accounts first, then what they hang on."""
    main = rules.rulebook(programme).main
    if not claimed or main is None:
        return 0
    people = {each.friend_id for each in claimed} | {each.referrer_id for each in claimed}
    # Returns and other rewards of the same people lock these too: what is read from here on stays so.
    opened = ledger.open_accounts([(member, main.pk, at) for member in sorted(people)])
    accounts = {member: account.account_id for (member, _type), account in opened.items()}
    settled = _decide(claimed, programme, at)
    referral_bookings.book([each for each in settled if each.state == State.REWARDED], accounts, main, programme, at)
    referral_bookings.keep(settled, at)
    return len(settled)


def _decide(claimed: Sequence[Referral], programme: Programme, at: datetime) -> list[Settled]:
    kept = {row["id"]: row["amount"] for row in db.rows(KEPT, [[each.purchase_id for each in claimed]])}
    terms = referrals.scheme(programme)
    brought = _brought({each.referrer_id for each in claimed}, programme, at)
    settled = []
    for referral in claimed:
        one = Settled(referral)
        amount = kept[referral.purchase_id]
        if referral.friend.status == Member.Status.CLOSED:
            one.state, one.reason = State.REFUSED, Reason.LEFT
        elif reason := referrals.same_person(referral.referrer, referral.friend):
            one.state, one.reason = State.REFUSED, reason
        elif amount < referral.minimum or amount <= 0:
            one.state = State.JOINED
        else:
            _reward(one, brought[referral.referrer_id], terms)
        settled.append(one)
    return settled


def _reward(one: Settled, brought: _Brought, terms: ReferralScheme) -> None:
    """What both get. Beyond the year's limit, and when they have left, who invited gets nothing for this friend."""
    one.state, one.friend_points = State.REWARDED, one.referral.friend_points
    if one.referral.referrer.status == Member.Status.CLOSED:
        one.withheld = Withheld.LEFT
    elif brought.this_year >= terms.most_a_year:
        one.withheld = Withheld.LIMIT
    else:
        one.referrer_points = one.referral.referrer_points
        brought.this_year, brought.ever = brought.this_year + 1, brought.ever + 1
        for friends, points in terms.milestones:
            if friends <= brought.ever and friends not in brought.reached:
                one.milestones.append((friends, points))
                brought.reached.add(friends)


def _brought(members: set[int], programme: Programme, at: datetime) -> dict[int, _Brought]:
    """What each of these members has brought before. Two queries."""
    found = {member: _Brought() for member in members}
    rewarded = Referral.objects.filter(referrer__in=members, state=State.REWARDED, withheld="")
    begins = year_begins(programme, at)
    counted = rewarded.values("referrer_id").annotate(ever=Count("id"), year=Count("id", filter=Q(done_at__gte=begins)))
    for row in counted.order_by():
        found[row["referrer_id"]].ever, found[row["referrer_id"]].this_year = row["ever"], row["year"]
    reached = ReferralMilestone.objects.filter(referrer__in=members)
    for member, friends in reached.values_list("referrer_id", "friends"):
        found[member].reached.add(friends)
    return found


def year_begins(programme: Programme, at: datetime) -> datetime:
    """The first moment of the calendar year to which the business date of AT belongs."""
    return clock.start_of(date(clock.business_date(at, programme).year, 1, 1), programme)
