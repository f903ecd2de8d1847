"""W8: who meets five conditions, as staff build them, against one statement written by hand for these very ones."""

from datetime import UTC, datetime

from bench import databases
from bench.figures import Comparison, seconds
from campaigns import audiences, conditions, queries
from campaigns.models import Segment
from core import programme as programmes

AT = datetime(2026, 6, 1, 3, tzinfo=UTC)
BUILT = {
    "join": "all",
    "parts": [
        {"about": "purchases", "how": "at_least", "number": 3, "period": "last", "days": 90},
        {"about": "spent", "how": "at_least", "amount": "400", "period": "last", "days": 365},
        {"about": "tier", "how": "is", "codes": ["tier-1", "tier-2", "tier-3"]},
        {"about": "points", "how": "at_least", "number": 100},
        {"about": "consent", "how": "yes", "codes": ["email"]},
    ],
}
BY_HAND = """
    select count(*)
    from members_member m
    join (
        select p.member_id
        from sales_purchase p
        where p.member_id is not null and p.business_on >= date '2025-06-02'
          and not exists (select from sales_return r where r.purchase_id = p.id and r.amount >= p.amount)
        group by p.member_id
        having count(*) filter (where p.business_on >= date '2026-03-04') >= 3 and sum(p.amount) >= 400
    ) bought on bought.member_id = m.id
    join tiers_standing held on held.member_id = m.id and held.tier_id in (2, 3, 4)
    join points_account a on a.member_id = m.id and a.point_type_id = 1 and a.available >= 100
    join (
        select distinct on (member_id) member_id, granted from members_consent
        where channel = 'email' and purpose = 'marketing' order by member_id, id desc
    ) said on said.member_id = m.id and said.granted
    where m.status <> 'closed'
"""


def measure(*, members: int = 1_000_000, purchases: int = 10_000_000, rounds: int = 3) -> list[Comparison]:
    """Count who meets the conditions among MEMBERS with PURCHASES, and let them all enter, on one database."""
    databases.ours("bench_ours", "programme", "till", "shopping", members=members, purchases=purchases)
    databases.use("bench_ours")
    known = queries.vocabulary(programmes.current())
    group = conditions.read(BUILT, known)
    counting = Comparison("W8 segment, counted", "s", 1.5, higher_is_better=False)
    entering = Comparison("W8 segment, all enter", "s", 1.5, higher_is_better=False)
    for number in range(rounds):
        counting.floor.append(seconds(lambda: databases.run("bench_ours", BY_HAND)))
        counting.ours.append(seconds(lambda: audiences.count(group, known, at=AT, seconds=600)))
        segment = Segment(code=f"s{number}", name="Bench", conditions=BUILT)
        entering.floor.append(counting.floor[-1])
        entering.ours.append(seconds(lambda made=segment: audiences.save(made, at=AT)))  # type: ignore[misc]
    found = audiences.count(group, known, at=AT, seconds=600).members
    assert [(found,)] == databases.run("bench_ours", BY_HAND)
    counting.settings = entering.settings = f"{members:,} members, {purchases:,} purchases, {found:,} found"
    databases.use("postgres")
    databases.drop("bench_ours")
    return [counting, entering]
