"""Redeeming rewards and cancelling vouchers: points, voucher and stock together, or nothing."""

from datetime import UTC, datetime

import pytest

from points.models import Posting
from rewards import codes, redemption
from rewards.models import Voucher
from tests import factories
from tests.factories import Shop
from tests.rewards.claims import available, left, redeem, rich


@pytest.fixture
def shop(db: None) -> Shop:
    return factories.shop()


def test_a_reward_costs_its_points_and_gives_a_voucher(shop: Shop) -> None:
    member = rich(500)
    factories.reward(stock=3, voucher_days=30)

    redeemed = redeem(member)

    voucher = Voucher.objects.get()
    assert redeemed == redemption.Redeemed(voucher, available=400, is_repeat=False)
    assert (available(member), left()) == (400, 2)
    assert (voucher.state, voucher.points, voucher.names) == ("issued", 100, {"en": "Mug", "zh-hans": "马克杯"})
    assert codes.is_valid(voucher.code)
    assert voucher.expires_at == datetime(2026, 4, 9, 23, tzinfo=UTC)  # 9 April is over, by London's clock
    posting = Posting.objects.latest("id")
    assert (posting.kind, posting.points, posting.reference) == ("redeem", -100, f"voucher:{voucher.uuid}")
    assert posting.reasons == [{"points": -100, "rule": "reward:mug", "version": 0, "words": voucher.names}]
    assert voucher.redemption == posting
