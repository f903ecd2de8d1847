"""What came of a greeting: whom it reached, whom it did not and why, what was given with it and what that costs."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from campaigns.models import Greeting, Occasion
from core import db
from core.models import Programme
from messaging.models import Message
from points import rules, terms

# By the message's state, where there is one: what was written may still fail, or be suppressed at the last moment.
COUNTED = """
    select coalesce(m.state, o.state) as state, coalesce(nullif(o.reason, ''), m.error, '') as reason,
           o.channel, count(*) as occasions, coalesce(sum(o.points), 0) as points,
           count(*) filter (
               where m.read_at is not null
                  or exists (select from messaging_report r where r.message_id = m.id and r.kind = 'opened')
           ) as opened
    from campaigns_occasion o
    left join messaging_message m on m.id = o.message_id
    where o.greeting_id = %s
    group by 1, 2, 3
"""
VOUCHERS = """
    select count(*) as vouchers, coalesce(sum(coalesce(v.amount, r.worth, 0)), 0) as worth,
           count(*) filter (where v.state = 'used') as used
    from rewards_voucher v
    join rewards_reward r on r.id = v.reward_id
    where v.id in (select voucher_id from campaigns_occasion where greeting_id = %s and voucher_id is not null)
"""


@dataclass(frozen=True, slots=True)
class Results:
    """Of one greeting, since it was made. COST is in the programme's currency, at today's worth of a point."""

    reached: int
    by_channel: dict[str, int]
    opened: int
    waiting: int
    unclear: int
    failed: int
    expired: int
    suppressed: dict[str, int]
    points: int
    vouchers: int
    vouchers_used: int
    cost: Decimal
    last_on: date | None


def of(greeting: Greeting, programme: Programme) -> Results:
    """The results of a greeting. Three queries."""
    rows = db.rows(COUNTED, [greeting.pk])
    given = db.rows(VOUCHERS, [greeting.pk])[0]
    points = int(sum(row["points"] for row in rows))
    main = rules.rulebook(programme).main
    last = Occasion.objects.filter(greeting=greeting, state="written").order_by("-id").values_list("on", flat=True)

    def count(*states: str) -> int:
        return sum(row["occasions"] for row in rows if row["state"] in states)

    by_channel: dict[str, int] = {}
    suppressed: dict[str, int] = {}
    for row in rows:
        if row["state"] == Message.State.SENT:
            by_channel[row["channel"]] = by_channel.get(row["channel"], 0) + row["occasions"]
        elif row["state"] == Message.State.SUPPRESSED:
            suppressed[row["reason"]] = suppressed.get(row["reason"], 0) + row["occasions"]
    return Results(
        reached=count(Message.State.SENT),
        by_channel=by_channel,
        opened=sum(row["opened"] for row in rows),
        waiting=count(Occasion.State.PLANNED, Message.State.QUEUED),
        unclear=count(Message.State.SENDING),
        failed=count(Message.State.FAILED),
        expired=count(Message.State.EXPIRED),
        suppressed=dict(sorted(suppressed.items(), key=lambda item: -item[1])),
        points=points,
        vouchers=given["vouchers"],
        vouchers_used=given["used"],
        cost=(terms.worth(main, points, programme) if main else Decimal(0)) + given["worth"],
        last_on=last.first(),
    )
