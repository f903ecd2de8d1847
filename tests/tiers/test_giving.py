"""Tiers that are given, not earned: the rules in single stories."""

from datetime import date

import pytest

from core.models import Event
from tests.tiers.ladders import JAN_10, bought, changes, held, noon, returned
from tiers import qualification
from tiers.models import Standing, Tier, TierChange
from tiers.qualification import EndsBeforeItBegins, GivesNothing, Held, HoldsMore
from tiers.review import review

pytestmark = pytest.mark.django_db


def give(member: int, tier: Tier, on: date = JAN_10, until: date | None = date(2026, 6, 30)) -> Held:
    return qualification.grant(
        member, tier, on=on, until=until, cause=TierChange.Cause.STAFF, reference="staff:sam", at=noon(on)
    )


def test_a_given_tier_is_held_until_its_end_and_then_one_step_down(member: int, tiers: list[Tier]) -> None:
    now = give(member, tiers[2])

    assert (now.code, now.since_on, now.lapses_on, now.valid_until) == ("moon", JAN_10, None, date(2026, 6, 30))
    assert changes(member) == [("leaf", "moon", JAN_10, "staff", "staff:sam")]
    assert Event.objects.get().kind == "tier.raised"
    assert held(member, date(2026, 7, 1)) == (1, date(2026, 7, 1), date(2026, 8, 31))


def test_a_tier_given_without_end_lasts_as_if_it_had_been_reached(member: int, tiers: list[Tier]) -> None:
    assert give(member, tiers[1], until=None).valid_until == date(2027, 2, 28)


def test_a_tier_given_twice_changes_once(member: int, tiers: list[Tier]) -> None:
    first = give(member, tiers[1])

    assert give(member, tiers[1]) == first
    assert len(changes(member)) == 1


def test_what_is_earned_is_not_shortened_by_a_gift(member: int, tiers: list[Tier]) -> None:
    bought(member, JAN_10, 100)

    assert give(member, tiers[1], until=date(2026, 2, 1)).valid_until == date(2027, 2, 28)
    assert give(member, tiers[1], until=date(2027, 9, 9)).valid_until == date(2027, 9, 9)


def test_who_earns_more_than_was_given_lands_on_the_gift_again(member: int, tiers: list[Tier]) -> None:
    give(member, tiers[1], until=date(2027, 12, 31))
    bought(member, JAN_10, 500)
    assert held(member, JAN_10) == (2, date(2027, 1, 10), date(2027, 2, 28))

    assert held(member, date(2027, 3, 1)) == (1, date(2027, 3, 1), date(2027, 12, 31))
    assert held(member, date(2028, 1, 1)) == (0, None, None)


def test_a_gift_below_carries_over_steps_that_were_missed(member: int, tiers: list[Tier]) -> None:
    give(member, tiers[2], until=date(2027, 12, 31))
    bought(member, JAN_10, 2000)

    # Sun to the end of February 2027, Moon to the end of the gift, Star two months.
    assert held(member, date(2027, 3, 1)) == (2, date(2027, 3, 1), date(2027, 12, 31))
    assert held(member, date(2028, 1, 1)) == (1, date(2028, 1, 1), date(2028, 2, 29))
    assert held(member, date(2028, 3, 1)) == (0, None, None)


def test_a_gift_that_is_over_is_forgotten(member: int, tiers: list[Tier]) -> None:
    give(member, tiers[2])

    review(date(2026, 7, 1))

    standing = Standing.objects.get()
    assert (standing.tier, standing.given_tier, standing.given_until) == (tiers[1], None, None)
    assert give(member, tiers[1], on=date(2026, 7, 2), until=date(2026, 12, 31)).valid_until == date(2026, 12, 31)


def test_a_return_after_a_gift_of_the_same_tier_leaves_the_gift(member: int, tiers: list[Tier]) -> None:
    bought(member, JAN_10, 100, reference="purchase:1")
    give(member, tiers[1], on=date(2026, 1, 12))

    now = returned(member, JAN_10, 100, today=date(2026, 1, 14), reference="purchase:1")

    assert (now.code, now.since_on, now.lapses_on, now.valid_until) == ("star", JAN_10, None, date(2026, 6, 30))


def test_a_gift_below_a_running_gift_is_refused(member: int, tiers: list[Tier]) -> None:
    give(member, tiers[2])

    with pytest.raises(HoldsMore):
        give(member, tiers[1], until=date(2027, 1, 1))

    assert held(member, JAN_10) == (2, None, date(2026, 6, 30))


def test_impossible_gifts_are_refused(member: int, tiers: list[Tier]) -> None:
    with pytest.raises(GivesNothing):
        give(member, tiers[0])
    with pytest.raises(EndsBeforeItBegins):
        give(member, tiers[1], until=date(2026, 1, 9))

    assert not Standing.objects.exists()


def test_a_return_takes_a_raised_tier_back_to_the_gift(member: int, tiers: list[Tier]) -> None:
    give(member, tiers[1], until=date(2026, 6, 30))
    bought(member, JAN_10, 600, reference="purchase:1")

    now = returned(member, JAN_10, 600, today=date(2026, 1, 12), reference="purchase:1")

    assert (now.code, now.lapses_on, now.valid_until) == ("star", None, date(2026, 6, 30))


def test_a_review_leaves_all_of_this_alone(member: int, tiers: list[Tier]) -> None:
    give(member, tiers[1])
    bought(member, JAN_10, 600)
    before = Standing.objects.values().get()

    assert review(date(2026, 2, 1)).kept == 1
    assert Standing.objects.values().get() == before
