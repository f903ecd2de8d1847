"""Goods brought back: the member keeps what the goods kept would have earned, however they come back."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from points import ledger, queries, verification
from points.models import Posting
from pos import returns
from pos.models import ReturnSettlement
from pos.receipts import Brought
from pos.returns import MoreThanBought, NotOnReceipt, ReturnConflict
from sales.models import Return, ReturnLine
from tests import factories
from tests.factories import Shop
from tests.pos.selling import bring_back, receipt, sell, the_shop
from tests.racing import outcomes
from tiers.models import QualifyingDay, Standing, TierChange

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=3)


@pytest.fixture
def shop(db: None) -> Shop:
    return factories.shop()


def test_what_comes_back_takes_its_points_and_its_share_of_the_tier_with_it(shop: Shop) -> None:
    ada = factories.member()
    (sale,) = sell(receipt(shop, "1", "15.30", "10.25", member=ada, at=NOON))

    result = bring_back(shop, sale, "R1", (2, "1"), at=LATER)

    assert (result.amount, result.bookings[shop.point_type.pk].points) == (Decimal("10.25"), -10)
    posting = Posting.objects.get(kind="reverse")
    assert posting.reference == "return:LON-1/T1/2026-03-02/1/R1"
    assert posting.reasons[0]["words"] == {"en": "Goods brought back, receipt 1", "zh-hans": "退货，小票 1"}
    assert posting.reverses_id == sale.bookings[shop.point_type.pk].posting_id
    assert ReturnSettlement.objects.get().posting == posting
    assert queries.balance(ada.pk, LATER) == queries.Balance(available=15)
    day = QualifyingDay.objects.get()
    assert (day.amount, day.points, day.purchases) == (Decimal("15.30"), 15, 1)


def test_a_full_return_leaves_nothing_behind(shop: Shop) -> None:
    ada = factories.member()
    (sale,) = sell(receipt(shop, "1", "600.00", member=ada, at=NOON))
    assert Standing.objects.get().tier.code == "silver"

    bring_back(shop, sale, "R1", (1, "1"), at=LATER)

    assert queries.balance(ada.pk, LATER) == queries.Balance()
    assert QualifyingDay.objects.get().purchases == 0
    assert [c.to_tier.code for c in TierChange.objects.order_by("id")] == ["silver", "member"]
    assert verification.faults() == []


def test_points_spent_meanwhile_are_owed(shop: Shop) -> None:
    ada = factories.member()
    (sale,) = sell(receipt(shop, "1", "100.00", member=ada, at=NOON))
    with transaction.atomic():
        account = sale.accounts[shop.point_type.pk].account_id
        ledger.redeem(account, 80, reference="voucher:1", at=NOON, actor="member")

    bring_back(shop, sale, "R1", (1, "1"), at=LATER)
    assert queries.balance(ada.pk, LATER) == queries.Balance(debt=80)

    sell(receipt(shop, "2", "100.00", member=ada, at=LATER))
    assert queries.balance(ada.pk, LATER) == queries.Balance(available=20)
    assert verification.faults() == []


def test_a_return_posted_again_is_a_repeat_and_with_other_goods_a_conflict(shop: Shop) -> None:
    ada = factories.member()
    (sale,) = sell(receipt(shop, "1", "10.00", "20.00", member=ada, at=NOON))
    first = bring_back(shop, sale, "R1", (1, "1"), at=LATER)

    again = bring_back(shop, sale, "R1", (1, "1"), at=LATER + timedelta(hours=1))

    assert (again.is_repeat, again.uuid, again.amount) == (True, first.uuid, Decimal("10.00"))
    with pytest.raises(ReturnConflict):
        bring_back(shop, sale, "R1", (2, "1"), at=LATER)
    assert Return.objects.count() == Posting.objects.filter(kind="reverse").count() == 1


def test_no_two_returns_share_a_reference(shop: Shop) -> None:
    """Return 2/3 of receipt 1 and return 3 of receipt 1/2 read the same when strung together."""
    ada = factories.member()
    one, two = sell(
        receipt(shop, "1", "10.00", member=ada, at=NOON), receipt(shop, "1/2", "20.00", member=ada, at=NOON)
    )

    bring_back(shop, one, "2/3", (1, "1"), at=LATER)
    second = bring_back(shop, two, "3", (1, "1"), at=LATER)

    assert second.bookings[shop.point_type.pk].points == -20
    assert list(Posting.objects.filter(kind="reverse").order_by("number").values_list("reference", flat=True)) == [
        "return:LON-1/T1/2026-03-02/1/2/3",
        f"return:{two.uuid}/3",
    ]
    assert queries.balance(ada.pk, LATER) == queries.Balance()


def test_the_same_return_twice_in_one_batch_is_recorded_once(shop: Shop) -> None:
    ada = factories.member()
    (sale,) = sell(receipt(shop, "1", "10.00", "20.00", member=ada, at=NOON))
    brought = Brought(sale.purchase_id, "R1", ((1, Decimal(1)),), shop.terminal.pk, LATER, LATER)

    with transaction.atomic():
        first, again = returns.record([brought, brought], programme=shop.programme, actor="till:LON-1/T1")

    assert (first.is_repeat, again.is_repeat, first.uuid) == (False, True, again.uuid)
    assert queries.balance(ada.pk, LATER) == queries.Balance(available=20)


def test_no_more_comes_back_than_was_bought(shop: Shop) -> None:
    (sale,) = sell(receipt(shop, "1", "10.00", at=NOON))
    bring_back(shop, sale, "R1", (1, "0.75"), at=LATER)

    with pytest.raises(MoreThanBought) as refusal:
        bring_back(shop, sale, "R2", (1, "0.5"), at=LATER)
    with pytest.raises(NotOnReceipt):
        bring_back(shop, sale, "R3", (2, "1"), at=LATER)

    assert refusal.value.details == {"position": 1, "left": "0.25"}
    assert ReturnLine.objects.count() == 1


def test_a_return_is_priced_as_the_sale_was(shop: Shop) -> None:
    """Rules and tier of the sale count, not today's: 160 at silver gave 200, the 60 kept would have given 75."""
    ada = factories.member()
    sell(receipt(shop, "1", "600.00", member=ada, at=NOON - timedelta(days=1)))
    (sale,) = sell(receipt(shop, "2", "100.00", "60.00", member=ada, at=NOON))
    assert sale.bookings[shop.point_type.pk].points == 200
    factories.rule(shop.point_type, points=10, begins_at=NOON + timedelta(days=1))
    factories.rule(shop.point_type, "older", begins_at=NOON - timedelta(days=30))
    (gold,) = sell(receipt(shop, "3", "2000.00", member=ada, at=LATER))
    assert gold.held is not None
    assert gold.held.code == "gold"

    result = bring_back(shop, sale, "R1", (1, "1"), at=LATER)

    assert result.bookings[shop.point_type.pk].points == -125
    assert QualifyingDay.objects.get(day=NOON.date()).points == 60


