"""What a basket earns: worked examples a manager can read, and properties that hold for any basket."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from points.earning import Bonus, Context, Goods, Quote, TooManyPoints, quote
from points.rules import Rule, Rulebook

SOLD_AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
POINTS, STARS = 1, 2


def rule(code: str = "base", **changes: object) -> Rule:
    values: dict[str, object] = {
        "code": code,
        "version": 1,
        "point_type_id": POINTS,
        "points": 1,
        "per_amount": Decimal(1),
        "rounding": "down",
        "only": frozenset(),
        "excluded": frozenset({"service"}),
        "tier_multiplies": True,
        "names": {"en": "Points on goods", "zh-hans": "消费积分"},
        "begins_at": datetime(2026, 1, 1, tzinfo=UTC),
        "is_active": True,
    }
    return Rule(**(values | changes))  # type: ignore[arg-type]


def context(*rules: Rule, multiplier: str = "1", bonuses: tuple[Bonus, ...] = ()) -> Context:
    return Context(
        rules=rules,
        multiplier=Decimal(multiplier),
        tier_names={"en": "Star", "zh-hans": "星辰"},
        currency="GBP",
        dates={POINTS: (SOLD_AT, None), STARS: (SOLD_AT, None)},
        bonuses=bonuses,
    )


def goods(*lines: tuple[str, str]) -> list[Goods]:
    return [Goods(category, Decimal(amount)) for category, amount in lines]


def shares(result: Quote, point_type: int = POINTS) -> list[tuple[str, int]]:
    return [(grant.rule, grant.points) for grant in result.grants.get(point_type, [])]


def test_a_point_for_each_whole_pound_of_goods_but_not_for_postage() -> None:
    result = quote(goods(("gift", "15.30"), ("", "10.25"), ("service", "4.95")), context(rule()), main=POINTS)

    assert shares(result) == [("base", 25)]
    assert result.grants[POINTS][0].words == {
        "en": "Points on goods · £25.55",
        "zh-hans": "消费积分 · £25.55",
    }
    assert (result.qualifying_amount, result.qualifying_points) == (Decimal("25.55"), 25)


@pytest.mark.parametrize(("rounding", "expected"), [("down", 12), ("half_up", 13), ("up", 13)])
def test_a_rule_rounds_its_own_way(rounding: str, expected: int) -> None:
    result = quote(goods(("gift", "12.50")), context(rule(rounding=rounding)), main=POINTS)

    assert shares(result) == [("base", expected)]


def test_the_tier_adds_its_share_of_the_base_points_as_a_reason_of_its_own() -> None:
    result = quote(goods(("gift", "33.00")), context(rule(), multiplier="1.50"), main=POINTS)

    assert shares(result) == [("base", 33), ("tier", 16)]
    assert result.grants[POINTS][1].words == {"en": "Star member bonus ×1.5", "zh-hans": "星辰会员加成 ×1.5"}
    assert result.qualifying_points == 33


def test_a_rule_that_the_tier_does_not_multiply_stays_as_it_is() -> None:
    extra = rule("tea", only=frozenset({"tea"}), tier_multiplies=False, points=2)

    result = quote(goods(("tea", "10.00")), context(rule(), extra, multiplier="2"), main=POINTS)

    assert shares(result) == [("base", 10), ("tea", 20), ("tier", 10)]


def test_two_point_types_are_earned_side_by_side() -> None:
    stars = rule("visit", point_type_id=STARS, points=1, per_amount=Decimal(20))

    result = quote(goods(("gift", "45.00")), context(rule(), stars), main=POINTS)

    assert (shares(result), shares(result, STARS)) == ([("base", 45)], [("visit", 2)])
    assert result.qualifying_points == 45


def test_a_bonus_asks_for_its_minimum() -> None:
    bonus = Bonus("spring", 3, POINTS, 100, {"en": "Spring", "zh-hans": "春日"}, minimum=Decimal(50))

    assert shares(quote(goods(("gift", "49.99")), context(rule(), bonuses=(bonus,)), main=POINTS)) == [("base", 49)]
    assert shares(quote(goods(("gift", "50.00")), context(rule(), bonuses=(bonus,)), main=POINTS)) == [
        ("base", 50),
        ("spring", 100),
    ]
    assert shares(quote([], context(rule(), bonuses=(bonus,)), main=POINTS)) == []


def test_the_version_that_has_begun_counts_to_the_very_moment() -> None:
    later = rule(version=2, begins_at=SOLD_AT, points=3)
    ended = rule(version=3, begins_at=datetime(2026, 4, 1, tzinfo=UTC), is_active=False)
    book = Rulebook(1, [ended, later, rule()], [])

    assert [r.version for r in book.valid(SOLD_AT.replace(microsecond=0))] == [2]
    assert [r.version for r in book.valid(datetime(2026, 2, 28, 23, 59, 59, 999999, tzinfo=UTC))] == [1]
    assert book.valid(datetime(2026, 4, 1, tzinfo=UTC)) == ()
    assert book.valid(datetime(2025, 12, 31, tzinfo=UTC)) == ()


baskets = st.lists(
    st.tuples(st.sampled_from(["", "gift", "tea", "service"]), st.decimals("0.00", "500.00", places=2)), max_size=8
).map(lambda lines: [Goods(category, amount) for category, amount in lines])
RULES = (rule(), rule("tea", only=frozenset({"tea"}), points=2, per_amount=Decimal(3), rounding="half_up"))


@given(baskets, st.randoms())
def test_the_order_of_the_lines_does_not_matter(basket: list[Goods], random: object) -> None:
    shuffled = list(basket)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    first = quote(basket, context(*RULES, multiplier="1.2"), main=POINTS)

    assert shares(first) == shares(quote(shuffled, context(*RULES, multiplier="1.2"), main=POINTS))


@given(baskets, baskets)
def test_more_goods_never_earn_fewer_points(basket: list[Goods], more: list[Goods]) -> None:
    less = quote(basket, context(*RULES, multiplier="1.5"), main=POINTS)
    all_of_it = quote(basket + more, context(*RULES, multiplier="1.5"), main=POINTS)

    assert all_of_it.points(POINTS) >= less.points(POINTS)
    assert all_of_it.points(POINTS) == sum(grant.points for grant in all_of_it.grants.get(POINTS, []))


def test_no_purchase_earns_more_than_the_ledger_could_hold() -> None:
    generous = context(rule(points=2_000_000_000, per_amount=Decimal("0.001")))

    with pytest.raises(TooManyPoints) as refusal:
        quote(goods(("gift", "9999999999.99")), generous, main=POINTS)

    assert refusal.value.details == {"rule": "base", "points": "19,999,999,999,980,000,000,000"}
