"""What goods that come back do to a tier: the rules in single stories."""

from datetime import date

import pytest

from core.models import Event
from tests.tiers.ladders import JAN_10, bought, changes, held, returned

pytestmark = pytest.mark.django_db


def test_the_tier_that_a_purchase_raised_goes_with_its_return(member: int) -> None:
    bought(member, JAN_10, 150, reference="purchase:1")
    bought(member, date(2026, 2, 1), 1000, reference="purchase:2")

    now = returned(member, date(2026, 2, 1), 900, today=date(2026, 2, 5), reference="purchase:2")

    assert (now.code, now.since_on, now.lapses_on, now.valid_until) == (
        "star",
        JAN_10,
        date(2027, 2, 1),
        date(2027, 3, 31),
    )
    assert changes(member)[-1] == ("moon", "star", date(2026, 2, 5), "return", "purchase:2")
    assert Event.objects.latest("id").kind == "tier.lowered"


def test_a_return_of_a_skipping_rise_leaves_the_rung_that_is_still_earned(member: int) -> None:
    bought(member, JAN_10, 2000, reference="purchase:1")

    now = returned(member, JAN_10, 1400, today=date(2026, 2, 5), reference="purchase:1")

    assert (now.code, now.lapses_on) == ("moon", date(2027, 1, 10))


def test_a_return_that_leaves_the_tier_earned_takes_nothing(member: int) -> None:
    bought(member, JAN_10, 150, reference="purchase:1")

    now = returned(member, JAN_10, 50, today=date(2026, 2, 5), reference="purchase:1")

    assert (now.code, now.lapses_on) == ("star", date(2027, 1, 10))


def test_a_return_of_another_purchase_lets_the_tier_lapse_that_day(member: int) -> None:
    bought(member, JAN_10, 60, reference="purchase:1")
    bought(member, date(2026, 2, 1), 60, reference="purchase:2")

    now = returned(member, JAN_10, 60, today=date(2026, 2, 20), reference="purchase:1")

    assert (now.code, now.lapses_on, now.valid_until) == ("star", date(2026, 2, 20), date(2026, 3, 31))
    assert len(changes(member)) == 1


def test_a_return_never_lets_a_tier_last_longer(member: int) -> None:
    bought(member, JAN_10, 60, reference="purchase:1")
    bought(member, date(2026, 1, 20), 60, reference="purchase:2")

    now = returned(member, JAN_10, 60, today=date(2027, 1, 25), reference="purchase:1")

    assert (now.code, now.lapses_on, now.valid_until) == ("star", date(2027, 1, 10), date(2027, 2, 28))


def test_what_is_bought_in_the_last_weeks_and_comes_back_extends_nothing(member: int) -> None:
    bought(member, JAN_10, 150, reference="purchase:1")
    in_grace = date(2027, 2, 20)
    before = held(member, in_grace)
    assert before == (1, date(2027, 1, 10), date(2027, 2, 28))

    assert bought(member, in_grace, 200, reference="purchase:2").valid_until == date(2028, 3, 31)
    returned(member, in_grace, 200, today=date(2027, 2, 25), reference="purchase:2")

    assert held(member, date(2027, 2, 25)) == before
    assert len(changes(member)) == 1


def test_a_step_down_keeps_its_own_end_though_goods_come_and_go(member: int) -> None:
    bought(member, JAN_10, 600, reference="purchase:1")
    on = date(2027, 3, 5)
    before = held(member, on)
    assert before == (1, date(2027, 3, 1), date(2027, 4, 30))

    bought(member, on, 300, reference="purchase:2")
    now = returned(member, on, 300, today=on, reference="purchase:2")

    assert (now.code, now.since_on) == ("star", date(2027, 3, 1))
    assert held(member, on) == before


def test_a_step_down_keeps_its_own_end_though_late_goods_come_and_go(member: int) -> None:
    bought(member, JAN_10, 600, reference="purchase:1")
    on, day = date(2027, 3, 5), date(2027, 3, 4)

    assert bought(member, day, 300, today=on, reference="purchase:2").lapses_on == date(2028, 3, 4)
    returned(member, day, 300, today=on, reference="purchase:2")

    assert held(member, on) == (1, date(2027, 3, 1), date(2027, 4, 30))


def test_the_end_of_a_lower_standing_is_no_end_of_a_higher_one(member: int) -> None:
    bought(member, JAN_10, 600, reference="purchase:1")
    bought(member, date(2027, 3, 5), 300, reference="purchase:2")
    assert bought(member, date(2027, 3, 10), 300, reference="purchase:3").code == "moon"

    now = returned(member, date(2027, 3, 5), 300, today=date(2027, 4, 10), reference="purchase:2")

    # Star had begun on the 1st of March; Moon lapses on the day of the return all the same.
    assert (now.code, now.lapses_on, now.valid_until) == ("moon", date(2027, 4, 10), date(2027, 5, 31))


def test_a_tier_taken_back_leaves_one_that_is_not_earned_either_to_lapse(member: int) -> None:
    bought(member, JAN_10, 100, reference="purchase:1")
    bought(member, date(2026, 2, 1), 400, reference="purchase:2")
    assert returned(member, JAN_10, 100, today=date(2026, 2, 5), reference="purchase:1").code == "moon"

    now = returned(member, date(2026, 2, 1), 400, today=date(2026, 2, 10), reference="purchase:2")

    assert (now.code, now.since_on, now.lapses_on, now.valid_until) == (
        "star",
        JAN_10,
        date(2026, 2, 10),
        date(2026, 3, 31),
    )


def test_goods_that_carried_a_standing_past_its_end_and_come_back_let_it_lapse(member: int) -> None:
    bought(member, JAN_10, 150, reference="purchase:1")
    bought(member, date(2027, 2, 20), 200, reference="purchase:2")

    now = returned(member, date(2027, 2, 20), 200, today=date(2027, 3, 5), reference="purchase:2")

    assert (now.code, now.lapses_on, now.valid_until) == ("star", date(2027, 3, 5), date(2027, 4, 30))