amounts = st.decimals("0.01", "80.00", places=2)


@given(st.lists(amounts, min_size=3, max_size=3), st.permutations([0, 0, 1, 1, 2, 2]))
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_pieces_end_where_one_full_return_ends(db: None, prices: list[Decimal], order: list[int]) -> None:
    """Halves of lines in any order: each step keeps what the goods kept earn, and the end is nothing."""
    shop = the_shop()
    ada = factories.member()
    at = NOON
    number = str(Return.objects.count())
    (sale,) = sell(receipt(shop, f"p{ada.pk}", *[str(price) for price in prices], member=ada, at=at))
    left = [Decimal(1)] * 3
    for step, line in enumerate(order):
        bring_back(shop, sale, f"{number}-{step}", (line + 1, "0.5"), at=LATER)
        left[line] -= Decimal("0.5")
        kept = sum(
            (
                (price * share).quantize(Decimal("0.01"), "ROUND_HALF_UP")
                for price, share in zip(prices, left, strict=True)
            ),
            Decimal(0),
        )
        assert queries.balance(ada.pk, LATER).available == int(kept)

    assert queries.balance(ada.pk, LATER) == queries.Balance()
    assert sum(ReturnLine.objects.filter(of_return__purchase=sale.purchase_id).values_list("amount", flat=True)) == sum(
        prices
    )


def test_two_tills_returning_the_same_line_at_once_take_it_back_once(committed_db: None) -> None:
    shop = factories.shop()
    ada = factories.member()
    (sale,) = sell(receipt(shop, "1", "40.00", member=ada, at=NOON))

    results = outcomes(2, lambda who: bring_back(shop, sale, f"R{who}", (1, "1"), at=LATER))

    assert sorted(type(result).__name__ for result in results) == ["MoreThanBought", "Returned"]
    assert queries.balance(ada.pk, LATER) == queries.Balance()
    assert Posting.objects.filter(kind="reverse").count() == 1
    assert verification.faults() == []
