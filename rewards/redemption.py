"""Redeeming a reward, and cancelling the voucher: points, stock and voucher in one transaction."""

import uuid
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from access import audit
from access.models import User
from core import clock, db, events
from core import programme as programmes
from core.errors import LoyaltyError
from core.models import Programme
from members import identity
from points import ledger, rules
from points.ledger import Booking, InsufficientPoints, Opened
from points.models import Account
from rewards import catalogue, codes, queries, vouchers
from rewards.catalogue import RewardSoldOut, UnknownReward
from rewards.models import Reward, Unit, Voucher
from rewards.queries import Standing

OPEN = "select * from rewards_open(%s, %s, %s, %s, %s, %s)"
POST = "select * from rewards_post(%s, %s, %s::jsonb, %s::jsonb, %s, %s::jsonb)"
# The last pieces may be in the hands of others, who may yet let go of them: then one waits for those.
TAKE = """
    with free as materialized (
        select id from rewards_unit
        where reward_id = %(reward)s and voucher_id is null and (code is not null) = %(codes)s
        order by id limit 1
        for update {skip}
    )
    update rewards_unit u set voucher_id = %(voucher)s from free where u.id = free.id
    returning u.id
"""
TAKE_AT_ONCE = TAKE.format(skip="skip locked")
TAKE_PATIENTLY = TAKE.format(skip="")
# What of a voucher is said when it is issued, and never changes.
PROMISED = (
    "uuid", "code", "member_id", "reward_id", "points", "token", "kind", "amount", "percent", "names", "issued_at",
    "issued_by", "expires_at",
)  # fmt: skip


class NoPoints(LoyaltyError):
    """The programme has no main point type, so nothing can be redeemed."""

    code = "no_points"
    status = 503
    lasting = False
    sentence = _("This programme has no points yet.")


class PriceChanged(LoyaltyError):
    """The reward costs something else than the member was shown. `price`: what it costs now."""

    code = "price_changed"
    sentence = _("The price of this reward has changed: it is %(price)s points now. No points were taken.")


class RedemptionConflict(LoyaltyError):
    """The same request was made before, for another reward."""

    code = "redemption_conflict"
    sentence = _("This was asked for before, for another reward. No points were taken.")


class CodeWasGiven(LoyaltyError):
    """The voucher came with a supplier's code, which the member has read: it can't be taken back."""

    code = "code_was_given"
    sentence = _("This voucher came with a code that can't be taken back, so it can't be cancelled.")


