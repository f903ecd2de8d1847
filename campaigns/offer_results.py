"""What came of an offer: whom it reached, what it gave and what came back, what that costs, what is left."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from campaigns.models import Offer
from core import db
from core.models import Programme
from points import rules, terms

COUNTED = """
    select count(distinct a.member_id) as members, count(*) as purchases, coalesce(sum(a.points), 0)::bigint as points,
           max(a.awarded_at) as last_at,
           (select coalesce(sum(r.points), 0)::bigint from campaigns_awardreversal r
            join campaigns_award b on b.id = r.award_id where b.offer_id = %(offer)s) as taken_back,
           (select sum(s."left")::bigint from campaigns_budgetslot s where s.offer_id = %(offer)s) as left
    from campaigns_award a where a.offer_id = %(offer)s
"""


@dataclass(frozen=True, slots=True)
class Results:
    """Of one offer, since it was made. COST is that of the points kept, at today's worth; LEFT None: no budget."""

    members: int
    purchases: int
    points: int
    taken_back: int
    cost: Decimal
    left: int | None
    last_at: datetime | None


def of(offer: Offer, programme: Programme) -> Results:
    """The results of an offer. One query."""
    row = db.rows(COUNTED, {"offer": offer.pk})[0]
    main = rules.rulebook(programme).main
    kept = row["points"] - row["taken_back"]
    return Results(**row, cost=terms.worth(main, kept, programme) if main else Decimal(0))
