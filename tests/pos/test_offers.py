"""Offers at the till: what a sale wins on top, what it doesn't and why, and what a return takes back of it."""

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns import offers
from campaigns.matching import Why
from campaigns.models import Award, AwardReversal, BudgetSlot, Offer
from core import programme as programmes
from points import queries, verification
from points.models import Posting
from pos import assignment
from pos.models import Settlement
from pos.settling import Recorded
from tests import factories
from tests.campaigns.offering import offer, quoted
from tests.factories import Shop
from tests.pos.selling import bring_back, receipt, sell, the_shop
from tests.racing import run_in_threads

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)  # a Monday
LATER = NOON + timedelta(days=3)


@pytest.fixture
def shop(db: None) -> Shop:
    return factories.shop()


def parts(sale: Recorded) -> list[tuple[str, int]]:
    return [(grant.rule, grant.points) for grants in sale.quote.grants.values() for grant in grants]


def misses(sale: Recorded) -> list[tuple[str, str, str]]:
    return [(missed.terms.code, missed.why.value, f"{missed.missing:f}") for missed in sale.missed]


def test_fixed_points_come_on_top_once_the_minimum_is_reached(shop: Shop) -> None:
    offer(minimum=Decimal(50))
    ada = factories.member()

    short, whole = sell(
        receipt(shop, "1", "47.00", member=ada, at=NOON), receipt(shop, "2", "50.00", member=ada, at=NOON)
    )

    assert (parts(short), misses(short)) == ([("base", 47)], [("spring", "below_minimum", "3.00")])
    assert (parts(whole), misses(whole)) == ([("base", 50), ("offer:spring", 50)], [])
    award = Award.objects.get()
    assert (award.purchase_id, award.member, award.points, award.number, award.version) == (
        whole.purchase_id, ada, 50, 1, 2,
    )  # fmt: skip
    posting = Posting.objects.get(pk=whole.bookings[shop.point_type.pk].posting_id)
    assert posting.reasons[1] == {
        "points": 50, "rule": "offer:spring", "version": 2,
        "words": {"en": "Spring greetings", "zh-hans": "春日好礼"},
    }  # fmt: skip
    assert queries.balance(ada.pk, NOON).available == 147


def test_a_multiplier_counts_the_base_points_of_its_categories_and_not_those_of_the_tier(shop: Shop) -> None:
    offer(multiplier=Decimal("2.5"), categories=["cards"])
    ada = factories.member()
    sell(receipt(shop, "0", "600.00", member=ada, at=NOON - timedelta(days=1)))  # silver from here on

    cards, gifts = sell(
        receipt(shop, "1", "10.75", "11.00", member=ada, at=NOON, category="cards"),
        receipt(shop, "2", "40.00", member=ada, at=NOON),
    )

    assert parts(cards) == [("base", 21), ("tier", 5), ("offer:spring", 31)]
    assert (parts(gifts), misses(gifts)) == ([("base", 40), ("tier", 10)], [("spring", "no_such_goods", "0")])


def test_a_multiplier_of_too_little_is_no_award(shop: Shop) -> None:
    offer(multiplier=Decimal("1.5"))
    (sale,) = sell(receipt(shop, "1", "1.50", member=factories.member(), at=NOON))

    assert (parts(sale), misses(sale)) == ([("base", 1)], [("spring", "too_little", "0")])
    assert not Award.objects.exists()


@pytest.mark.parametrize(
    ("conditions", "wins"),
    [
        ({"weekdays": [0, 5]}, True),
        ({"weekdays": [1]}, False),
        ({"stores": ["LON-1"]}, True),
        ({"stores": ["LON-2"]}, False),
        ({"from_time": time(12), "until_time": time(14)}, True),
        ({"from_time": time(9), "until_time": time(12)}, False),
        ({"begins_on": date(2026, 3, 2), "ends_on": date(2026, 3, 2)}, True),
        ({"begins_on": date(2026, 3, 3)}, False),
        ({"ends_on": date(2026, 3, 1)}, False),
    ],
)
def test_an_offer_of_another_day_hour_or_store_is_none(shop: Shop, conditions: dict[str, object], wins: bool) -> None:
    offer(**conditions)  # type: ignore[arg-type]

    (sale,) = sell(receipt(shop, "1", "10.00", member=factories.member(), at=NOON))

    assert (sale.quote.points(shop.point_type.pk), misses(sale)) == (60 if wins else 10, [])


