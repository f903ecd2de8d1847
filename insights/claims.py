"""What became of rewards in a period: which were claimed most, how many are left, how many vouchers were used."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core import db
from rewards.queries import COUNTED

# So few left of one that is offered is worth a word.
FEW = 10

CLAIMED = """
    with claimed as (
        select reward_id, count(*) as vouchers, sum(points) as points, count(*) filter (where state = 'used') as used
        from rewards_voucher
        where issued_at >= %(since)s and issued_at < %(until)s and state <> 'cancelled'
        group by 1
    )
    select r.id, r.name_en, r.name_zh_hans, r.is_active, coalesce(c.vouchers, 0) as vouchers,
           coalesce(c.points, 0)::bigint as points, coalesce(c.used, 0) as used,
           case when r.supply <> 'unlimited' then (
               select count(*) from (select 1 from rewards_unit u where u.reward_id = r.id and u.voucher_id is null
                                     limit %(counted)s) free) end as left
    from rewards_reward r left join claimed c on c.reward_id = r.id
    where c.reward_id is not null or (r.is_active and r.supply <> 'unlimited')
    order by coalesce(c.points, 0) desc, r.position, r.id
"""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A reward in a period: vouchers that were issued and not cancelled, their points, how many of them were used.

    `left`: pieces that can still be had, counted to a hundred; None where there is no end of them.
    """

    names: dict[str, str]
    vouchers: int
    points: int
    used: int
    left: int | None
    is_active: bool

    @property
    def is_short(self) -> bool:
        """Whether somebody should see to its supply."""
        return self.is_active and self.left is not None and self.left <= FEW

    @property
    def is_counted(self) -> bool:
        """Whether `left` is all that is left."""
        return self.left is not None and self.left < COUNTED


def claimed(since: datetime, until: datetime, *, most: int) -> Sequence[Claimed]:
    """The MOST claimed rewards from SINCE to before UNTIL, by points, and whatever is running short. One query."""
    rows = db.rows(CLAIMED, {"since": since, "until": until, "counted": COUNTED})
    found = [
        Claimed(
            {"en": row["name_en"] or "", "zh-hans": row["name_zh_hans"] or ""},
            **{name: row[name] for name in ("vouchers", "points", "used", "left", "is_active")},
        )
        for row in rows
    ]
    first = [each for each in found if each.vouchers][:most]
    return first + [each for each in found if each.is_short and each not in first]
