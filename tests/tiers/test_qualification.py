"""Rising, lapsing, late receipts and what is still missing: the rules in single stories."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from core.models import Event
from tests import factories
from tests.tiers.ladders import JAN_10, bought, changes, held, ladder, noon
from tests.tiers.standing_model import Scheme
from tiers import qualification
from tiers.ladder import NoLadder
from tiers.models import QualifyingDay, Tier, TierChange
from tiers.qualification import Held, Qualifying

pytestmark = pytest.mark.django_db


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
