"""Pure: what vouchers take off a sale, and how that is spread over its lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from core import money

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Coupon:
    """A voucher in a sale, with what it promises: an amount or a percentage off, or, without either, a gift."""

    code: str
    names: Mapping[str, str]
    amount: Decimal | None = None
    percent: int | None = None

    @property
    def is_gift(self) -> bool:
        return self.amount is None and self.percent is None


def taken_off(total: Decimal, coupons: Sequence[Coupon], currency: str) -> list[Decimal]:
    """What each of COUPONS takes off, in their order: percentages of the whole, then amounts, and never too much."""
    off = [Decimal(0)] * len(coupons)
    left = total
    for place, coupon in enumerate(coupons):
        if coupon.percent is not None:
            off[place] = min(left, money.rounded(total * coupon.percent / HUNDRED, currency))
            left -= off[place]
    for place, coupon in enumerate(coupons):
        if coupon.amount is not None:
            off[place] = min(left, coupon.amount)
            left -= off[place]
    return off


def spread(amounts: Sequence[Decimal], off: Decimal, currency: str) -> list[Decimal]:
    """AMOUNTS less OFF (at most their sum): each by its share, to the smallest unit, and together by exactly that."""
    total = sum(amounts, Decimal(0))
    if not off or not total:
        return list(amounts)
    unit = Decimal(1).scaleb(-money.places(currency))
    exact = [off * amount / total for amount in amounts]
    shares = [share.quantize(unit, ROUND_DOWN) for share in exact]
    rest = int((off - sum(shares, Decimal(0))) / unit)
    by_remainder = sorted(range(len(shares)), key=lambda place: shares[place] - exact[place])
    for place in by_remainder[:rest]:
        shares[place] += unit
    return [amount - share for amount, share in zip(amounts, shares, strict=True)]
