"""Redeeming a reward, and cancelling the voucher: points, stock and voucher in one transaction."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import audit
from access.models import User
from core import clock, db, events
from core import programme as programmes
from core.errors import LoyaltyError
from core.models import Programme
from members import identity
from members.models import Member
from points import ledger, rules
from points.ledger import Booking, Opened
from points.models import Account
from rewards import catalogue, codes, queries, vouchers
from rewards.catalogue import RewardSoldOut
from rewards.models import Reward, Unit, Voucher

# The last pieces may be in the hands of others, who may yet let go of them: then one waits for those.
TAKE = """
    with free as materialized (
        select id from rewards_unit
        where reward_id = %(reward)s and voucher_id is null and (code is not null) = %(codes)s
        order by id limit 1
        for update {skip}
    )
    update rewards_unit u set voucher_id = %(voucher)s from free where u.id = free.id
    returning u.id, u.code, u.pool_id
"""
TAKE_AT_ONCE = TAKE.format(skip="skip locked")
TAKE_PATIENTLY = TAKE.format(skip="")


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
    with transaction.atomic():
        account = _open(member_id, at, programme)
        if known := queries.asked_for(member_id, token):
            if known.reward.code != reward:
                raise RedemptionConflict
            return Redeemed(known, account.available, is_repeat=True)
        identity.require_active(Member.objects.only("status").get(pk=member_id))
        found = _require(member_id, reward, price, account.available, at, programme)
        return _issue(found, account, token=token, at=at, actor=actor, programme=programme)


def _open(member_id: int, at: datetime, programme: Programme) -> Opened:
    """Lock the member's account of the main points: a member's redemptions are serial."""
    main = rules.rulebook(programme).main
    if main is None:
        raise NoPoints
    return ledger.open_accounts([(member_id, main.pk, at)])[member_id, main.pk]


def _require(
    member_id: int, reward: str, price: int | None, available: int, at: datetime, programme: Programme
) -> Reward:
    """The reward, when nothing but points may stand between it and the member."""
    found = catalogue.one(member_id, reward, at=at, programme=programme, available=available)
    if price is not None and price != found.reward.price:
        raise PriceChanged(price=found.reward.price)
    catalogue.require(found)
    return found.reward


def _issue(reward: Reward, account: Opened, *, token: str, at: datetime, actor: str, programme: Programme) -> Redeemed:
    """Points, then the voucher, then the stock; whatever fails undoes all."""
    new, names = uuid.uuid4(), catalogue.names(reward)
    booking = ledger.redeem(
        account.account_id,
        reward.price,
        reference=_reference(new),
        at=at,
        actor=actor,
        reasons=[_reason(reward, -reward.price)],
    )
    voucher = Voucher.objects.create(
        uuid=new,
        code=codes.draw(),
        member_id=account.member_id,
        reward=reward,
        redemption_id=booking.posting_id,
        points=reward.price,
        token=queries.digest(token),
        kind=reward.kind,
        amount=reward.amount,
        percent=reward.percent,
        names=names,
        issued_at=at,
        issued_by=actor,
        expires_at=_expires_at(reward, at, programme),
    )
    if reward.supply != Reward.Supply.UNLIMITED:
        _take(reward, voucher)
    _tell("voucher.issued", voucher, reward, at)
    return Redeemed(voucher, booking.available, is_repeat=False)


def _take(reward: Reward, voucher: Voucher) -> None:
    """A free piece for the voucher. Raises RewardSoldOut."""
    params = {"reward": reward.pk, "voucher": voucher.pk, "codes": reward.supply == Reward.Supply.CODES}
    found = db.rows(TAKE_AT_ONCE, params) or db.rows(TAKE_PATIENTLY, params)
    if not found:
        raise RewardSoldOut
    Unit(**found[0], reward=reward, voucher=voucher)  # the voucher knows its unit now


def _expires_at(reward: Reward, at: datetime, programme: Programme) -> datetime:
    day = clock.business_date(at, programme) + timedelta(days=reward.voucher_days + 1)
    return clock.start_of(day, programme)


def _reference(of: uuid.UUID) -> str:
    return f"voucher:{of}"


def _reason(reward: Reward, points: int, names: Mapping[str, str] | None = None) -> dict[str, Any]:
    words = dict(names or catalogue.names(reward))
    return {"points": points, "rule": f"reward:{reward.code}", "version": 0, "words": words}


def _tell(kind: str, voucher: Voucher, reward: Reward, at: datetime) -> None:
    events.tell(
        kind,
        reference=_reference(voucher.uuid),
        occurred_at=at,
        member_id=voucher.member_id,
        payload={"reward": reward.code, "points": voucher.points, "words": voucher.names},
    )


def cancel(voucher: Voucher, *, at: datetime, actor: str, staff: User | None = None, reason: str = "") -> Cancelled:
    """Take back a voucher that was not used: its points go back to their lots, its piece back into stock.

    By its member, or by STAFF, with a REASON for the audit trail. Repeated, it answers what was done. A supplied code
    stays taken, and only staff may cancel its voucher. Tells "voucher.cancelled".
    Raises VoucherUsed, VoucherExpired, CodeWasGiven; of members also MemberSuspended, MemberClosed.
    """
    with transaction.atomic():
        account = Account.objects.get(postings=voucher.redemption_id)
        opened = ledger.open_accounts([(account.member_id, account.point_type_id, at)])
        available = opened[account.member_id, account.point_type_id].available
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
        return Cancelled(current, booking.points, booking.available, is_repeat=False)


def give_back(voucher: Voucher, at: datetime, actor: str) -> Booking:
    """Cancel a ready voucher, of which the caller has locked account and row: points first, stock last, as they were
    taken. Tells "voucher.cancelled".
    """
    booking = ledger.restore(
        voucher.redemption_id,
        voucher.points,
        reference=_reference(voucher.uuid),
        at=at,
        actor=actor,
        reasons=[_reason(voucher.reward, voucher.points, voucher.names)],
    )
    voucher.state = Voucher.State.CANCELLED
    voucher.cancelled_at, voucher.cancelled_by, voucher.restoration_id = at, actor, booking.posting_id
    voucher.save(update_fields=["state", "cancelled_at", "cancelled_by", "restoration"])
    Unit.objects.filter(voucher=voucher, code=None).update(voucher=None)
    _tell("voucher.cancelled", voucher, voucher.reward, at)
    return booking


def _audit(voucher: Voucher, staff: User | None, reason: str) -> None:
    if staff:
        audit.record(
            "voucher.cancelled",
            subject=f"voucher:{voucher.pk}",
            actor=staff,
            reason=reason,
            changes={"member": voucher.member_id, "points": voucher.points},
        )
