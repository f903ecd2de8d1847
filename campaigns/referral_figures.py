"""Referrals as they stand: of one member, and all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Sum

from campaigns import referral_words, referrals, rewarding
from campaigns.models import Referral, ReferralMilestone
from core import db
from core.models import Programme
from points import rules, terms

MOST_SHOWN = 50
State = Referral.State

# What friends bought since they joined, less what they brought back. Refused ones are left out.
BOUGHT = """
    select count(*) as purchases, coalesce(sum(p.amount - coalesce(b.amount, 0)), 0) as amount,
           count(distinct p.member_id) as friends
    from campaigns_referral r
    join sales_purchase p on p.member_id = r.friend_id and p.occurred_at >= r.joined_at - interval '15 minutes'
    left join lateral (select sum(amount) as amount from sales_return where purchase_id = p.id) b on true
    where r.state <> 'refused'
"""
COUNTED = """
    select count(*) as all, count(*) filter (where state = 'joined') as joined,
           count(*) filter (where state = 'waiting') as waiting,
           count(*) filter (where state = 'rewarded') as rewarded,
           count(*) filter (where state = 'refused') as refused,
           coalesce(sum(referrer_given), 0) as to_referrers, coalesce(sum(friend_given), 0) as to_friends,
           count(distinct referrer_id) as referrers
    from campaigns_referral
"""


@dataclass(frozen=True, slots=True)
class Friend:
    """A friend as the member who invited them may see them: a first name or "", how far it is, and since when."""

    name: str
    state: str
    joined_at: datetime
    due_at: datetime | None
    done_at: datetime | None
    points: int
    withheld: str


@dataclass(frozen=True, slots=True)
class Milestone:
    """So many friends, the points for it, and whether it was reached."""

    friends: int
    points: int
    is_reached: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a member's invitations have come. `counted`: the rewarded friends that milestones count."""

    friends: Sequence[Friend]
    this_year: int
    most_a_year: int
    counted: int
    points: int
    milestones: Sequence[Milestone]

    @property
    def next_milestone(self) -> Milestone | None:
        """The next one to be reached."""
        return next((each for each in self.milestones if not each.is_reached), None)


@dataclass(frozen=True, slots=True)
class Results:
    """What all referrals have come to. Money is in the programme's currency, COST at today's worth of a point."""

    counted: dict[str, int]
    milestone_points: int
    points: int
    cost: Decimal
    purchases: int
    amount: Decimal
    buyers: int


def of_member(member_id: int, programme: Programme, *, at: datetime) -> Standing:
    """What became of the friends whom a member invited, the latest first. Three queries."""
    scheme = referrals.scheme(programme)
    rows = list(Referral.objects.filter(referrer=member_id).select_related("friend").order_by("-id")[:MOST_SHOWN])
    totals = db.rows(
        """
        select count(*) as ever, count(*) filter (where done_at >= %s) as year,
               coalesce(sum(referrer_given), 0) as points
        from campaigns_referral where referrer_id = %s and state = 'rewarded' and withheld = ''
        """,
        [rewarding.year_begins(programme, at), member_id],
    )[0]
    reached = dict(ReferralMilestone.objects.filter(referrer=member_id).values_list("friends", "points"))
    offered = dict(scheme.milestones) if scheme.is_active else {}
    return Standing(
        friends=[_friend(row) for row in rows],
        this_year=totals["year"],
        most_a_year=scheme.most_a_year,
        counted=totals["ever"],
        points=int(totals["points"]) + sum(reached.values()),
        milestones=[
            Milestone(friends, points, friends in reached) for friends, points in sorted((offered | reached).items())
        ],
    )


def invited(member_id: int) -> Referral | None:
    """The referral by which a member joined, with who invited; None for others and for refused ones. One query."""
    found = Referral.objects.filter(friend=member_id).exclude(state=State.REFUSED)
    return found.select_related("referrer").first()


def results(programme: Programme) -> Results:
    """What all referrals have come to. Three queries."""
    counted = {name: int(number) for name, number in db.rows(COUNTED)[0].items()}
    bought = db.rows(BOUGHT)[0]
    milestones = ReferralMilestone.objects.aggregate(points=Sum("points"))["points"] or 0
    points = counted["to_referrers"] + counted["to_friends"] + milestones
    main = rules.rulebook(programme).main
    return Results(
        counted=counted,
        milestone_points=milestones,
        points=points,
        cost=terms.worth(main, points, programme) if main else Decimal(0),
        purchases=bought["purchases"],
        amount=bought["amount"],
        buyers=bought["friends"],
    )


def _friend(row: Referral) -> Friend:
    return Friend(
        name=referral_words.given_name(row.friend.name),
        state=row.state,
        joined_at=row.joined_at,
        due_at=row.due_at,
        done_at=row.done_at,
        points=row.referrer_given,
        withheld=row.withheld,
    )
