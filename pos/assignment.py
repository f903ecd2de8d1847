"""Giving a receipt without member to one: later, once, by the code on the paper or by staff."""

import hmac
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from core.errors import LoyaltyError
from core.models import Programme
from pos import basket, purchases, settling
from pos.receipts import Receipt
from pos.settling import Recorded
from sales.models import Purchase


class AlreadyGiven(LoyaltyError):
    """The receipt belongs to another member already."""

    code = "receipt_already_given"
    sentence = _("This receipt was already given to a member.")


class WrongClaimCode(LoyaltyError):
    """The code does not stand on this receipt."""

    code = "wrong_claim_code"
    status = 422
    lasting = False
    sentence = _("The code does not belong to this receipt.")


def check_code(claim_code: str, code: str) -> None:
    """Raise WrongClaimCode unless CODE is the receipt's CLAIM_CODE (case and spaces do not matter)."""
    if not hmac.compare_digest("".join(code.split()).upper().encode(), claim_code.encode()):
        raise WrongClaimCode


def assign(purchase_id: int, member_id: int, *, programme: Programme, at: datetime, actor: str) -> Recorded:
    """Give a receipt to a member: it earns by the rules of its own moment, for the goods not brought back.

    The tier that multiplies is the one held AT. A repeat for the same member changes nothing. The member must be
    active: callers check. Raises AlreadyGiven.
    """
    purchase = (
        Purchase.objects.select_for_update(of=["self"], no_key=True)
        .select_related("store", "terminal")
        .get(pk=purchase_id)
    )
    recorded = Recorded(purchase.pk, purchase.uuid, purchase.claim_code, member_id, purchase.amount, False)
    if purchase.member_id is not None:
        if purchase.member_id != member_id:
            raise AlreadyGiven
        recorded.is_repeat = True
        return recorded
    Purchase.objects.filter(pk=purchase.pk).update(member=member_id, assigned_at=at)
    receipt = _receipt(purchase, member_id, at)
    goods = basket.goods(basket.lines([purchase.pk])[purchase.pk], purchase.currency)
    settling.settle(
        [purchases.open_sale(receipt, member_id, recorded, goods, programme=programme)],
        programme=programme,
        actor=actor,
        tell=lambda: [purchases.fact(receipt, recorded, "purchase.assigned")],
    )
    return recorded


def _receipt(purchase: Purchase, member_id: int, at: datetime) -> Receipt:
    return Receipt(
        store_id=purchase.store_id,
        store_code=purchase.store.code,
        terminal_id=purchase.terminal_id,
        terminal_code=purchase.terminal.code,
        business_on=purchase.business_on,
        number=purchase.number,
        occurred_at=purchase.occurred_at,
        at=at,
        currency=purchase.currency,
        lines=(),
        member_id=member_id,
    )
