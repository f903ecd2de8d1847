"""Full stamp cards and challenges become completions, with what they give, by the clock.

Who bought, got a receipt, brought something back, rose, fell or is active again since the last look is counted anew,
under the lock of their account. Who is killed here has done nothing: cursor and recounts stay where they were.
"""

import time as clocks
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from campaigns import challenges, progress
from campaigns.models import Challenge, Completion, Recount
from campaigns.progress import Progress
from core import clock, db, events, feed
from core import programme as programmes
from core.models import Programme
from members.models import Member
from points import ledger, rules, terms
from points.ledger import Accrual, Grant
from points.models import PointType
from rewards import redemption
from rewards.catalogue import RewardSoldOut
from rewards.models import Voucher

ACTOR = "challenges"
READER = "challenges"
ASSIGNED = "purchase.assigned"
KINDS = frozenset(
    {"purchase.recorded", ASSIGNED, "return.recorded", "tier.raised", "tier.lowered", "member.reactivated"}
)
BATCH = 500
# A look ends long before its worker is stopped: so many who bought, and so many rounds of one of them and a challenge.
BUYERS_AT_ONCE = 50
MOST_ROUNDS = 10
# So soon a sold-out reward is asked for again.
AGAIN = timedelta(hours=1)
# The next members who bought in the days that count.
BUYERS = """
    select p.member_id from sales_purchase p
    where p.member_id > %(after)s and p.business_on between %(first)s and %(last)s
    group by p.member_id order by p.member_id limit %(limit)s
"""


@dataclass(slots=True)
class Round:
    """A round that is full, and what it gives."""

    of: Progress
    number: int
    points: int
    voucher: Voucher | None = None

    @property
    def challenge(self) -> Challenge:
        return self.of.challenge

    @property
    def member_id(self) -> int:
        return self.of.member_id

    @property
    def reference(self) -> str:
        return f"challenge:{self.challenge.code}:{self.number}"


@dataclass(frozen=True, slots=True)
class Look:
    """What a look came to: the rounds completed, and the challenges of which members have more rounds full than that.

    A challenge of which nothing could be given (its reward is sold out) is not among them: that waits for its hour.
    """

    rounds: int = 0
    unfinished: Collection[Challenge] = ()


def complete_due(*, at: datetime, seconds: float) -> int:
    """Complete what is full, for SECONDS at most; answer how many rounds. A second worker finds nothing to do."""
    completed, until = 0, clocks.monotonic() + seconds
    for step in (_follow, _recount):
        is_more = True
        while is_more and clocks.monotonic() < until:
            with transaction.atomic():
                # As it stands now: what staff pause while a worker is under way gives nothing from its next step on.
                programme = programmes.current_or_none()
                done, is_more = step(programme, at) if programme else (0, False)
            completed += done
    return completed


def _follow(programme: Programme, at: datetime) -> tuple[int, bool]:
    """Look at the members of the next events; how many rounds were completed, and whether there may be more events."""
    found = feed.take(READER, limit=BATCH)
    members = {event.member_id for event in found if event.kind in KINDS and event.member_id}
    is_late = any(event.kind == ASSIGNED for event in found)
    look = _complete(members, _open(programme, at, is_late=is_late), programme, at)
    for challenge in look.unfinished:
        challenges.recount(challenge, at=at)
    return look.rounds, len(found) == BATCH


def _recount(programme: Programme, at: datetime) -> tuple[int, bool]:
    """Look at the next members of a challenge at which all are looked at anew; and whether there is more of it.

    Where one of them has more rounds full, the same members come again.
    """
    due = Recount.objects.select_for_update(skip_locked=True).filter(due_at__lte=at).order_by("due_at", "id").first()
    if due is None:
        return 0, False
    challenge = Challenge.objects.select_related("reward").get(pk=due.challenge_id)
    members = [row["member_id"] for row in db.rows(BUYERS, _days(challenge, due, programme, at))]
    is_open = challenge.started_at is not None and challenge.state != Challenge.State.PAUSED
    look = _complete(set(members), [challenge] if is_open else [], programme, at)
    if look.unfinished:
        return look.rounds, True
    if len(members) < BUYERS_AT_ONCE:
        due.delete()
    else:
        due.after = members[-1]
        due.save(update_fields=["after"])
    return look.rounds, True


def _days(challenge: Challenge, due: Recount, programme: Programme, at: datetime) -> Mapping[str, object]:
    ends = [last for last in (challenge.ends_on, challenge.ended_on, clock.business_date(at, programme)) if last]
    return {"after": due.after, "first": challenge.begins_on, "last": min(ends), "limit": BUYERS_AT_ONCE}


def _open(programme: Programme, at: datetime, *, is_late: bool) -> list[Challenge]:
    """What may still be completed: what is on, or has ended so lately that receipts of its days may still arrive.

    IS_LATE: a receipt was assigned to a member, which may be one of any age; then also what ended long ago.
    """
    latest = clock.business_date(at, programme) - timedelta(days=programme.oldest_receipt_days + 1)
    return [
        one
        for one in challenges.started(programme)
        if one.state != Challenge.State.PAUSED and (is_late or _last_day(one, latest) >= latest)
    ]


