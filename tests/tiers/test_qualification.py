"""Rising, lapsing, returning, being given a tier: the rules in single stories."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from core.models import Event
from tests import factories
from tests.tiers.ladders import bought, held, ladder, noon, returned
from tests.tiers.standing_model import Scheme
from tiers import qualification
from tiers.ladder import NoLadder
from tiers.models import QualifyingDay, Standing, Tier, TierChange
from tiers.qualification import EndsBeforeItBegins, GivesNothing, Held, HoldsMore, Qualifying
from tiers.review import review

YEAR = Scheme((100, 500, 2000), "rolling", 12)
JAN_10 = date(2026, 1, 10)

pytestmark = pytest.mark.django_db


@pytest.fixture
def tiers() -> list[Tier]:
    return ladder(YEAR)


@pytest.fixture
def member(tiers: list[Tier]) -> int:
    return factories.member().pk


def changes(member: int) -> list[tuple[str, str, date, str, str]]:
    rows = TierChange.objects.filter(member_id=member).order_by("id")
    return [(c.from_tier.code if c.from_tier else "", c.to_tier.code, c.on, c.cause, c.reference) for c in rows]


def test_a_member_who_bought_nothing_holds_the_lowest_tier(member: int, tiers: list[Tier]) -> None:
    assert qualification.standings([member]) == {
        member: Held(member, tiers[0].pk, "leaf", 0, Decimal(1), None, None, None)
    }


def test_a_purchase_below_the_first_threshold_raises_nobody_and_says_what_is_missing(
    member: int, tiers: list[Tier]
) -> None:
    now = bought(member, JAN_10, 99)

    assert now == Held(member, tiers[0].pk, "leaf", 0, Decimal(1), JAN_10, None, None, "star", Decimal(1))
    assert changes(member) == []
    assert not Event.objects.exists()


def test_a_rise_takes_effect_at_once_and_may_skip_rungs(member: int, tiers: list[Tier]) -> None:
    Tier.objects.filter(code="moon").update(multiplier=Decimal("1.5"))

    now = bought(member, JAN_10, 700, reference="purchase:A/1")

    assert now == Held(
        member,
        tiers[2].pk,
        "moon",
        20,
        Decimal("1.5"),
        JAN_10,
        date(2027, 1, 10),
        date(2027, 2, 28),
        "sun",
        Decimal(1300),
    )
    assert changes(member) == [("leaf", "moon", JAN_10, "purchase", "purchase:A/1")]


def test_a_rise_is_told(member: int) -> None:
    bought(member, JAN_10, 100, reference="purchase:A/1")

    change = TierChange.objects.get()
    event = Event.objects.get()
    assert (event.kind, event.member_id, event.reference) == ("tier.raised", member, f"tier_change:{change.pk}")
    assert event.payload == {
        "from": "leaf",
        "to": "star",
        "on": "2026-01-10",
        "cause": "purchase",
        "reference": "purchase:A/1",
        "words": {"en": "Star", "zh-hans": "Star"},
    }
    assert event.occurred_at == datetime(2026, 1, 10, 12, tzinfo=UTC)


def test_buying_again_renews_at_once(member: int) -> None:
    bought(member, JAN_10, 100)
    bought(member, date(2026, 3, 1), 60)
    assert held(member, date(2026, 3, 1)) == (1, date(2027, 1, 10), date(2027, 2, 28))

    bought(member, date(2026, 6, 15), 40)

    assert held(member, date(2026, 6, 15)) == (1, date(2027, 3, 1), date(2027, 4, 30))


def test_the_window_is_the_business_date_of_the_programme() -> None:
    ladder(Scheme((100,), "rolling", 1))
    factories.chinese_programme()
    member = factories.member().pk
    late = datetime(2026, 1, 31, 19, 59, tzinfo=UTC)  # 03:59 in Shanghai, still the 31st there
    later = datetime(2026, 1, 31, 20, 0, tzinfo=UTC)  # 04:00: the 1st of February
    one = Qualifying(member, date(2025, 12, 31), Decimal(100), 0, 1, late, "purchase", "purchase:1")
    qualification.record([one])

    # The 31st of December leaves the window of one month on the 31st of January, so it was met until the 30th.
    assert qualification.standings([member], [late])[member].lapses_on == date(2026, 1, 31)
    assert qualification.standings([member], [later])[member].valid_until == date(2026, 2, 28)
    assert TierChange.objects.get().on == date(2026, 1, 31)


@pytest.mark.parametrize(("basis", "expected"), [("amount", "leaf"), ("points", "star"), ("purchases", "moon")])
def test_members_qualify_by_amount_points_or_number_of_purchases(basis: str, expected: str) -> None:
    ladder(Scheme((5, 10), "rolling", 12), basis)
    member = factories.member().pk
    one = Qualifying(member, JAN_10, Decimal("4.999"), 7, 11, noon(JAN_10), "purchase", "purchase:1")

    assert qualification.record([one])[member].code == expected


def test_calendar_periods_start_anew_but_the_standing_lasts_to_the_end_of_february() -> None:
    ladder(Scheme((100,), "calendar", 12))
    member = factories.member().pk
    bought(member, date(2025, 12, 30), 60)
    bought(member, date(2025, 12, 31), 60)
    bought(member, date(2026, 1, 2), 99)

    assert held(member, date(2026, 2, 28)) == (1, date(2026, 1, 1), date(2026, 2, 28))
    assert held(member, date(2026, 3, 1)) == (0, None, None)


def test_what_has_run_out_is_no_longer_held_though_no_review_came(member: int) -> None:
    bought(member, JAN_10, 2000)

    moments = {date(2027, 2, 28): "sun", date(2027, 3, 1): "moon", date(2027, 5, 1): "star", date(2027, 7, 1): "leaf"}
    found = {day: qualification.standings([member], [noon(day)])[member].code for day in moments}
    assert found == moments
    assert qualification.standings([member])[member].code == "sun"
    assert len(changes(member)) == 1


def test_the_sale_after_a_missed_review_performs_the_missed_steps_first(member: int) -> None:
    bought(member, JAN_10, 600, reference="purchase:1")

    bought(member, date(2027, 6, 5), 500, reference="purchase:2")

    assert changes(member) == [
        ("leaf", "moon", JAN_10, "purchase", "purchase:1"),
        ("moon", "star", date(2027, 3, 1), "review", "review:2027-03-01"),
        ("star", "leaf", date(2027, 5, 1), "review", "review:2027-05-01"),
        ("leaf", "moon", date(2027, 6, 5), "purchase", "purchase:2"),
    ]
    assert [e.kind for e in Event.objects.order_by("id")] == [
        "tier.raised",
        "tier.lowered",
        "tier.lowered",
        "tier.raised",
    ]


def test_a_late_receipt_counts_on_its_own_day(member: int) -> None:
    bought(member, date(2026, 1, 31), 50)

    now = bought(member, JAN_10, 50, today=date(2026, 2, 20))

    assert (now.code, now.since_on, now.lapses_on) == ("star", date(2026, 2, 20), date(2027, 1, 10))


def test_a_late_receipt_of_a_window_that_has_ended_may_still_raise() -> None:
    ladder(Scheme((100,), "calendar", 12))
    member = factories.member().pk

    bought(member, date(2025, 12, 30), 100, today=date(2026, 1, 15))

    assert held(member, date(2026, 1, 15)) == (1, date(2026, 1, 1), date(2026, 2, 28))


def test_a_late_receipt_of_a_standing_that_would_have_run_out_changes_nothing() -> None:
    ladder(Scheme((100,), "calendar", 12))
    member = factories.member().pk

    bought(member, date(2025, 12, 30), 100, today=date(2026, 3, 1))

    assert changes(member) == []
    assert QualifyingDay.objects.get().amount == 100


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


def test_several_members_in_one_call(tiers: list[Tier], django_assert_num_queries: DjangoAssertNumQueries) -> None:
    members = [factories.member().pk for _ in range(3)]
    amounts = [50, 100, 500]
    batch = [
        Qualifying(m, JAN_10, Decimal(a), 0, 1, noon(JAN_10), "purchase", f"purchase:{m}")
        for m, a in zip(members, amounts, strict=True)
    ]

    with django_assert_num_queries(1):
        now = qualification.record(batch)

    assert [now[m].code for m in members] == ["leaf", "star", "moon"]
    with django_assert_num_queries(1):
        assert [h.code for h in qualification.standings(members).values()] == ["leaf", "star", "moon"]


def test_nothing_to_record_asks_nothing(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert qualification.record([]) == {}


def test_two_items_of_one_member_are_refused(member: int) -> None:
    one = Qualifying(member, JAN_10, Decimal(1), 0, 1, noon(JAN_10), "purchase", "purchase:1")

    with pytest.raises(ValueError, match="one item for each member"):
        qualification.record([one, one])

    assert not QualifyingDay.objects.exists()


def test_without_tiers_nobody_holds_anything() -> None:
    factories.programme()
    member = factories.member().pk

    with pytest.raises(NoLadder):
        qualification.standings([member])
    with pytest.raises(NoLadder):
        bought(member, JAN_10, 1)
    with pytest.raises(NoLadder):
        qualification.progress(member, noon(JAN_10))


def test_a_daily_buyer_of_three_years_costs_one_window() -> None:
    ladder(Scheme((10, 20), "rolling", 1))
    member = factories.member().pk
    with connection.cursor() as cursor:
        cursor.execute(
            """
            insert into tiers_qualifyingday (member_id, day, amount, points, purchases)
            select %s, d, 1, 1, 1 from generate_series('2023-01-01'::date, '2026-01-31', '1 day') d
            """,
            [member],
        )

    def days_read() -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "select idx_tup_fetch + seq_tup_read from pg_stat_xact_all_tables where relname = 'tiers_qualifyingday'"
            )
            return int(cursor.fetchone()[0])

    before = days_read()
    assert bought(member, date(2026, 2, 1), 1).code == "moon"

    # Of more than a thousand days: the 31 of the window for the sum, and again for the walk back.
    assert days_read() - before <= 2 * 31 + 2


def test_progress_says_what_keeps_and_what_raises(
    member: int, tiers: list[Tier], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    bought(member, JAN_10, 90)
    bought(member, date(2026, 7, 1), 30)

    with django_assert_num_queries(2):
        now = qualification.progress(member, noon(date(2026, 7, 2)))

    assert (now.held.code, now.tier, now.basis, now.total) == ("star", tiers[1], "amount", Decimal(120))
    assert (now.next_tier, now.missing) == (tiers[2], Decimal(380))
    # On the last day only the 30 of July are left in the window.
    assert (now.keep_by, now.missing_to_keep) == (date(2027, 2, 28), Decimal(70))


def test_progress_at_the_bottom_and_at_the_top(member: int, tiers: list[Tier]) -> None:
    below = qualification.progress(member, noon(JAN_10))
    assert (below.held.code, below.total, below.next_tier, below.missing) == (
        "leaf",
        Decimal(0),
        tiers[1],
        Decimal(100),
    )
    assert (below.keep_by, below.missing_to_keep) == (None, Decimal(0))

    bought(member, JAN_10, 5000)

    above = qualification.progress(member, noon(JAN_10))
    assert (above.held.code, above.next_tier, above.missing, above.missing_to_keep) == (
        "sun",
        None,
        Decimal(0),
        Decimal(2000),
    )


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