def test_the_night_belongs_to_the_business_day_before(db: None) -> None:
    """In Shanghai days end at four: three on Tuesday morning is still Monday night."""
    shop = factories.chinese_shop()
    offer(weekdays=[0], begins_on=date(2026, 3, 2), ends_on=date(2026, 3, 2))
    night = datetime(2026, 3, 2, 19, tzinfo=UTC)

    (before, after) = sell(
        receipt(shop, "1", "10.00", member=factories.member(), at=night),
        receipt(shop, "2", "10.00", member=factories.member(), at=night + timedelta(hours=1)),
    )

    assert (before.quote.points(shop.point_type.pk), after.quote.points(shop.point_type.pk)) == (51, 1)


def test_only_for_a_tier_and_told_so_to_others(shop: Shop) -> None:
    offer(tiers=["silver", "gold"])
    ada = factories.member()

    first, second = sell(
        receipt(shop, "1", "500.00", member=ada, at=NOON), receipt(shop, "2", "10.00", member=ada, at=LATER)
    )

    assert misses(first) == [("spring", Why.TIER, "0")]
    assert parts(second) == [("base", 10), ("tier", 2), ("offer:spring", 50)]


def test_twice_per_member_also_in_one_batch(shop: Shop) -> None:
    offer(per_member=2)
    ada, bob = factories.member(), factories.member()

    sales = sell(
        *[receipt(shop, f"a{number}", "10.00", member=ada, at=NOON) for number in range(3)],
        receipt(shop, "b", "10.00", member=bob, at=NOON),
    )

    assert [sale.quote.points(shop.point_type.pk) for sale in sales] == [60, 60, 10, 60]
    assert misses(sales[2]) == [("spring", "used_up_by_member", "0")]
    assert list(Award.objects.filter(member=ada).values_list("number", flat=True)) == [1, 2]


def test_a_budget_ends_within_a_batch_and_is_never_overspent(shop: Shop) -> None:
    offer(budget=120)
    sales = sell(*[receipt(shop, f"{n}", "10.00", member=factories.member(), at=NOON) for n in range(4)])

    assert [sale.quote.points(shop.point_type.pk) for sale in sales] == [60, 60, 10, 10]
    assert misses(sales[3]) == [("spring", "budget_used_up", "0")]
    assert [slot.left for slot in BudgetSlot.objects.all()] == [20]
    assert verification.faults() == []


def test_without_member_nothing_is_won_and_later_it_is_by_the_offers_of_its_moment(shop: Shop) -> None:
    spring = offer(per_member=1)
    (sale,) = sell(receipt(shop, "1", "10.00", at=NOON))
    assert not Award.objects.exists()
    offers.switch(spring, Offer.State.ENDED, actor=None, at=NOON + timedelta(hours=1))
    ada = factories.member()

    with transaction.atomic():
        given = assignment.assign(sale.purchase_id, ada.pk, programme=programmes.current(), at=LATER, actor="staff:1")

    assert parts(given) == [("base", 10), ("offer:spring", 50)]
    assert Award.objects.get().awarded_at == LATER


def test_who_comes_late_wins_by_what_was_offered_then(shop: Shop) -> None:
    spring = offer()
    offers.switch(spring, Offer.State.PAUSED, actor=None, at=NOON)
    ada = factories.member()

    late, on_time = sell(
        receipt(shop, "1", "10.00", member=ada, at=NOON - timedelta(seconds=1), booked_at=LATER),
        receipt(shop, "2", "10.00", member=ada, at=NOON, booked_at=LATER),
    )

    assert [sale.quote.points(shop.point_type.pk) for sale in (late, on_time)] == [60, 10]


