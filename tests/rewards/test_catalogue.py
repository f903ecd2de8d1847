"""The catalogue: what there is for whom, and what stands between."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from typing import Any

import pytest

from rewards import catalogue, supply
from rewards.catalogue import State, UnknownReward
from rewards.models import Reward
from tests import factories
from tests.factories import Shop
from tests.rewards.claims import NOON, redeem, rich

Count = Callable[[int], AbstractContextManager[Any]]


def states(member_id: int | None) -> dict[str, str]:
    return {each.reward.code: str(each.state) for each in catalogue.offerings(member_id, at=NOON)}


@pytest.fixture
def full(shop: Shop) -> dict[str, Reward]:
    """A reward for each thing that may stand between, in an order of its own."""
    gold = shop.tiers[2]
    made = [
        factories.reward("mug", position=1),
        factories.reward("dear", price=501, position=2),
        factories.reward("gold", minimum_tier=gold, position=3),
        factories.reward("soon", begins_on=date(2026, 3, 11), position=4),
        factories.reward("over", ends_on=date(2026, 3, 9), position=5),
        factories.reward("gone", stock=0, position=6),
        factories.reward("once", limit_per_member=1, position=7),
        factories.reward("off", is_active=False, position=8),
    ]
    return {reward.code: reward for reward in made}


def test_each_reward_says_what_stands_between(full: dict[str, Reward]) -> None:
    member = rich(600)
    redeem(member, "once")

    assert states(member.pk) == {
        "mug": "affordable",
        "dear": "almost",
        "gold": "locked",
        "soon": "not_yet",
        "gone": "sold_out",
        "once": "limit_reached",
    }


def test_missing_points_are_told_whatever_else_stands_between(full: dict[str, Reward]) -> None:
    found = {each.reward.code: each.missing for each in catalogue.offerings(rich(450).pk, at=NOON)}

    assert (found["mug"], found["dear"], found["gold"]) == (0, 51, 0)


def test_guests_see_the_catalogue_without_points(full: dict[str, Reward]) -> None:
    assert states(None) == {
        "mug": "almost",
        "dear": "almost",
        "gold": "locked",
        "soon": "not_yet",
        "gone": "sold_out",
        "once": "almost",
    }


def test_the_catalogue_is_in_its_order(shop: Shop) -> None:
    for code, position in (("c", 2), ("a", 1), ("b", 2)):
        factories.reward(code, position=position)

    assert list(states(None)) == ["a", "c", "b"]


def test_what_has_ended_is_found_by_its_code_alone(full: dict[str, Reward]) -> None:
    assert catalogue.one(None, "over", at=NOON).state == State.ENDED
    with pytest.raises(UnknownReward):
        catalogue.one(None, "off", at=NOON)


def test_what_is_left_is_counted_up_to_a_hundred(shop: Shop) -> None:
    factories.reward("few", stock=3)
    factories.reward("many", stock=150)
    factories.reward("mug")
    redeem(rich(), "few")

    left = {each.reward.code: each.left for each in catalogue.offerings(None, at=NOON)}

    assert left == {"few": 2, "many": 100, "mug": None}


def test_only_what_is_supplied_that_way_counts(shop: Shop) -> None:
    reward = factories.reward("cinema", supply=Reward.Supply.CODES)
    supply.add_codes(reward, "Odeon", ["A", "B"], at=NOON, actor=None)
    Reward.objects.update(supply=Reward.Supply.STOCK)

    assert catalogue.one(None, "cinema", at=NOON).left == 0


@pytest.mark.parametrize("number", [1, 30])
def test_the_catalogue_takes_five_queries_however_long(
    shop: Shop, django_assert_num_queries: Count, number: int
) -> None:
    member = rich()
    for place in range(number):
        factories.reward(f"r{place}", stock=2, limit_per_member=1, minimum_tier=shop.tiers[1])

    with django_assert_num_queries(5):
        found = catalogue.offerings(member.pk, at=NOON)

    assert len(found) == number
    with django_assert_num_queries(2):
        catalogue.offerings(None, at=NOON, programme=shop.programme)


def test_tiers_count_as_of_the_moment(shop: Shop) -> None:
    """Nobody has to wait for the nightly review."""
    factories.reward("silver", minimum_tier=shop.tiers[1])

    assert catalogue.one(rich().pk, "silver", at=datetime(2026, 3, 10, tzinfo=UTC)).state == State.LOCKED
