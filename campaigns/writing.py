"""Greetings that are due become messages: asked once more, given what comes with them, written, all in one transaction.

Who is killed here has done nothing: the occasions stay planned for the next one. Sending is `messaging.delivery`'s.
"""

import time as clocks
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns import brake, facts, rendering
from campaigns.models import MARKETING, SERVICE, Greeting, Occasion
from campaigns.placeholders import EmptyPlaceholder
from campaigns.rendering import Letter
from core import db, events
from core import programme as programmes
from core.models import Programme
from members import consent
from members.models import Consent, Member
from messaging import outbox
from messaging.daytime import at_local
from messaging.models import Message
from messaging.outbox import Draft
from points import ledger, rules, terms
from points.ledger import Accrual, Booking, Grant
from points.models import Account, PointType
from rewards import redemption
from rewards.catalogue import RewardSoldOut
from rewards.models import Voucher
from tiers.models import Standing, Tier

ACTOR = "greetings"
BATCH = 500
MIDNIGHT = time(0)
Kind = Greeting.Kind
# The reason that members read beside bonus points.
BONUS_FOR: dict[str, str | Promise] = {
    Kind.BIRTHDAY: _("Happy birthday"),
    Kind.HOLIDAY: _("A present for the festival"),
    Kind.ANNIVERSARY: _("For your anniversary with us"),
    Kind.WELCOME: _("A welcome present"),
    Kind.TIER_REACHED: _("For your new tier"),
    Kind.BROADCAST: _("A present for you"),
    Kind.FIRST_PURCHASE: _("Thank you for your first purchase"),
    Kind.RETURNED: _("For your next purchase"),
    Kind.MISSED: _("Good to see you again"),
}
# What a message is, where it is no greeting.
MESSAGES = {Kind.EXPIRY: "points_expiring", Kind.AT_RISK: "tier_at_risk"}
State, Reason = Occasion.State, Occasion.Reason

# What may ring now, by the member's own clock and the channel's hours. The inbox has no hours.
DUE = """
    select o.id
    from campaigns_occasion o
    join campaigns_greeting g on g.id = o.greeting_id and g.is_active and g.kind = any(%(kinds)s)
    left join messaging_sendinghours h on h.channel = o.channel
    where o.state = 'planned' and o.due_at <= %(at)s
      and (o.greeting_id = %(of)s::bigint or %(of)s::bigint is null and o.greeting_id <> all(%(but)s::bigint[]))
      and (h.channel is null or (%(at)s at time zone o.time_zone)::time >= h.begins
                            and (%(at)s at time zone o.time_zone)::time < h.ends)
    order by o.priority, o.due_at, o.id
    limit %(limit)s
    for update of o skip locked
"""
# Another marketing message that day and channel: written already, or going before it. A broadcast may go on a later day
# than its own.
SECOND = """
    select o.id
    from campaigns_occasion o
    cross join lateral (select (%(at)s at time zone o.time_zone)::date as today) t
    where o.id = any(%(ids)s) and exists (
        select from campaigns_occasion other
        join campaigns_greeting g on g.id = other.greeting_id and g.kind = any(%(kinds)s)
        left join messaging_message m on m.id = other.message_id
        where other.member_id = o.member_id and other.channel = o.channel and other.id <> o.id
          and (other.state = 'written' and m.local_on = t.today
               or other.state = 'planned' and g.is_active and other."on" <= t.today and other.ends_at > %(at)s
               -- what waits in the queue of a slow broadcast since an earlier day gives way to what is of today
               and (other."on" > o."on"
                    or other."on" = o."on" and (other.priority, other.id) < (o.priority, o.id)))
    )
"""
# The broadcasts that go slowly; and how many of one may still be written this minute, while nobody else writes it.
SLOW = """
    select g.id from campaigns_broadcast b join campaigns_greeting g on g.id = b.greeting_ptr_id
    where g.is_active and b.per_minute is not null and b."on" >= %(at)s::date - 8 order by g.id
"""
PACE = """
    select b.per_minute - (
        select count(*) from campaigns_occasion o
        where o.greeting_id = b.greeting_ptr_id and o.state = 'written' and o.done_at > %(at)s - interval '59 seconds'
    ) from campaigns_broadcast b where b.greeting_ptr_id = %(of)s for update skip locked
"""
SETTLE = """
    update campaigns_occasion o
    set state = d.state, reason = d.reason, message_id = d.message, points = d.points, voucher_id = d.voucher,
        done_at = greatest(%(at)s, o.planned_at + interval '1 microsecond') -- what was settled at planning has the same
    from jsonb_to_recordset(%(done)s::jsonb)
        as d(id bigint, state text, reason text, message bigint, points int, voucher bigint)
    where o.id = d.id
"""
EXPIRE = """
    update campaigns_occasion set state = 'expired', done_at = %(at)s
    where id in (
        select id from campaigns_occasion where state = 'planned' and ends_at <= %(at)s for update skip locked
    )
    returning id
"""


