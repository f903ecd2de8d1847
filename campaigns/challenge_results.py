"""What came of a challenge: how often it was completed, what that gave and costs."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from campaigns.models import Challenge
from core import db
from core.models import Programme
from points import rules, terms

COUNTED = """
    select count(distinct d.member_id) as members, count(*) as completions,
           coalesce(sum(d.points), 0)::bigint as points,
           count(d.voucher_id) as vouchers, count(v.id) filter (where v.state = 'used') as vouchers_used,
           coalesce(sum(coalesce(v.amount, r.worth, 0)), 0) as worth, max(d.completed_at) as last_at
    from campaigns_completion d
    left join rewards_voucher v on v.id = d.voucher_id
    left join rewards_reward r on r.id = v.reward_id
    where d.challenge_id = %(challenge)s
"""


@dataclass(frozen=True, slots=True)
class Results:
    """Of one challenge, since its first day. COST is in the programme's currency, at today's worth of a point.

    `members`: those who completed it at least once.
    """

    members: int
    completions: int
    points: int
    vouchers: int
    vouchers_used: int
    cost: Decimal
    last_at: datetime | None


def of(challenge: Challenge, programme: Programme) -> Results:
    """The results of a challenge. One query."""
    row = db.rows(COUNTED, {"challenge": challenge.pk})[0]
    main = rules.rulebook(programme).main
    worth = row.pop("worth")
    return Results(**row, cost=(terms.worth(main, row["points"], programme) if main else Decimal(0)) + worth)
