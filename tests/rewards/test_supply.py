"""What there is of a reward: pieces in stock, codes of suppliers."""

import pytest

from access.models import AuditEntry
from core.errors import LoyaltyError
from rewards import supply
from rewards.models import CodePool, Reward, Unit
from rewards.supply import CodesUnusable, NotSoMuchLeft, OtherSupply
from tests import factories
from tests.factories import Shop
from tests.rewards.claims import NOON, left, redeem, rich


def test_pieces_are_put_into_stock_and_taken_out(shop: Shop) -> None:
    reward, sam = factories.reward(stock=0), factories.staff()

    assert supply.change_stock(reward, 10, actor=sam, reason="Delivery") == 10
    assert supply.change_stock(reward, -4, actor=sam, reason="Broken") == 6

    entries = AuditEntry.objects.order_by("id").values_list("action", "subject", "reason", "changes")
    subject = f"reward:{reward.pk}"
    assert list(entries) == [
        ("reward.stock_changed", subject, "Delivery", {"stock": 10}),
        ("reward.stock_changed", subject, "Broken", {"stock": -4}),
    ]


def test_what_members_took_can_not_be_taken_out(shop: Shop) -> None:
    reward = factories.reward(stock=3)
    redeem(rich())

    with pytest.raises(NotSoMuchLeft) as refusal:
        supply.change_stock(reward, -3, actor=None)

    assert refusal.value.details == {"left": 2}
    assert (left(), Unit.objects.count(), AuditEntry.objects.count()) == (2, 3, 0)


def test_each_supply_takes_its_own_kind(shop: Shop) -> None:
    stock, codes = factories.reward(stock=0), factories.reward("cinema", supply=Reward.Supply.CODES)

    with pytest.raises(OtherSupply):
        supply.change_stock(codes, 1, actor=None)
    with pytest.raises(OtherSupply):
        supply.add_codes(stock, "Odeon", ["A"], at=NOON, actor=None)

    assert Unit.objects.count() == 0


def test_codes_come_in_pools(shop: Shop) -> None:
    reward, sam = factories.reward("cinema", supply=Reward.Supply.CODES), factories.staff()

    pool = supply.add_codes(reward, "Odeon, March", [" A-1 ", "A-2"], at=NOON, actor=sam)

    assert (pool.size, pool.uploaded_by, supply.left(reward)) == (2, sam, 2)
    assert list(pool.units.order_by("id").values_list("code", flat=True)) == ["A-1", "A-2"]
    assert AuditEntry.objects.get().changes == {"pool": pool.pk, "codes": 2}


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ([], "there are none."),
        (["A", ""], "line 2 is empty, too long or not readable."),
        (["A" * 81], "line 1 is empty, too long or not readable."),
        (["A\x00"], "line 1 is empty, too long or not readable."),
        (["A", "B", "A"], "line 3 repeats a code."),
        (["C", "KNOWN-1234"], "the code ending in 1234 is here already."),
    ],
)
def test_codes_that_can_not_be_taken_leave_nothing_behind(shop: Shop, given: list[str], problem: str) -> None:
    reward = factories.reward("cinema", supply=Reward.Supply.CODES)
    supply.add_codes(reward, "First", ["KNOWN-1234"], at=NOON, actor=None)

    with pytest.raises(CodesUnusable) as refusal:
        supply.add_codes(reward, "Second", given, at=NOON, actor=None)

    assert str(refusal.value) == f"These codes can't be taken: {problem}"
    assert (CodePool.objects.count(), Unit.objects.count()) == (1, 1)


def test_two_rewards_may_have_the_same_code(shop: Shop) -> None:
    one, other = (factories.reward(code, supply=Reward.Supply.CODES) for code in ("a", "b"))

    supply.add_codes(one, "A", ["SAME"], at=NOON, actor=None)
    supply.add_codes(other, "B", ["SAME"], at=NOON, actor=None)

    assert Unit.objects.count() == 2


def test_so_much_at_once_is_a_mistake(shop: Shop) -> None:
    reward = factories.reward(stock=0)

    with pytest.raises((ValueError, LoyaltyError)):
        supply.change_stock(reward, supply.MOST_AT_ONCE + 1, actor=None)