@dataclass(slots=True)
class Given:
    """What becomes of an occasion: REASON says why nothing, else its text and what came with it."""

    occasion: Occasion
    reason: str = ""
    about: Mapping[str, Any] = field(default_factory=dict)
    letter: Letter | None = None
    points: int = 0
    voucher: Voucher | None = None

    @property
    def member(self) -> Member:
        return self.occasion.member

    @property
    def greeting(self) -> Greeting:
        return self.occasion.greeting


def write_due(*, at: datetime, seconds: float) -> int:
    """Make messages of what is due, for SECONDS at most; answer how many occasions were settled.

    What members need to know goes first, and no brake holds it. For the rest, the volume brake is asked once: it stops
    far above what one call writes.
    """
    programme = programmes.current_or_none()
    if programme is None:
        return 0
    expire(at=at)
    until = clocks.monotonic() + seconds
    settled = _write_kinds(SERVICE, brake.NO_LIMIT, programme, at, until)
    return settled + _write_kinds(MARKETING, brake.room(programme, at=at), programme, at, until)


def _write_kinds(kinds: Sequence[str], room: int, programme: Programme, at: datetime, until: float) -> int:
    """Batch after batch of these kinds, until there is no ROOM, nothing due or no time left; slow broadcasts each by
    itself, after the others."""
    settled = 0
    slow = [row["id"] for row in db.rows(SLOW, {"at": at})] if Kind.BROADCAST in kinds else []
    for one in (None, *slow):
        while room > settled:
            with transaction.atomic():
                pace = BATCH if one is None else db.value(PACE, {"of": one, "at": at}) or 0
                limit = min(BATCH, room - settled, pace)
                done = _write(_claim(at, limit, kinds, of=one, but=slow), programme, at) if limit > 0 else 0
            settled += done
            if not done or clocks.monotonic() >= until:
                break
    return settled


def expire(*, at: datetime) -> int:
    """Give up what was not written by the end of the member's day; answer how many. Nobody is greeted a day late."""
    return len(db.rows(EXPIRE, {"at": at}))


def _claim(at: datetime, limit: int, kinds: Sequence[str], *, of: int | None, but: Sequence[int]) -> list[Occasion]:
    """The next ones of one greeting, or of all BUT some, for us alone; one of each member, whose others come in the
    next round."""
    asked = {"at": at, "limit": limit, "kinds": list(kinds), "of": of, "but": list(but)}
    ids = [row["id"] for row in db.rows(DUE, asked)]
    found = Occasion.objects.filter(pk__in=ids).select_related("greeting__reward", "member")
    first: dict[int, Occasion] = {}
    for occasion in found.order_by("priority", "due_at", "id"):
        first.setdefault(occasion.member_id, occasion)
    return list(first.values())