@dataclass(frozen=True, slots=True)
class Redeemed:
    """A voucher and the member's points of its type after it. A repeat is told how they stand now."""

    voucher: Voucher
    available: int
    is_repeat: bool


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A cancelled voucher, the points that came back to use (what of them had expired long ago did not), and those
    usable now."""

    voucher: Voucher
    points: int
    available: int
    is_repeat: bool


def redeem(
    member_id: int,
    reward: str,
    *,
    token: str,
    at: datetime,
    actor: str,
    price: int | None = None,
    programme: Programme | None = None,
) -> Redeemed:
    """Give a member the reward of that code for its points: a voucher.

    TOKEN is what the asker calls this request, unique for ever for the member: repeated, it answers the first voucher
    and takes nothing. With PRICE (what the member was shown), another price is refused. Tells "voucher.issued".
    Raises UnknownReward, MemberSuspended, MemberClosed, RedemptionConflict, PriceChanged, RewardNotYet, RewardEnded,
    RewardSoldOut, TierTooLow, LimitReached, InsufficientPoints, NoPoints.
    """
    programme = programme or programmes.current()
    wanted = queries.active_reward(reward, programme)
    with _transaction():
        opened = _open(member_id, wanted, token, at, programme)
        if opened["is_known"]:
            return _known(member_id, reward, token, opened["available"])
        identity.require_status(opened["status"])
        if wanted is None:
            raise UnknownReward
        _require(wanted, opened, price, at, programme)
        return _issue(wanted, opened, token=token, at=at, actor=actor, programme=programme)


def _transaction() -> AbstractContextManager[Any]:
    """The caller's transaction, else one of our own. A savepoint in it would be two more round trips, and there is
    nothing that one would have to undo: what is refused has written nothing.
    """
    return nullcontext() if connection.in_atomic_block else transaction.atomic()


def _open(member_id: int, reward: Reward | None, token: str, at: datetime, programme: Programme) -> Mapping[str, Any]:
    """Lock the member's account of the main points, and ask how they and the reward stand: a member's redemptions are
    serial. One statement.
    """
    main = rules.rulebook(programme).main
    if main is None:
        raise NoPoints
    found = db.rows(
        OPEN, [member_id, main.pk, at, queries.digest(token), reward.pk if reward else None, queries.COUNTED]
    )
    return found[0]


def _known(member_id: int, reward: str, token: str, available: int) -> Redeemed:
    known = queries.asked_for(member_id, token)
    assert known is not None
    if known.reward.code != reward:
        raise RedemptionConflict
    return Redeemed(known, available, is_repeat=True)


def _require(reward: Reward, opened: Mapping[str, Any], price: int | None, at: datetime, programme: Programme) -> None:
    """Raise what but points stands between the member and the reward."""
    standing = Standing(reward, opened["left_over"], opened["taken"])
    found = catalogue.offering(standing, opened["available"], opened["rank"], clock.business_date(at, programme))
    if price is not None and price != reward.price:
        raise PriceChanged(price=reward.price)
    catalogue.require(found)


def _issue(
    reward: Reward, opened: Mapping[str, Any], *, token: str, at: datetime, actor: str, programme: Programme
) -> Redeemed:
    """Points, then the voucher, then the stock, then the fact, in one statement, which writes all or nothing."""
    voucher = _voucher(
        reward, opened["member_id"], points=reward.price, token=token, at=at, actor=actor, programme=programme
    )
    row = db.rows(
        POST,
        [
            opened["account_id"],
            _reference(voucher.uuid),
            db.as_json([_reason(reward, -reward.price)]),
            db.as_json({name: getattr(voucher, name) for name in PROMISED}),
            reward.supply,
            db.as_json([_fact("voucher.issued", voucher, reward, at)]),
        ],
    )[0]
    if row["is_sold_out"]:
        raise RewardSoldOut
    if row["posting_id"] is None:
        raise InsufficientPoints(available=row["available"], wanted=reward.price)
    voucher.pk, voucher.redemption_id = row["voucher_id"], row["posting_id"]
    Voucher.unit.related.set_cached_value(voucher, _unit(row, reward))
    return Redeemed(voucher, row["available"], is_repeat=False)


def give(member_id: int, reward: Reward, *, token: str, at: datetime, actor: str, programme: Programme) -> Voucher:
    """Give a member a voucher that costs nothing, such as a birthday present; whatever its price, tier and limit say.

    TOKEN as in `redeem`. Runs in the caller's transaction, who has locked the member's account. Tells
    "voucher.issued". Raises RewardSoldOut.
    """
    if known := queries.asked_for(member_id, token):
        return known
    voucher = _voucher(reward, member_id, points=0, token=token, at=at, actor=actor, programme=programme)
    voucher.save(force_insert=True)
    if reward.supply != Reward.Supply.UNLIMITED:
        _take(reward, voucher)
    events.tell_many([_fact("voucher.issued", voucher, reward, at)])
    return voucher


def _take(reward: Reward, voucher: Voucher) -> None:
    """A free piece for the voucher. Raises RewardSoldOut."""
    params = {"reward": reward.pk, "voucher": voucher.pk, "codes": reward.supply == Reward.Supply.CODES}
    if not (db.rows(TAKE_AT_ONCE, params) or db.rows(TAKE_PATIENTLY, params)):
        raise RewardSoldOut


def _voucher(
    reward: Reward, member_id: int, *, points: int, token: str, at: datetime, actor: str, programme: Programme
) -> Voucher:
    """A voucher as it is promised, not yet kept."""
    return Voucher(
        code=codes.draw(),
        member_id=member_id,
        reward=reward,
        points=points,
        token=queries.digest(token),
        kind=reward.kind,
        amount=reward.amount,
        percent=reward.percent,
        names=catalogue.names(reward),
        issued_at=at,
        issued_by=actor,
        expires_at=_expires_at(reward, at, programme),
    )


def _unit(row: Mapping[str, Any], reward: Reward) -> Unit | None:
    """The piece that the voucher took, so that nobody asks for it again; None where there is no stock to count."""
    if row["unit_id"] is None:
        return None
    return Unit(
        id=row["unit_id"], code=row["unit_code"], pool_id=row["pool_id"], reward=reward, voucher_id=row["voucher_id"]
    )


def _expires_at(reward: Reward, at: datetime, programme: Programme) -> datetime:
    day = clock.business_date(at, programme) + timedelta(days=reward.voucher_days + 1)
    return clock.start_of(day, programme)


def _reference(of: uuid.UUID) -> str:
    return f"voucher:{of}"


def _reason(reward: Reward, points: int, names: Mapping[str, str] | None = None) -> dict[str, Any]:
    words = dict(names or catalogue.names(reward))
    return {"points": points, "rule": f"reward:{reward.code}", "version": 0, "words": words}


def _fact(kind: str, voucher: Voucher, reward: Reward, at: datetime) -> dict[str, Any]:
    return events.fact(
        kind,
        reference=_reference(voucher.uuid),
        occurred_at=at,
        member_id=voucher.member_id,
        payload={"reward": reward.code, "points": voucher.points, "words": voucher.names},
    )


def cancel(voucher: Voucher, *, at: datetime, actor: str, staff: User | None = None, reason: str = "") -> Cancelled:
    """Take back a voucher that was not used: its points go back to their lots, its piece back into stock.

    By its member, or by STAFF, with a REASON for the audit trail. Repeated, it answers what was done. A voucher that
    was given brings no points back. A supplied code stays taken, and only staff may cancel its voucher. Tells
    "voucher.cancelled".
    Raises VoucherUsed, VoucherExpired, CodeWasGiven; of members also MemberSuspended, MemberClosed.
    """
    with transaction.atomic():
        available = _open_again(voucher, at).available
        locked = Voucher.objects.select_for_update(of=("self",)).select_related("reward", "member", "unit")
        current = locked.get(pk=voucher.pk)
        if current.state == Voucher.State.CANCELLED:
            given = current.restoration.points if current.restoration else 0
            return Cancelled(current, given, available, is_repeat=True)
        vouchers.require_ready(current, at)
        if staff is None:
            identity.require_active(current.member)
            if current.supplied_code:
                raise CodeWasGiven
        booking = give_back(current, at, actor)
        _audit(current, staff, reason)
        points, available = (booking.points, booking.available) if booking else (0, available)
        return Cancelled(current, points, available, is_repeat=False)


def _open_again(voucher: Voucher, at: datetime) -> Opened:
    """Lock the account that paid for the voucher; for one that was given, the member's main one."""
    if voucher.redemption_id is None:
        main = rules.rulebook(programmes.current()).main
        if main is None:
            raise NoPoints
        member_id, type_id = voucher.member_id, main.pk
    else:
        account = Account.objects.get(postings=voucher.redemption_id)
        member_id, type_id = account.member_id, account.point_type_id
    return ledger.open_accounts([(member_id, type_id, at)])[member_id, type_id]


