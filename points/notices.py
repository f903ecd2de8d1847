"""Telling members in time that points will expire."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.utils import translation

from core import clock
from core import programme as programmes
from core.models import Programme
from messaging import outbox
from messaging.outbox import Draft
from messaging.queries import Contact, contacts
from points.models import PointType

CHUNK = 1000

# By account and last day of use, what was not told yet over any channel. Usable and pending points, not held ones.
UNTOLD = """
    select d.account_id, a.member_id, a.point_type_id, d.points, d.last_on, d.expires_at
    from (
        select account_id, sum(remaining)::bigint as points, max(expires_at) as expires_at,
               ((expires_at - interval '1 microsecond') at time zone %(zone)s
                   - make_interval(hours => %(day_ends_at)s))::date as last_on
        from points_lot
        where is_open and expires_at > %(begins)s and expires_at <= %(ends)s
        group by account_id, last_on
    ) d
    join points_account a on a.id = d.account_id
    where not exists (
        select from messaging_message m where m.reference = concat('expiring:', d.account_id, ':', d.last_on, ':email')
    ) and not exists (
        select from messaging_message m where m.reference = concat('expiring:', d.account_id, ':', d.last_on, ':sms')
    )
    order by d.account_id, d.last_on
"""

Tick = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Told:
    """How many messages were written, and of how many points they speak."""

    messages: int = 0
    points: int = 0


@dataclass(frozen=True, slots=True)
class Expiring:
    """Points of one account that can be used until the end of LAST_ON."""

    account_id: int
    member_id: int
    point_type_id: int
    points: int
    last_on: date
    expires_at: datetime


def tell_expiring(on: date, *, at: datetime, tick: Tick | None = None) -> Told:
    """Tell members which points expire within the programme's days of notice from the business date ON.

    One message for each account and last day of use, however often this runs; a day without a run is made up for by
    the next one. TICK hears of each chunk, after its messages are kept.
    """
    programme = programmes.current()
    messages = points = 0
    for chunk in _untold(on, programme):
        queued, of_points = _tell(chunk, at=at)
        messages, points = messages + queued, points + of_points
        if tick:
            tick(queued, of_points)
    return Told(messages, points)


def _untold(on: date, programme: Programme) -> Iterator[Sequence[Expiring]]:
    """Found by one statement and kept on the server, so that no chunk looks through all of them again."""
    last = on + timedelta(days=programme.expiry_notice_days)
    params: dict[str, datetime | str | int] = {
        "begins": clock.start_of(on, programme),
        "ends": clock.start_of(last + timedelta(days=1), programme),
        "zone": programme.time_zone,
        "day_ends_at": programme.day_ends_at,
    }
    with connection.chunked_cursor() as cursor:
        cursor.execute(UNTOLD, params)
        while found := cursor.fetchmany(CHUNK):
            yield [Expiring(*row) for row in found]


def _tell(chunk: Sequence[Expiring], *, at: datetime) -> tuple[int, int]:
    """Messages written and points they speak of. Who left is not told."""
    reached = contacts({each.member_id for each in chunk}, at=at)
    types = PointType.objects.in_bulk()
    told = [each for each in chunk if each.member_id in reached]
    drafts = [_draft(each, reached[each.member_id], types[each.point_type_id]) for each in told]
    return outbox.queue(drafts, at=at), sum(each.points for each in told)


def _draft(expiring: Expiring, contact: Contact, point_type: PointType) -> Draft:
    with translation.override(contact.language):
        unit = point_type.name if expiring.points == 1 else point_type.name_plural
    return outbox.to(
        contact,
        "points_expiring",
        reference=f"expiring:{expiring.account_id}:{expiring.last_on}",
        words={"points": expiring.points, "unit": unit, "on": expiring.last_on},
        expires_at=expiring.expires_at,
    )
