"""What a broadcast brought: what those it was for did in the days after, beside those who were kept out to compare."""

from dataclasses import dataclass
from decimal import Decimal

from campaigns.intervals import Difference, Share, difference
from campaigns.models import Broadcast
from core import db

DAYS = 7

# All for whom it was planned, whether or not it reached them: who was kept out was drawn before that was known. Those
# who could not be written to anyway are in neither group.
DID = """
    with people as (
        select member_id, reason = 'held_out' as is_held, due_at, due_at + %(days)s * interval '1 day' as until
        from campaigns_occasion
        where greeting_id = %(broadcast)s and (reason = 'held_out' or state <> 'suppressed' or done_at > planned_at)
    ),
    bought as (
        select w.member_id, sum(p.amount - coalesce(r.amount, 0)) as amount
        from people w
        join sales_purchase p on p.member_id = w.member_id and p.occurred_at >= w.due_at and p.occurred_at < w.until
        left join (select purchase_id, sum(amount) as amount from sales_return group by purchase_id) r
            on r.purchase_id = p.id
        where r.amount is null or r.amount < p.amount
        group by w.member_id
    ),
    redeemed as (
        select distinct w.member_id
        from people w
        join rewards_voucher v on v.member_id = w.member_id and v.issued_at >= w.due_at and v.issued_at < w.until
        where v.redemption_id is not null
    )
    select w.is_held, count(*) as members, count(b.member_id) as buyers, count(d.member_id) as redeemers,
           coalesce(sum(b.amount), 0) as amount
    from people w
    left join bought b on b.member_id = w.member_id
    left join redeemed d on d.member_id = w.member_id
    group by w.is_held
"""


@dataclass(frozen=True, slots=True)
class Crowd:
    """One of the two groups: how many, what they did. AMOUNT is in the programme's currency, less what came back."""

    members: int = 0
    buyers: int = 0
    redeemers: int = 0
    amount: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Effect:
    """The two groups, and by how much their shares differ; None where they are too small to judge."""

    written_to: Crowd
    kept_out: Crowd
    buying: Difference | None
    redeeming: Difference | None


def of(broadcast: Broadcast) -> Effect:
    """What came of a broadcast within DAYS of each member's hour, so far. One query."""
    rows = db.rows(DID, {"broadcast": broadcast.pk, "days": DAYS})
    crowds = {row.pop("is_held"): Crowd(**row) for row in rows}
    one, other = crowds.get(False, Crowd()), crowds.get(True, Crowd())
    return Effect(
        written_to=one,
        kept_out=other,
        buying=difference(Share(one.buyers, one.members), Share(other.buyers, other.members)),
        redeeming=difference(Share(one.redeemers, one.members), Share(other.redeemers, other.members)),
    )