def give_back(voucher: Voucher, at: datetime, actor: str) -> Booking | None:
    """Cancel a ready voucher, of which the caller has locked account and row: points first, stock last, as they were
    taken. One that was given has no points to bring back: None. Tells "voucher.cancelled".
    """
    booking = _restore(voucher, at, actor) if voucher.redemption_id else None
    voucher.state = Voucher.State.CANCELLED
    voucher.cancelled_at, voucher.cancelled_by = at, actor
    voucher.restoration_id = booking.posting_id if booking else None
    voucher.save(update_fields=["state", "cancelled_at", "cancelled_by", "restoration"])
    Unit.objects.filter(voucher=voucher, code=None).update(voucher=None)
    events.tell_many([_fact("voucher.cancelled", voucher, voucher.reward, at)])
    return booking


def _restore(voucher: Voucher, at: datetime, actor: str) -> Booking:
    """The points of a redemption, back to their lots."""
    assert voucher.redemption_id is not None
    return ledger.restore(
        voucher.redemption_id,
        voucher.points,
        reference=_reference(voucher.uuid),
        at=at,
        actor=actor,
        reasons=[_reason(voucher.reward, voucher.points, voucher.names)],
    )


def _audit(voucher: Voucher, staff: User | None, reason: str) -> None:
    if staff:
        audit.record(
            "voucher.cancelled",
            subject=f"voucher:{voucher.pk}",
            actor=staff,
            reason=reason,
            changes={"member": voucher.member_id, "points": voucher.points},
        )
