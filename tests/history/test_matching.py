"""Which sale goods that came back belong to: each rule by itself."""

from decimal import Decimal

from pos.history.matching import Part, Shelf, Sold


def shelf(*sold: tuple[str, int, int, str]) -> Shelf:
    """A shelf on which customer 1 put jars: (invoice, position, quantity, price) each."""
    found = Shelf({("1", "JAR")})
    for invoice, position, quantity, price in sold:
        found.sell("1", "JAR", Sold(invoice, position, quantity, Decimal(price)))
    return found


def take(stock: Shelf, quantity: int, price: str = "2.00") -> list[Part]:
    return stock.take("1", "JAR", quantity, Decimal(price))


def part(invoice: str, position: int, quantity: int, price: str = "2.00") -> Part:
    return Part(invoice, position, quantity, Decimal(price))


def test_the_latest_earlier_sale_is_taken() -> None:
    assert take(shelf(("A", 1, 6, "2.00"), ("B", 3, 6, "2.00")), 4) == [part("B", 3, 4)]


def test_a_sale_that_has_enough_goes_before_a_later_one_that_has_not() -> None:
    assert take(shelf(("A", 1, 6, "2.00"), ("B", 3, 3, "2.00")), 4) == [part("A", 1, 4)]


def test_what_came_back_before_is_not_there_any_more() -> None:
    stock = shelf(("A", 1, 6, "2.00"), ("B", 3, 6, "2.00"))
    assert take(stock, 4) == [part("B", 3, 4)]
    assert take(stock, 4) == [part("A", 1, 4)]
    assert take(stock, 3) == [part("B", 3, 2), part("A", 1, 1)]
    assert take(stock, 1) == [part("A", 1, 1)]
    assert take(stock, 1) == []


def test_a_sale_at_the_same_price_goes_before_a_later_one_at_another() -> None:
    assert take(shelf(("A", 1, 6, "2.00"), ("B", 1, 6, "1.50")), 6) == [part("A", 1, 6)]


def test_one_sale_at_another_price_that_has_enough_goes_before_several_at_the_same() -> None:
    stock = shelf(("A", 1, 9, "1.50"), ("B", 1, 4, "2.00"), ("C", 1, 4, "2.00"))
    assert take(stock, 6) == [part("A", 1, 6, "1.50")]


def test_when_none_has_enough_several_share_it_those_at_the_same_price_first_latest_first() -> None:
    stock = shelf(("A", 1, 2, "2.00"), ("B", 1, 3, "1.50"), ("C", 1, 2, "2.00"), ("D", 1, 1, "1.50"))
    assert take(stock, 6) == [part("C", 1, 2), part("A", 1, 2), part("D", 1, 1, "1.50"), part("B", 1, 1, "1.50")]


def test_two_lines_of_one_sale_share_what_neither_has_enough_of() -> None:
    assert take(shelf(("A", 4, 2, "2.00"), ("A", 9, 2, "2.00")), 3) == [part("A", 9, 2), part("A", 4, 1)]


def test_more_than_was_sold_takes_what_there_is() -> None:
    assert take(shelf(("A", 1, 2, "2.00")), 5) == [part("A", 1, 2)]


def test_other_customers_and_other_products_don_t_count() -> None:
    stock = shelf(("A", 1, 6, "2.00"))
    assert stock.take("2", "JAR", 1, Decimal(2)) == []
    assert stock.take("1", "LID", 1, Decimal(2)) == []


def test_of_what_is_no_goods_only_the_same_price_counts() -> None:
    stock = shelf(("A", 1, 1, "18.00"))
    assert stock.take("1", "JAR", 1, Decimal(15), same_price_only=True) == []
    assert stock.take("1", "JAR", 1, Decimal(18), same_price_only=True) == [part("A", 1, 1, "18.00")]


def test_only_what_comes_back_at_some_time_is_remembered() -> None:
    stock = Shelf({("1", "JAR")})
    assert stock.sell("1", "LID", Sold("A", 1, 1, Decimal(1))) is False
    assert stock.sell("1", "JAR", Sold("A", 2, 1, Decimal(1))) is True
    assert (stock.knows("1", "LID"), stock.knows("1", "JAR")) == (False, True)
    assert (stock.knows("1", "JAR", Decimal(1)), stock.knows("1", "JAR", Decimal(2))) == (True, False)