def _last_day(challenge: Challenge, default: date) -> date:
    return min((last for last in (challenge.ends_on, challenge.ended_on) if last), default=default)


def _complete(members: set[int], open_now: Sequence[Challenge], programme: Programme, at: datetime) -> Look:
    """Complete the full rounds of MEMBERS, in the caller's transaction: accounts first, stock then, messages last."""
    if not members or not open_now:
        return Look()
    main, today = rules.rulebook(programme).main, clock.business_date(at, programme)
    # Counted twice: first without locks, as nearly all have nothing full; what is given is decided under them.
    full = {each.member_id for each in progress.of(members, open_now, today=today) if each.due}
    accounts = _lock(full, main, at)
    due = progress.of(accounts, open_now, today=today)
    rounds = [
        Round(each, each.rounds + number, (each.challenge.points or 0) if main else 0)
        for each in due
        for number in range(1, min(each.due, MOST_ROUNDS) + 1)
    ]
    given = _give_vouchers(rounds, programme, at)
    if main:
        _give_points(given, main, accounts, programme, at)
    _keep(given, at)
    return Look(len(given), _unfinished(due, given))


def _unfinished(due: Sequence[Progress], given: Sequence[Round]) -> Collection[Challenge]:
    """Of what some member has more rounds full than one look gives, where that look gave them some."""
    served = {(each.member_id, each.challenge.pk) for each in given}
    return {
        each.challenge.pk: each.challenge
        for each in due
        if each.due > MOST_ROUNDS and (each.member_id, each.challenge.pk) in served
    }.values()


def _lock(members: Collection[int], main: PointType | None, at: datetime) -> dict[int, int]:
    """The active ones of MEMBERS with their accounts, locked in order; themselves where there are no points."""
    active = Member.objects.filter(pk__in=members, status=Member.Status.ACTIVE).order_by("pk")
    if main is None:
        return dict.fromkeys(active.select_for_update(no_key=True).values_list("pk", flat=True), 0)
    wanted = [(member, main.pk, at) for member in active.values_list("pk", flat=True)]
    opened = ledger.open_accounts(wanted) if wanted else {}
    return {member: account.account_id for (member, _type), account in opened.items()}


def _give_vouchers(rounds: Sequence[Round], programme: Programme, at: datetime) -> list[Round]:
    """The rounds whose voucher could be given, and those that have none. Of a sold-out reward the rest waits."""
    given: list[Round] = []
    sold_out: dict[int, Challenge] = {}
    for each in rounds:
        if (reward := each.challenge.reward) and each.challenge.pk not in sold_out:
            try:
                with transaction.atomic():
                    each.voucher = redemption.give(
                        each.member_id, reward, token=each.reference, at=at, actor=ACTOR, programme=programme
                    )
            except RewardSoldOut:
                sold_out[each.challenge.pk] = each.challenge
        if each.challenge.pk not in sold_out:
            given.append(each)
    for challenge in sold_out.values():
        _try_again(challenge, at)
    return given


def _try_again(challenge: Challenge, at: datetime) -> None:
    """Have everybody looked at in an hour, unless that is planned already."""
    if not Recount.objects.filter(challenge=challenge, due_at__gt=at).exists():
        challenges.recount(challenge, at=at + AGAIN)


def _give_points(
    rounds: Sequence[Round], main: PointType, accounts: Mapping[int, int], programme: Programme, at: datetime
) -> None:
    expires_at = terms.expires_at(main, at, at, programme)
    accruals = []
    for each in rounds:
        if each.points:
            words = challenges.texts(each.challenge, "title")
            grant = Grant(each.points, f"challenge:{each.challenge.code}", 0, words, at, expires_at)
            accruals.append(Accrual(accounts[each.member_id], each.reference, [grant], at, at, ACTOR))
    ledger.accrue(accruals)


def _keep(rounds: Sequence[Round], at: datetime) -> None:
    Completion.objects.bulk_create(
        Completion(
            challenge=each.challenge,
            member_id=each.member_id,
            round=each.number,
            purchase_id=each.of.purchase_id,
            points=each.points,
            voucher=each.voucher,
            completed_at=at,
        )
        for each in rounds
    )
    events.tell_many([_fact(each, at) for each in rounds])


def _fact(each: Round, at: datetime) -> dict[str, object]:
    challenge = each.challenge
    return events.fact(
        "challenge.completed",
        reference=f"{each.reference}:{each.member_id}",
        occurred_at=at,
        member_id=each.member_id,
        payload={
            "challenge": challenge.code,
            "round": each.number,
            "words": challenges.texts(challenge, "title"),
            "points": each.points,
            "voucher": each.voucher.names if each.voucher else None,
            "badge": challenges.texts(challenge, "badge_title") if challenge.badge else None,
        },
    )