def _write(claimed: Sequence[Occasion], programme: Programme, at: datetime) -> int:
    """Settle the claimed occasions, all marketing or none of them, in the caller's transaction: accounts first, stock
    then, messages last."""
    if not claimed:
        return 0
    asked = [Given(occasion) for occasion in claimed]
    _ask_again(asked, programme, at)
    main = rules.rulebook(programme).main
    balances = _balances(_going(asked), main, at)
    _look_again(_going(asked), programme, at)
    _fill(_going(asked), balances, programme)
    _give_vouchers(_going(asked), programme, at)
    if main:
        _give_points(_going(asked), main, programme, at)
    written = outbox.write([_draft(each, at) for each in _going(asked)], at=at)
    _settle(asked, written, at)
    return len(asked)


def _going(asked: Sequence[Given]) -> list[Given]:
    return [each for each in asked if not each.reason]


def _ask_again(asked: Sequence[Given], programme: Programme, at: datetime) -> None:
    """Whether the member may still be written to, and what else goes to them that day."""
    is_marketing = asked[0].greeting.is_marketing
    seconds: set[int] = set()
    if is_marketing:
        about = {"at": at, "ids": [each.occasion.pk for each in asked], "kinds": list(MARKETING)}
        seconds = {row["id"] for row in db.rows(SECOND, about)}
    willing = {
        channel: consent.allowing(
            {each.member.pk for each in asked if each.occasion.channel == channel},
            channel,
            Consent.Purpose.MARKETING if is_marketing else Consent.Purpose.SERVICE,
            at=at,
        )
        for channel in Consent.Channel.values
    }
    for each in asked:
        channel = each.occasion.channel
        if each.member.status != Member.Status.ACTIVE:
            each.reason = Reason.LEFT
        elif is_marketing and consent.is_too_young(each.member, programme, at=at):
            each.reason = Reason.TOO_YOUNG
        elif channel in willing and each.member.pk not in willing[channel]:
            each.reason = Reason.NO_CONSENT
        elif not _address(each.member, channel):
            each.reason = Reason.NO_ADDRESS
        elif each.occasion.pk in seconds:
            each.reason = Reason.ONE_A_DAY


def _balances(going: Sequence[Given], main: PointType | None, at: datetime) -> dict[int, int]:
    """What the members can use. Accounts that are given something are locked and touched."""
    if main is None:
        return {}
    getting = {each.member.pk for each in going if each.greeting.bonus_points or each.greeting.reward_id}
    others = {each.member.pk for each in going} - getting
    found = dict(Account.objects.filter(member__in=others, point_type=main).values_list("member_id", "available"))
    opened = ledger.open_accounts([(member, main.pk, at) for member in sorted(getting)]) if getting else {}
    return found | {member: account.available for (member, _type), account in opened.items()}


def _look_again(going: Sequence[Given], programme: Programme, at: datetime) -> None:
    """Whether what it is about is still so: points that were used by now, or goods bought, need no word."""
    found = facts.told([each.occasion for each in going], programme, at=at)
    for each in going:
        each.about = found.get(each.occasion.pk, {})
        if each.occasion.pk not in found:
            each.reason = Reason.GONE


def _fill(going: Sequence[Given], balances: dict[int, int], programme: Programme) -> None:
    tiers = _tiers({each.member.pk for each in going})
    lowest = Tier.objects.order_by("rank").first()
    for each in going:
        tier = tiers.get(each.member.pk, lowest)
        points = balances.get(each.member.pk, 0) + (each.greeting.bonus_points or 0)
        with translation.override(each.member.language):
            name = tier.name if tier else ""
        try:
            each.letter = rendering.letter(
                each.greeting, each.member, each.occasion.channel, programme,
                about=each.about, tier=name, points=points,
            )  # fmt: skip
        except EmptyPlaceholder:
            each.reason = Reason.EMPTY_PLACEHOLDER


def _tiers(members: Collection[int]) -> dict[int, Tier]:
    held = Standing.objects.filter(member__in=members).select_related("tier")
    return {standing.member_id: standing.tier for standing in held}


