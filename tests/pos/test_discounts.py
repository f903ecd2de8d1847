"""Vouchers take off what they promise, to the penny, whatever the lines are."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from pos import discounts
from pos.discounts import Coupon

NAMES = {"en": "Off"}
pence = st.integers(0, 100_000).map(lambda number: Decimal(number) / 100)
amounts = st.lists(pence, min_size=1, max_size=12)
coupons = st.lists(
    st.one_of(
        pence.map(lambda amount: Coupon("C", NAMES, amount=amount)),
        st.integers(1, 100).map(lambda percent: Coupon("C", NAMES, percent=percent)),
        st.just(Coupon("C", NAMES)),
    ),
    max_size=4,
)


def test_percentages_come_first_and_amounts_end_at_nothing() -> None:
    five, tenth, mug = Coupon("A", NAMES, Decimal(5)), Coupon("B", NAMES, percent=10), Coupon("C", NAMES)

    assert discounts.taken_off(Decimal("20.00"), [five, tenth, mug], "GBP") == [Decimal(5), Decimal("2.00"), 0]
    assert discounts.taken_off(Decimal("5.00"), [five, tenth], "GBP") == [Decimal("4.50"), Decimal("0.50")]
    assert discounts.taken_off(Decimal(0), [five, tenth], "GBP") == [0, 0]


def test_a_penny_that_can_not_be_shared_goes_to_the_line_it_belongs_to_most() -> None:
    lines = [Decimal("1.00"), Decimal("1.00"), Decimal("1.00")]

    assert discounts.spread(lines, Decimal("1.00"), "GBP") == [Decimal("0.66"), Decimal("0.67"), Decimal("0.67")]
    assert discounts.spread([Decimal(100), Decimal(1)], Decimal(50), "JPY") == [Decimal(50), Decimal(1)]


@given(amounts, coupons)
def test_lines_come_to_what_is_paid_and_none_below_nothing(lines: list[Decimal], vouchers: list[Coupon]) -> None:
    total = sum(lines, Decimal(0))

    off = discounts.taken_off(total, vouchers, "GBP")
    paid = discounts.spread(lines, sum(off, Decimal(0)), "GBP")

    assert sum(paid, Decimal(0)) == total - sum(off, Decimal(0)) >= 0
    assert all(Decimal(0) <= amount <= full for amount, full in zip(paid, lines, strict=True))
