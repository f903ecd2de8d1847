"""Vouchers at the till: what one is worth, using it once, taking a use back; and what of them nobody used in time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core import events
from core.errors import InvalidInput, LoyaltyError
from members import identity
from rewards import codes, queries
from rewards.models import Voucher

# So long a till may take back a use: until then the sale it belonged to may fall through.
UNUSE_WITHIN = timedelta(hours=1)
CHUNK = 1000

EXPIRE = """
    with due as materialized (
        select id from rewards_voucher where state = 'issued' and expires_at <= %s
        order by expires_at, id limit %s
        for update
    )
    update rewards_voucher v set state = 'expired' from due where v.id = due.id
"""

Tick = Callable[[int], None]


class InvalidVoucherCode(InvalidInput):
    """A voucher's code that was mistyped: its length or check character is wrong."""

    code = "invalid_voucher_code"
    sentence = _("This is not a voucher's code. Please check the characters.")


class UnknownVoucher(LoyaltyError):
    """There is no such voucher."""

    code = "unknown_voucher"
    status = 404
    lasting = False
    sentence = _("There is no such voucher.")


class VoucherUsed(LoyaltyError):
    """The voucher was used before. `used_at`: when, `store`: the code of the store."""

    code = "voucher_used"
    sentence = _("This voucher has been used already.")


class VoucherCancelled(LoyaltyError):
    """The voucher was cancelled, and its points were given back."""

    code = "voucher_cancelled"
    sentence = _("This voucher was cancelled, and its points were given back.")


class VoucherExpired(LoyaltyError):
    """The voucher was not used in time. `expired_at`: until when it was valid."""

    code = "voucher_expired"
    sentence = _("This voucher was not used in time and is no longer valid.")


class VoucherNotUsed(LoyaltyError):
    """A use was to be taken back of a voucher that was not used, or in another store, or with another receipt."""

    code = "voucher_not_used"
    sentence = _("This voucher was not used here, or not with this receipt, so there is nothing to take back.")


class UseStands(LoyaltyError):
    """A use was to be taken back after more than an hour."""

    code = "voucher_use_stands"
    sentence = _("This voucher was used more than an hour ago: that can't be taken back any more.")


@dataclass(frozen=True, slots=True)
class Used:
    """A voucher as it was used, now or, by the same receipt of the same till, before."""

    voucher: Voucher
    is_repeat: bool


def find(code: str) -> Voucher:
    """The voucher of a code as typed or scanned, with its reward and member, in whatever state.

    Raises InvalidVoucherCode, UnknownVoucher.
    """
    return _one(_of(code))


def own(member_id: int, uuid: UUID) -> Voucher:
    """A voucher of the member's own. Raises UnknownVoucher, also for somebody else's."""
    if found := queries.voucher(member_id, uuid):
        return found
    raise UnknownVoucher


def require_ready(voucher: Voucher, at: datetime) -> None:
    """Raise VoucherUsed, VoucherCancelled or VoucherExpired unless the voucher can be used at AT."""
    state = voucher.state_at(at)
    if state == Voucher.State.USED:
        raise VoucherUsed(used_at=voucher.used_at, store=voucher.store.code if voucher.store else "")
    if state == Voucher.State.CANCELLED:
        raise VoucherCancelled
    if state == Voucher.State.EXPIRED:
        raise VoucherExpired(expired_at=voucher.expires_at)


def use(code: str, *, store_id: int, terminal_id: int | None, at: datetime, actor: str, receipt: str = "") -> Used:
    """Use a voucher, once. The same receipt of the same till is told that it was.

    Tells "voucher.used". Raises InvalidVoucherCode, UnknownVoucher, VoucherUsed, VoucherCancelled, VoucherExpired,
    MemberSuspended, MemberClosed.
    """
    with transaction.atomic():
        voucher = _one(_of(code).select_for_update(of=("self",)))
        here = (store_id, terminal_id, receipt)
        if receipt and (voucher.store_id, voucher.terminal_id, voucher.receipt) == here:
            return Used(voucher, is_repeat=True)
        require_ready(voucher, at)
        identity.require_active(voucher.member)
        voucher.state, voucher.used_at, voucher.used_by = Voucher.State.USED, at, actor
        voucher.store_id, voucher.terminal_id, voucher.receipt = here
        _save(voucher)
        _tell("voucher.used", voucher, at, store=voucher.store_id, receipt=receipt)
    return Used(voucher, is_repeat=False)


def unuse(code: str, *, store_id: int, at: datetime, actor: str, receipt: str | None = None) -> Voucher:
    """Take back a use of the last hour, in its own store: the voucher can be used again, as long as it is valid.

    With RECEIPT, only the use with that receipt is taken back. Tells "voucher.unused".
    Raises InvalidVoucherCode, UnknownVoucher, VoucherNotUsed, UseStands.
    """
    with transaction.atomic():
        voucher = _one(_of(code).select_for_update(of=("self",)))
        if voucher.used_at is None or voucher.store_id != store_id:
            raise VoucherNotUsed
        if receipt is not None and voucher.receipt != receipt:
            raise VoucherNotUsed
        if at > voucher.used_at + UNUSE_WITHIN:
            raise UseStands
        undo_use(voucher, at, actor=actor)
    return voucher


def undo_use(voucher: Voucher, at: datetime, *, actor: str, reference: str = "") -> None:
    """Make a used voucher, which the caller has locked, ready again. REFERENCE: the return that asks for it, if any.

    Tells "voucher.unused".
    """
    told = {"store": voucher.store_id, "receipt": voucher.receipt, "by": actor}
    voucher.state, voucher.used_at, voucher.used_by = Voucher.State.ISSUED, None, ""
    voucher.store, voucher.terminal, voucher.receipt = None, None, ""
    _save(voucher)
    _tell("voucher.unused", voucher, at, **told, **({"return": reference} if reference else {}))


def _of(code: str) -> QuerySet[Voucher]:
    plain = codes.plain(code)
    if not codes.is_valid(plain):
        raise InvalidVoucherCode(pointer="/code")
    return Voucher.objects.filter(code=plain)


def _one(rows: QuerySet[Voucher]) -> Voucher:
    voucher = rows.select_related("reward", "member", "store", "unit").first()
    if voucher is None:
        raise UnknownVoucher
    return voucher


def _save(voucher: Voucher) -> None:
    voucher.save(update_fields=["state", "used_at", "used_by", "store", "terminal", "receipt"])


def _tell(kind: str, voucher: Voucher, at: datetime, **payload: object) -> None:
    events.tell(
        kind,
        reference=f"voucher:{voucher.uuid}",
        occurred_at=at,
        member_id=voucher.member_id,
        payload={"reward": voucher.reward.code, "points": voucher.points, **payload},
    )


def expire_due(at: datetime, *, chunk: int = CHUNK, tick: Tick | None = None) -> int:
    """Write down which vouchers were not used by AT; answer how many. Points stay spent, stock stays taken.

    Only tidies: no voucher can be used past its time, written down or not. A second run finds nothing.
    """
    expired = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(EXPIRE, [at, chunk])
            done = cursor.rowcount
        if not done:
            return expired
        expired += done
        if tick:
            tick(done)