def _give_vouchers(going: Sequence[Given], programme: Programme, at: datetime) -> None:
    for each in going:
        if reward := each.greeting.reward:
            try:
                with transaction.atomic():
                    each.voucher = redemption.give(
                        each.member.pk, reward, token=f"greeting:{each.occasion.key}", at=at, actor=ACTOR,
                        programme=programme,
                    )  # fmt: skip
            except RewardSoldOut:
                each.reason = Reason.SOLD_OUT


def _give_points(going: Sequence[Given], main: PointType, programme: Programme, at: datetime) -> None:
    """Once for each occasion of a member, by whatever channel it is told."""
    getting = {each.member.pk: each for each in going if each.greeting.bonus_points}
    accounts = dict(Account.objects.filter(member__in=getting, point_type=main).values_list("member_id", "id"))
    expires_at = terms.expires_at(main, at, at, programme)
    accruals = []
    for member, each in getting.items():
        points = each.greeting.bonus_points or 0
        grant = Grant(points, f"greeting:{each.greeting.pk}", 0, _reason_words(each.greeting), at, expires_at)
        reference = f"greeting:{each.occasion.key}"
        accruals.append(Accrual(accounts[member], reference, [grant], at, at, ACTOR))
    booked = ledger.accrue(accruals)
    for each, booking in zip(getting.values(), booked, strict=True):
        each.points = 0 if booking.is_repeat else booking.points
    events.tell_many([_fact(each, booking, at) for each, booking in zip(getting.values(), booked, strict=True)])


def _reason_words(greeting: Greeting) -> dict[str, str]:
    """The reason that members read beside the points."""
    found = {}
    for language in settings.MODELTRANSLATION_LANGUAGES:
        with translation.override(language):
            found[language] = str(BONUS_FOR[greeting.kind])
    return found


def _fact(each: Given, booking: Booking, at: datetime) -> dict[str, object]:
    return events.fact(
        "award.given",
        reference=f"greeting:{each.occasion.key}",
        occurred_at=at,
        member_id=each.member.pk,
        payload={"posting": booking.posting_id, "points": booking.points, "greeting": each.greeting.pk},
    )


def _address(member: Member, channel: str) -> str:
    if channel == Message.Channel.EMAIL:
        return member.email or ""
    if channel == Message.Channel.SMS:
        return member.phone.as_e164 if member.phone else ""
    return member.number


def _draft(each: Given, at: datetime) -> Draft:
    occasion, member = each.occasion, each.member
    local_on = at.astimezone(ZoneInfo(occasion.time_zone)).date()
    # It counts as this day's. Left over night, it would come on top of what the next day brings.
    day_ends_at = at_local(local_on + timedelta(days=1), MIDNIGHT, occasion.time_zone)
    return Draft(
        kind=MESSAGES.get(Kind(each.greeting.kind), "greeting"),
        reference=f"occasion:{occasion.pk}",
        channel=occasion.channel,
        address=_address(member, occasion.channel),
        language=member.language,
        time_zone=occasion.time_zone,
        member_id=member.pk,
        expires_at=min(occasion.ends_at, day_ends_at),
        text=each.letter.text if each.letter else None,
        html=each.letter.html if each.letter else "",
        is_marketing=each.greeting.is_marketing,
        local_on=local_on,
    )


def _settle(asked: Sequence[Given], written: dict[str, int], at: datetime) -> None:
    done = []
    for each in asked:
        message = written.get(f"occasion:{each.occasion.pk}")
        reason = each.reason or ("" if message else Reason.ONE_A_DAY)
        done.append(
            {
                "id": each.occasion.pk,
                "state": State.SUPPRESSED if reason else State.WRITTEN,
                "reason": reason,
                "message": message,
                "points": each.points,
                "voucher": each.voucher.pk if each.voucher else None,
            }
        )
    db.rows(SETTLE + " returning o.id", {"at": at, "done": db.as_json(done)})
