"""Recording purchases: each receipt once, at the tier held before it, by the rules of its own moment."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Event as Signal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import programme as programmes
from core.models import Event
from points import queries, verification
from points.models import Account, Posting
from pos import assignment, purchases
from pos.models import Settlement
from pos.receipts import Receipt
from sales.models import Purchase, PurchaseLine
from tests import factories
from tests.clock.scenes import waiting_for_us
from tests.factories import Shop
from tests.points.grants import grant
from tests.pos.selling import bring_back, receipt, sell, the_shop
from tests.racing import outcomes, run_in_threads
from tests.waiting import wait_until
from tiers.models import QualifyingDay, Standing, TierChange

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def shop(db: None) -> Shop:
    return factories.shop()


def test_a_purchase_earns_points_with_a_reason_and_counts_towards_the_tier(shop: Shop) -> None:
    ada = factories.member()

    (sale,) = sell(receipt(shop, "1001", "15.30", "10.25", member=ada, at=NOON))

    posting = Posting.objects.get(pk=sale.bookings[shop.point_type.pk].posting_id)
    assert (posting.kind, posting.points, posting.number, posting.reference) == (
        "accrue",
        25,
        1,
        "purchase:LON-1/T1/2026-03-02/1001",
    )
    assert posting.reasons == [
        {
            "points": 25,
            "rule": "base",
            "version": 1,
            "words": {"en": "1 point per £1 · £25.55", "zh-hans": "每消费1英镑得1积分 · £25.55"},
        }
    ]
    settlement = Settlement.objects.get()
    assert (settlement.posting, settlement.context["rules"], settlement.context["multiplier"]) == (
        posting,
        [["base", 1]],
        "1.00",
    )
    assert queries.balance(ada.pk, NOON) == queries.Balance(available=25)
    day = QualifyingDay.objects.get()
    assert (day.day.isoformat(), day.amount, day.points, day.purchases) == ("2026-03-02", Decimal("25.55"), 25, 1)
    event = Event.objects.get(kind="purchase.recorded")
    assert (event.member_id, event.reference) == (ada.pk, posting.reference)
    assert event.payload["points"] == {str(shop.point_type.pk): 25}


def test_a_purchase_takes_two_statements_beside_key_member_and_terminal(shop: Shop) -> None:
    ada = factories.member()
    sell(receipt(shop, "1", "10.00", member=ada, at=NOON))

    with CaptureQueriesContext(connection) as captured:
        sell(receipt(shop, "2", "10.00", "11.00", "12.00", member=ada, at=NOON))

    others = ("SAVEPOINT", "RELEASE", 'SELECT "core_programme"')
    statements = [q["sql"] for q in captured if not q["sql"].startswith(others)]
    assert len(statements) == 2, statements


def test_the_basket_earns_at_the_tier_held_before_it(shop: Shop) -> None:
    ada = factories.member()

    first, second = sell(
        receipt(shop, "1", "600.00", member=ada, at=NOON),
        receipt(shop, "2", "100.00", member=ada, at=NOON + timedelta(hours=1)),
    )

    assert first.bookings[shop.point_type.pk].points == 600
    assert second.bookings[shop.point_type.pk].points == 125
    assert Standing.objects.get(member=ada).tier.code == "silver"
    change = TierChange.objects.get()
    assert (change.cause, change.reference) == ("purchase", "purchase:LON-1/T1/2026-03-02/1")


def test_a_receipt_posted_again_is_a_repeat_and_changes_nothing(shop: Shop) -> None:
    ada = factories.member()
    (first,) = sell(receipt(shop, "1", "10.00", member=ada, at=NOON))

    (again,) = sell(receipt(shop, "1", "10.00", member=ada, at=NOON, booked_at=NOON + timedelta(days=1)))
    (other,) = sell(receipt(shop, "1", "99.00", member=ada, at=NOON))

    assert (again.is_repeat, again.is_conflict, again.uuid) == (True, False, first.uuid)
    assert (other.is_repeat, other.is_conflict, other.uuid) == (True, True, first.uuid)
    assert (
        Purchase.objects.count()
        == Posting.objects.count()
        == Event.objects.filter(kind="purchase.recorded").count()
        == 1
    )


def test_the_same_receipt_twice_in_one_batch_is_recorded_once(shop: Shop) -> None:
    ada = factories.member()
    twice = receipt(shop, "1", "10.00", member=ada, at=NOON)

    first, again, itself = sell(twice, receipt(shop, "1", "10.00", member=ada, at=NOON), twice)

    assert [each.is_repeat for each in (first, again, itself)] == [False, True, True]
    assert first.purchase_id == again.purchase_id == itself.purchase_id
    assert Posting.objects.count() == 1


def test_goods_that_earn_nothing_leave_no_posting(shop: Shop) -> None:
    ada = factories.member()

    (sale,) = sell(receipt(shop, "1", "0.40", member=ada, at=NOON))

    assert sale.bookings == {}
    assert Settlement.objects.get().posting is None
    assert Account.objects.get().last_number == 0


def test_a_line_without_category_takes_that_of_its_product(shop: Shop) -> None:
    cards = factories.category()
    factories.product("SKU-1", category=cards)
    sell(receipt(shop, "1", "3.00", "4.00", at=NOON, category=None))  # type: ignore[arg-type]

    assert list(PurchaseLine.objects.order_by("position").values_list("category", flat=True)) == ["cards", ""]


def test_a_late_receipt_is_priced_by_the_rules_of_its_own_moment(shop: Shop) -> None:
    ada = factories.member()
    factories.rule(shop.point_type, points=5, begins_at=NOON)

    before, after = sell(
        receipt(shop, "1", "10.00", member=ada, at=NOON - timedelta(seconds=1), booked_at=NOON + timedelta(days=3)),
        receipt(shop, "2", "10.00", member=ada, at=NOON, booked_at=NOON + timedelta(days=3)),
    )

    assert [sale.bookings[shop.point_type.pk].points for sale in (before, after)] == [10, 50]


def test_a_receipt_without_member_is_given_to_one_later_and_once(shop: Shop) -> None:
    ada, bob = factories.member(), factories.member()
    (sale,) = sell(receipt(shop, "1", "42.00", at=NOON))
    assert Posting.objects.count() == 0
    programme = shop.programme
    programme.refresh_from_db()

    given = assignment.assign(
        sale.purchase_id, ada.pk, programme=programme, at=NOON + timedelta(days=2), actor="staff:1"
    )
    again = assignment.assign(
        sale.purchase_id, ada.pk, programme=programme, at=NOON + timedelta(days=3), actor="staff:1"
    )

    assert (given.is_repeat, again.is_repeat) == (False, True)
    assert queries.balance(ada.pk, NOON + timedelta(days=3)) == queries.Balance(available=42)
    with pytest.raises(assignment.AlreadyGiven):
        assignment.assign(sale.purchase_id, bob.pk, programme=programme, at=NOON, actor="staff:1")
    with pytest.raises(assignment.WrongClaimCode):
        assignment.check_code(sale.claim_code, "0000000000")
    assignment.check_code(sale.claim_code, f" {sale.claim_code[:5].lower()} {sale.claim_code[5:]}")


@pytest.mark.parametrize(("back", "counts"), [("0.5", (Decimal("21.00"), 21, 1)), ("1", (Decimal(0), 0, 0))])
def test_a_receipt_given_later_counts_what_was_not_brought_back(
    shop: Shop, back: str, counts: tuple[Decimal, int, int]
) -> None:
    ada = factories.member()
    (sale,) = sell(receipt(shop, "1", "42.00", at=NOON))
    bring_back(shop, sale, "R1", (1, back), at=NOON)

    at = NOON + timedelta(days=2)
    assignment.assign(sale.purchase_id, ada.pk, programme=shop.programme, at=at, actor="staff:1")

    assert queries.balance(ada.pk, at) == queries.Balance(available=counts[1])
    day = QualifyingDay.objects.get()
    assert (day.day, day.amount, day.points, day.purchases) == (NOON.date(), *counts)


@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.decimals("0.10", "900.00", places=2), st.integers(0, 40)),
        min_size=1,
        max_size=9,
    )
)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_batch_ends_where_posting_one_by_one_ends(db: None, sales: list[tuple[int, Decimal, int]]) -> None:
    """Two sets of members buy the same: one in a single batch, one receipt by receipt."""
    shop = the_shop()
    together = [factories.member() for _ in range(3)]
    apart = [factories.member() for _ in range(3)]
    run = Purchase.objects.count()
    at = NOON
    batch, singles = [], []
    for place, (who, amount, hours) in enumerate(sales):
        at += timedelta(hours=hours)
        batch.append(receipt(shop, f"{run}-a{place}", str(amount), member=together[who], at=at))
        singles.append(receipt(shop, f"{run}-b{place}", str(amount), member=apart[who], at=at))

    sell(*batch)
    for single in singles:
        sell(single)

    for one, other in zip(together, apart, strict=True):
        assert _story(one.pk) == _story(other.pk)
    assert verification.faults() == []


def _story(member_id: int) -> list[object]:
    postings = Posting.objects.filter(account__member=member_id).order_by("number")
    standing = Standing.objects.filter(member=member_id).values_list("tier__code", "lapses_on", "valid_until")
    return [*postings.values_list("number", "points", "occurred_at"), *standing]


def test_twenty_tills_posting_the_same_receipt_record_it_once(committed_db: None) -> None:
    shop = factories.shop()
    ada = factories.member()
    at = timezone.now()

    results = run_in_threads(20, lambda _who: sell(receipt(shop, "7", "30.00", member=ada, at=at))[0])

    assert len({result.uuid for result in results}) == 1
    assert sorted(result.is_repeat for result in results) == [False] + [True] * 19
    assert Posting.objects.count() == 1
    assert queries.balance(ada.pk, at) == queries.Balance(available=30)
    assert verification.faults() == []


def test_a_batch_that_meets_a_new_point_type_half_way_does_not_deadlock_with_a_till(committed_db: None) -> None:
    """The batch's second receipt of Ada earns stars too, whose account she had before the one of her points."""
    shop = factories.shop()
    stars = factories.point_type("stars", is_default=False)
    factories.rule(stars, "stars", begins_at=NOON)
    ada = factories.member()
    before, after = NOON - timedelta(hours=1), NOON + timedelta(hours=1)
    for point_type in (stars, shop.point_type):
        grant(ada, point_type, 1, until=NOON + timedelta(days=300), at=NOON - timedelta(days=2))
    is_between = Signal()

    def wait_for_the_till(of: Receipt) -> None:
        """The batch has the accounts of its first receipt: now comes the till, and waits for one of them."""
        if of.number == "1":
            is_between.set()
            wait_until(lambda: bool(waiting_for_us()))

    def post(who: int) -> None:
        if who == 0:
            batch = [
                receipt(shop, "1", "10.00", member=ada, at=before),
                receipt(shop, "2", "20.00", member=ada, at=after),
            ]
            with transaction.atomic():
                purchases.record(batch, programme=programmes.current(), actor="batch", require=wait_for_the_till)
        else:
            assert is_between.wait(60)
            sell(receipt(shop, "3", "5.00", member=ada, at=after))

    assert outcomes(2, post) == [None, None]
    assert Purchase.objects.count() == 3
    assert dict(Account.objects.values_list("point_type__code", "available")) == {"points": 36, "stars": 26}
    assert verification.faults() == []