def test_offers_add_up(shop: Shop) -> None:
    offer()
    offer("double", multiplier=Decimal(2))

    (sale,) = sell(receipt(shop, "1", "30.00", member=factories.member(), at=NOON))

    assert parts(sale) == [("base", 30), ("offer:spring", 50), ("offer:double", 30)]
    assert Award.objects.count() == 2


def test_a_return_takes_the_bonus_once_its_minimum_no_longer_holds(shop: Shop) -> None:
    spring = offer(minimum=Decimal(50), per_member=1, budget=1000)
    ada = factories.member()
    (sale,) = sell(receipt(shop, "1", "40.00", "20.00", "5.00", member=ada, at=NOON))

    kept = bring_back(shop, sale, "R1", (3, "1"), at=LATER)
    gone = bring_back(shop, sale, "R2", (2, "1"), at=LATER)

    assert kept.bookings[shop.point_type.pk].points == -5
    assert gone.bookings[shop.point_type.pk].points == -20 - 50
    assert AwardReversal.objects.get().points == 50
    (again,) = sell(receipt(shop, "2", "60.00", member=ada, at=LATER))
    assert misses(again) == [("spring", "used_up_by_member", "0")]
    assert sum(slot.left for slot in spring.slots.all()) == 950
    assert verification.faults() == []


def test_a_multiplier_shrinks_with_the_goods_kept_whatever_the_offer_says_since(shop: Shop) -> None:
    double = offer(multiplier=Decimal(3), categories=["cards"])
    (sale,) = sell(receipt(shop, "1", "10.00", "20.00", member=factories.member(), at=NOON, category="cards"))
    double.multiplier = Decimal(2)
    offers.save(double, at=NOON + timedelta(hours=1))

    result = bring_back(shop, sale, "R1", (1, "1"), at=LATER)

    assert result.bookings[shop.point_type.pk].points == -30
    assert AwardReversal.objects.get().points == 20


def test_a_quote_says_what_the_sale_then_gives_and_writes_nothing(shop: Shop) -> None:
    offer(minimum=Decimal(20), per_member=1, budget=60)
    offer("double", multiplier=Decimal(2), categories=["cards"])
    ada = factories.member()
    before = queries.balance(ada.pk, NOON)

    told = quoted(shop, "25.00", member_id=ada.pk, at=NOON)
    again = quoted(shop, "25.00", member_id=ada.pk, at=NOON)

    assert (told.quote, told.missed) == (again.quote, again.missed)
    assert (queries.balance(ada.pk, NOON), Award.objects.count()) == (before, 0)
    (sale,) = sell(receipt(shop, "1", "25.00", member=ada, at=NOON))
    assert (sale.quote, sale.missed) == (told.quote, told.missed)
    assert {missed.why for missed in quoted(shop, "25.00", member_id=ada.pk, at=NOON).missed} == {
        Why.TIMES, Why.NO_GOODS,
    }  # fmt: skip
    assert Why.BUDGET in {missed.why for missed in quoted(shop, "25.00", at=NOON).missed}


amounts = st.decimals("0.01", "80.00", places=2)


