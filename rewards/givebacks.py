"""Vouchers whose goods came back: a voucher that took money off a purchase is its member's again.

Found first, so that the caller can lock their accounts with its own, in order; then given back, under those locks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core import db
from points.ledger import Booking
from rewards import redemption, vouchers
from rewards.models import Voucher

# A till names the receipt that it uses a voucher with, before or after it posts it. Receipt numbers come again: of the
# purchases of a number, a use belongs to the one nearest to it, within a day. A gift was handed over: it is no part of
# what was paid. A supplied code was read: it stays its member's as it is.
USES = """
    select p.id as purchase_id, v.id as voucher_id, v.used_at, v.expires_at, v.member_id,
           v.redemption_id, a.point_type_id
    from sales_purchase p
    join rewards_voucher v on v.terminal_id = p.terminal_id and v.receipt = p.number and v.receipt <> ''
        and v.state = 'used' and v.kind in ('amount_off', 'percent_off')
        and v.used_at between p.occurred_at - interval '1 day' and p.occurred_at + interval '1 day'
    left join points_posting r on r.id = v.redemption_id
    left join points_account a on a.id = r.account_id
    where p.id = any(%s)
      and not exists (select from rewards_unit u where u.voucher_id = v.id and u.code is not null)
      and not exists (
        select from sales_purchase o
        where o.number = p.number and o.terminal_id = p.terminal_id and o.id <> p.id
          and greatest(o.occurred_at - v.used_at, v.used_at - o.occurred_at)
            < greatest(p.occurred_at - v.used_at, v.used_at - p.occurred_at))
    order by v.id
"""


@dataclass(frozen=True, slots=True)
class Use:
    """A voucher as it was used with a purchase, and the account that paid for it: none for one that was given."""

    purchase_id: int
    voucher_id: int
    used_at: datetime
    expires_at: datetime
    member_id: int
    redemption_id: int | None
    point_type_id: int | None

    def account(self, at: datetime) -> tuple[int, int] | None:
        """Member and point type of the account that its points go back to, when it is given back at AT."""
        return (self.member_id, self.point_type_id) if self.point_type_id and self.expires_at <= at else None


@dataclass(frozen=True, slots=True)
class GivenBack:
    """A voucher that is its member's again: ready, or, past its time, as the points in `booking`."""

    voucher: Voucher
    booking: Booking | None

    @property
    def points(self) -> int:
        """The points that came back to use instead of the voucher."""
        return self.booking.points if self.booking else 0


def uses(purchases: Sequence[int]) -> list[Use]:
    """The uses of vouchers that took something off these purchases. One query; none without purchases."""
    return [Use(**row) for row in db.rows(USES, [list(purchases)])] if purchases else []


def give_back(use: Use, *, at: datetime, actor: str, reference: str) -> GivenBack | None:
    """Make a used voucher ready again; past its time, cancel it and restore its points to their lots.

    The caller holds the account of USE. None when somebody took the use back meanwhile, and for a present past its
    time, which cost nothing: it stays used. REFERENCE: of the return. Tells "voucher.unused" or "voucher.cancelled".
    """
    if use.redemption_id is None and use.expires_at <= at:
        return None
    voucher = Voucher.objects.select_for_update(of=("self",)).select_related("reward").get(pk=use.voucher_id)
    if voucher.state != Voucher.State.USED or voucher.used_at != use.used_at:
        return None
    vouchers.undo_use(voucher, at, actor=actor, reference=reference)
    if voucher.expires_at > at:
        return GivenBack(voucher, None)
    return GivenBack(voucher, redemption.give_back(voucher, at, actor))
