"""Vouchers that were given: they cost nothing, bring nothing back, and are otherwise like all others."""

import pytest
from django.db import transaction

from core.models import Event, Programme
from members.models import Member
from points.models import Posting
from rewards import redemption
from rewards.catalogue import RewardSoldOut
from rewards.models import Reward, Voucher
from tests import factories
from tests.factories import Shop
from tests.portal.people import signed_in, text
from tests.rewards.claims import NOON, left

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return factories.shop()


def give(member: Member, reward: Reward, token: str = "birthday") -> Voucher:
    programme = Programme.objects.get()
    with transaction.atomic():
        return redemption.give(member.pk, reward, token=token, at=NOON, actor="greetings", programme=programme)


def test_a_present_costs_nothing_whatever_the_price_and_is_given_once(shop: Shop) -> None:
    ada = factories.member()
    mug = factories.reward("mug", stock=2, price=5000, minimum_tier=shop.tiers[2])

    first, again = give(ada, mug), give(ada, mug)

    assert first.pk == again.pk
    assert (first.points, first.redemption_id, first.names) == (0, None, {"en": "Mug", "zh-hans": "马克杯"})
    assert left() == 1
    assert Posting.objects.count() == 0
    assert Event.objects.get(kind="voucher.issued").payload["points"] == 0


def test_what_is_sold_out_is_not_given(shop: Shop) -> None:
    with pytest.raises(RewardSoldOut):
        give(factories.member(), factories.reward("mug", stock=0, supply="stock"))
    assert Voucher.objects.count() == 0


def test_staff_take_a_present_back_and_no_points_with_it(shop: Shop) -> None:
    ada, mug = factories.member(), factories.reward("mug", stock=1)
    present = give(ada, mug)

    cancelled = redemption.cancel(present, at=NOON, actor="staff:1", staff=factories.staff(), reason="A mistake")

    assert (cancelled.points, cancelled.available, cancelled.voucher.state) == (0, 0, "cancelled")
    assert left() == 1
    assert redemption.cancel(present, at=NOON, actor="staff:1").is_repeat


def test_the_portal_calls_it_a_present_and_takes_nothing_back(shop: Shop) -> None:
    ada = factories.member()
    present = give(ada, factories.reward("mug", voucher_days=30_000))

    page = text(signed_in(ada).get(f"/vouchers/{present.uuid}/"))

    assert "A present of 10 Mar 2026." in page
    assert "Give it back" not in page