@given(
    st.lists(st.tuples(amounts, st.sampled_from(["cards", "gift"])), min_size=3, max_size=3),
    st.permutations([0, 0, 1, 1, 2, 2]),
    st.decimals("0.00", "90.00", places=2),
    st.sampled_from(["1.5", "2", "3.25"]),
)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_returned_in_pieces_nothing_of_any_offer_is_left(
    db: None, goods: list[tuple[Decimal, str]], order: list[int], minimum: Decimal, times: str
) -> None:
    """Parts sum to the total at every step, what is kept is what the goods kept win, and the end is nothing."""
    shop = the_shop()
    run = Offer.objects.count()
    for old in Offer.objects.exclude(state=Offer.State.ENDED):
        offers.switch(old, Offer.State.ENDED, actor=None, at=NOON - timedelta(days=1))
    offer(f"fixed-{run}", minimum=minimum, at=NOON - timedelta(hours=1))
    offer(f"times-{run}", multiplier=Decimal(times), categories=["cards"], at=NOON - timedelta(hours=1))
    ada = factories.member()
    sold = receipt(shop, f"o{ada.pk}", *[str(price) for price, _category in goods], member=ada, at=NOON)
    kinds = [category for _price, category in goods]
    lines = tuple(replace(line, category=category) for line, category in zip(sold.lines, kinds, strict=True))
    (sale,) = sell(replace(sold, lines=lines))
    assert sale.quote.points(shop.point_type.pk) == sum(points for _rule, points in parts(sale))
    won = sum(points for rule, points in parts(sale) if rule.startswith("offer:"))
    assert won == sum(Award.objects.filter(purchase=sale.purchase_id).values_list("points", flat=True))

    for step, line in enumerate(order):
        bring_back(shop, sale, f"{ada.pk}-{step}", (line + 1, "0.5"), at=LATER)

    assert queries.balance(ada.pk, LATER) == queries.Balance()
    taken = AwardReversal.objects.filter(award__purchase=sale.purchase_id).values_list("points", flat=True)
    assert sum(taken) == won


def test_eight_tills_at_once_give_a_budget_to_the_last_point_and_no_further(committed_db: None) -> None:
    """8 tills × 6 sales of 50 points, of a budget for 23 of them: all of it is given, and the rest are told."""
    shop = factories.shop()
    spring = offer(budget=23 * 50)
    members = [factories.member() for _number in range(8)]

    def till(who: int) -> list[Recorded]:
        return [sell(receipt(shop, f"{who}-{number}", "10.00", member=members[who], at=NOON))[0] for number in range(6)]

    sales = [sale for done in run_in_threads(8, till) for sale in done]

    given = [sale for sale in sales if sale.quote.points(shop.point_type.pk) == 60]
    assert (len(sales), len(given)) == (48, 23)
    assert all(misses(sale) == [("spring", "budget_used_up", "0")] for sale in sales if sale not in given)
    assert sum(slot.left for slot in spring.slots.all()) == 0
    assert Award.objects.count() == 23
    assert Posting.objects.filter(reasons__contains=[{"rule": "offer:spring"}]).count() == 23
    assert verification.faults() == []


def test_a_till_does_not_wait_for_another_that_has_not_finished(committed_db: None) -> None:
    """Both take from one budget at once: each holds a part of its own until it commits."""
    shop = factories.shop()
    spring = offer(budget=10_000)
    members = [factories.member() for _number in range(2)]
    both_have_sold = threading.Barrier(2, timeout=30)

    def till(who: int) -> Recorded:
        with transaction.atomic():
            (sale,) = sell(receipt(shop, str(who), "10.00", member=members[who], at=NOON))
            both_have_sold.wait()
            return sale

    sales = run_in_threads(2, till)

    assert [sale.quote.points(shop.point_type.pk) for sale in sales] == [60, 60]
    assert (spring.slots.count(), sum(slot.left for slot in spring.slots.all())) == (16, 9_900)


def test_two_sales_of_one_member_at_once_win_once(committed_db: None) -> None:
    shop = factories.shop()
    offer(per_member=1)
    ada = factories.member()

    sales = run_in_threads(4, lambda who: sell(receipt(shop, str(who), "10.00", member=ada, at=NOON))[0])

    assert sorted(sale.quote.points(shop.point_type.pk) for sale in sales) == [10, 10, 10, 60]


def test_what_was_won_is_never_changed(shop: Shop) -> None:
    offer()
    sell(receipt(shop, "1", "10.00", member=factories.member(), at=NOON))

    for table in ("campaigns_award", "campaigns_offerversion"):
        with pytest.raises(Exception, match="refused"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"delete from {table}")


def test_how_it_was_priced_is_kept(shop: Shop) -> None:
    offer()
    offer("big", minimum=Decimal(100))
    sell(receipt(shop, "1", "10.00", member=factories.member(), at=NOON))

    context = Settlement.objects.get().context

    assert context["offers"] == [["offer:spring", 2, shop.point_type.pk]]
    assert context["missed"] == [["big", 2, "below_minimum", "90.00"]]
