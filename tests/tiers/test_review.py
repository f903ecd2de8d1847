"""The nightly review: late, twice, in parts, after a change of thresholds, and while sales go on."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, transaction

from core.models import Event
from tests import factories, racing
from tests.tiers.ladders import bought, held, ladder, noon
from tests.tiers.standing_model import Scheme
from tiers import qualification
from tiers.models import QualifyingDay, Standing, Tier, TierChange
from tiers.qualification import Qualifying
from tiers.review import Reviewed, parts, review

YEAR = Scheme((100, 500, 2000), "rolling", 12)
JAN_10 = date(2026, 1, 10)


@pytest.fixture
def member(db: None) -> int:
    ladder(YEAR)
    return factories.member().pk


def steps(member: int) -> list[tuple[str, date, str]]:
    rows = TierChange.objects.filter(member_id=member).order_by("id")
    return [(c.to_tier.code, c.on, c.reference) for c in rows]


def test_the_review_lowers_who_has_run_out_by_one_step(member: int) -> None:
    bought(member, JAN_10, 600)

    assert review(date(2027, 2, 28)) == Reviewed(0, 0, 1, member)
    assert review(date(2027, 3, 1)) == Reviewed(0, 1, 0, member)

    assert held(member, date(2027, 3, 1)) == (1, date(2027, 3, 1), date(2027, 4, 30))
    assert steps(member)[1:] == [("star", date(2027, 3, 1), "review:2027-03-01")]
    assert Event.objects.latest("id").kind == "tier.lowered"


def test_a_late_review_performs_each_missed_step_on_its_true_date(member: int) -> None:
    bought(member, JAN_10, 2000)

    assert review(date(2027, 8, 20)) == Reviewed(0, 1, 0, member)

    assert steps(member)[1:] == [
        ("moon", date(2027, 3, 1), "review:2027-03-01"),
        ("star", date(2027, 5, 1), "review:2027-05-01"),
        ("leaf", date(2027, 7, 1), "review:2027-07-01"),
    ]


def test_a_rung_below_lasts_as_long_as_its_own_days_carry_it(member: int) -> None:
    bought(member, JAN_10, 400)
    bought(member, date(2026, 9, 1), 100)

    review(date(2027, 3, 1))

    assert held(member, date(2027, 3, 1)) == (1, date(2027, 9, 1), date(2027, 10, 31))


def test_a_late_review_sees_what_carried_a_rung_below_in_the_meantime(member: int) -> None:
    bought(member, JAN_10, 400)
    bought(member, date(2026, 9, 1), 100)

    review(date(2027, 10, 15))

    assert held(member, date(2027, 10, 15)) == (1, date(2027, 9, 1), date(2027, 10, 31))


def test_the_review_twice_changes_nothing(member: int) -> None:
    bought(member, JAN_10, 2000)
    review(date(2027, 8, 20))
    before = (list(Standing.objects.values()), TierChange.objects.count(), Event.objects.count())

    assert review(date(2027, 8, 20)) == Reviewed(0, 0, 1, member)

    assert (list(Standing.objects.values()), TierChange.objects.count(), Event.objects.count()) == before


def test_a_review_of_a_day_gone_by_undoes_nothing(member: int) -> None:
    bought(member, JAN_10, 100)
    qualification.record(
        [Qualifying(member, JAN_10, Decimal(-1), 0, 0, noon(date(2026, 12, 1)), "return", "purchase:other")]
    )
    before = Standing.objects.values().get()
    assert before["lapses_on"] == date(2026, 12, 1)

    review(date(2026, 11, 30), at=noon(date(2026, 12, 1)))

    assert Standing.objects.values().get() == before


def test_lower_thresholds_raise_at_the_next_review(member: int) -> None:
    bought(member, JAN_10, 60)
    Tier.objects.filter(code="star").update(threshold=50)

    assert review(date(2026, 2, 1)) == Reviewed(1, 0, 0, member)

    assert held(member, date(2026, 2, 1)) == (1, date(2027, 1, 10), date(2027, 2, 28))
    assert steps(member) == [("star", date(2026, 2, 1), "review:2026-02-01")]


def test_higher_thresholds_leave_the_tier_to_the_end_of_the_next_month(member: int) -> None:
    bought(member, JAN_10, 600)
    Tier.objects.filter(code="moon").update(threshold=1000)

    assert review(date(2026, 2, 10)) == Reviewed(0, 0, 1, member)
    assert held(member, date(2026, 2, 10)) == (2, date(2026, 2, 10), date(2026, 3, 31))

    assert review(date(2026, 2, 20)) == Reviewed(0, 0, 1, member)
    assert held(member, date(2026, 2, 20)) == (2, date(2026, 2, 10), date(2026, 3, 31))
    assert held(member, date(2026, 4, 1)) == (1, date(2027, 1, 10), date(2027, 2, 28))


def test_dates_follow_a_change_of_thresholds_that_leaves_the_tier_earned(member: int) -> None:
    bought(member, JAN_10, 60)
    bought(member, date(2026, 3, 1), 60)
    assert held(member, date(2026, 3, 1)) == (1, date(2027, 1, 10), date(2027, 2, 28))

    Tier.objects.filter(code="star").update(threshold=50)
    review(date(2026, 3, 2))
    assert held(member, date(2026, 3, 2)) == (1, date(2027, 3, 1), date(2027, 4, 30))

    Tier.objects.filter(code="star").update(threshold=110)
    review(date(2026, 3, 3))
    assert held(member, date(2026, 3, 3)) == (1, date(2027, 1, 10), date(2027, 2, 28))


def test_days_written_by_others_are_found(member: int) -> None:
    """Such as by a mass import that puts the days into the table and leaves the standings to the review."""
    other = factories.member().pk
    for who, amount in [(member, 500), (other, 99)]:
        QualifyingDay.objects.create(member_id=who, day=JAN_10, amount=amount, points=0, purchases=1)

    assert review(date(2026, 2, 1)) == Reviewed(1, 0, 1, other)

    assert held(member, date(2026, 2, 1)) == (2, date(2027, 1, 10), date(2027, 2, 28))
    assert not Standing.objects.filter(member_id=other).exists()


def test_nobody_to_review(db: None) -> None:
    ladder(YEAR)

    assert review(JAN_10) == Reviewed()


def test_a_review_without_tiers_has_nothing_to_do(db: None) -> None:
    factories.programme()
    member = factories.member().pk

    assert review(JAN_10) == Reviewed(0, 0, 1, member)


def test_the_review_goes_on_after_the_members_it_has_done(db: None) -> None:
    ladder(YEAR)
    members = [factories.member().pk for _ in range(5)]
    for member in members:
        QualifyingDay.objects.create(member_id=member, day=JAN_10, amount=100, points=0, purchases=1)

    first = next(parts(JAN_10, at=noon(JAN_10), members=2))
    assert first == Reviewed(2, 0, 0, members[1])

    rest = list(parts(JAN_10, at=noon(JAN_10), members=2, after=first.last_member_id))
    assert rest == [Reviewed(2, 0, 0, members[3]), Reviewed(1, 0, 0, members[4])]


def test_each_set_of_members_is_reported(member: int) -> None:
    bought(member, JAN_10, 100)
    told: list[Reviewed] = []

    review(JAN_10, report=told.append)

    assert told == [Reviewed(0, 0, 1, member)]


def test_reviews_and_sales_at_the_same_moment_lose_nothing(committed_db: None) -> None:
    """Ten sales of 100 each, two for each of five members whose standing has run out, against five reviews."""
    ladder(YEAR)
    members = [factories.member().pk for _ in range(5)]
    today = date(2027, 6, 1)
    for member in members:
        with transaction.atomic():
            bought(member, JAN_10, 600)

    def sell(number: int) -> None:
        with transaction.atomic():
            # The caller holds the account of each member, as a sale does; here the member's row stands for it.
            with connection.cursor() as cursor:
                cursor.execute("select from members_member where id = %s for no key update", [members[number % 5]])
            bought(members[number % 5], today, 100, reference=f"purchase:{number}")

    def look_through(_number: int) -> None:
        review(today)

    work: list[Callable[[int], None]] = [sell] * 10 + [look_through] * 5
    racing.run_in_threads(len(work), lambda number: work[number](number))

    assert [held(member, today) for member in members] == [(1, date(2028, 6, 1), date(2028, 7, 31))] * 5
    for member in members:
        codes = [code for code, _on, _reference in steps(member)]
        assert codes == ["moon", "star", "leaf", "star"]
