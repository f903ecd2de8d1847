"""What lines amount to: sales, returns, and a rest; nothing is lost and nothing is counted twice."""

from collections import Counter
from decimal import Decimal

from pos.history import lines, plan
from pos.history.plan import Back, Event, Reason, Rest, Sale
from tests.history import samples
from tests.history.samples import Book


def real() -> tuple[list[Event], list[Rest]]:
    survey = lines.survey(samples.REAL)
    rest: list[Rest] = []
    return list(plan.events(lines.read(samples.REAL), survey, currency="GBP", rest=rest.append)), rest


def only_sale(book: Book) -> Sale:
    (sale,) = (event for event in book.planned()[0] if isinstance(event, Sale))
    return sale


def reasons(book: Book) -> list[tuple[int, Reason, int, Decimal]]:
    return [(rest.line, rest.reason, rest.quantity, rest.amount) for rest in book.planned()[1]]


def test_a_receipt_is_an_invoice_at_the_time_of_its_last_line_with_double_lines_kept() -> None:
    sale = only_sale(Book().line("1", "JAR", 2, "1.25").line("1", "JAR", 2, "1.25").line("1", "LID", 1, "0.50"))
    assert (sale.number, sale.customer, sale.at) == ("1", "17850", samples.local(2026, 3, 2, 9, 4))
    assert [(s.line.sku, s.line.quantity, s.amount) for s in sale.lines] == [
        ("JAR", 2, Decimal("2.50")),
        ("JAR", 2, Decimal("2.50")),
        ("LID", 1, Decimal("0.50")),
    ]


def test_an_invoice_with_another_one_in_between_is_one_receipt_and_comes_after_it() -> None:
    events, _ = Book().line("1", "JAR", 1, "1").line("2", "LID", 1, "1").line("1", "CUP", 1, "1").planned()
    assert [(e.number, len(e.lines)) for e in events if isinstance(e, Sale)] == [("2", 1), ("1", 2)]


def test_goods_for_nothing_stay_on_the_receipt() -> None:
    sale = only_sale(Book().line("1", "JAR", 2, "0").line("1", "LID", 1, "0.50"))
    assert [line.amount for line in sale.lines] == [Decimal(0), Decimal("0.50")]
    assert only_sale(Book().line("1", "JAR", 2, "0")).amount == 0


def test_goods_for_nothing_to_nobody_are_a_correction_of_the_stock() -> None:
    assert reasons(Book().line("1", "JAR", 56, "0", "").line("2", "LID", -3, "0", "")) == [
        (2, Reason.STOCK, 56, Decimal(0)),
        (3, Reason.STOCK, -3, Decimal(0)),
    ]


def test_a_cancellation_of_lines_of_two_sales_is_a_return_of_each() -> None:
    book = (
        Book().line("1", "JAR", 2, "1").line("2", "LID", 5, "2").line("C3", "JAR", -1, "1").line("C3", "LID", -5, "2")
    )
    backs = [event for event in book.planned()[0] if isinstance(event, Back)]
    assert [(b.number, b.sale, [(p.position, p.quantity) for p, _ in b.parts], b.amount) for b in backs] == [
        ("C3", "1", [(1, 1)], Decimal(1)),
        ("C3", "2", [(1, 5)], Decimal(10)),
    ]
    assert all(back.at == samples.local(2026, 3, 2, 9, 5) for back in backs)


def test_a_sale_that_comes_later_is_not_what_came_back() -> None:
    book = Book().line("C1", "JAR", -1, "1").line("2", "JAR", 1, "1")
    assert reasons(book) == [(2, Reason.NO_SALE, -1, Decimal(-1))]
    assert not any(isinstance(event, Back) for event in book.planned()[0])


def test_of_a_return_at_another_price_the_difference_is_left() -> None:
    book = Book().line("1", "JAR", 4, "2.10").line("C2", "JAR", -3, "1.85")
    assert reasons(book) == [(3, Reason.PRICE_DIFFERS, 0, Decimal("0.75"))]


def test_of_more_than_was_sold_the_surplus_is_left() -> None:
    book = Book().line("1", "JAR", 4, "2").line("C2", "JAR", -5, "2").line("C3", "JAR", -1, "2")
    assert reasons(book) == [(3, Reason.MORE_THAN_SOLD, -1, Decimal(-2)), (4, Reason.MORE_THAN_SOLD, -1, Decimal(-2))]


def test_postage_comes_back_only_at_its_price() -> None:
    book = Book().line("1", "POST", 1, "18").line("C2", "POST", -1, "15").line("C3", "POST", -1, "18")
    assert reasons(book) == [(3, Reason.NO_SALE, -1, Decimal(-15))]
    assert [e.number for e in book.planned()[0]] == ["1", "C3"]


def test_returns_by_nobody_discounts_afterwards_and_bookkeeping_are_left() -> None:
    book = Book().line("1", "JAR", 4, "2", "").line("C2", "JAR", -1, "2", "").line("C3", "D", -1, "27.50")
    book.line("A4", "B", 1, "11062.06", "").line("5", "B", 1, "-11062.06", "")
    assert reasons(book) == [
        (3, Reason.NO_CUSTOMER, -1, Decimal(-2)),
        (4, Reason.DISCOUNT, -1, Decimal("-27.50")),
        (5, Reason.BOOKKEEPING, 1, Decimal("11062.06")),
        (6, Reason.BOOKKEEPING, 1, Decimal("-11062.06")),
    ]


def test_goods_that_come_back_on_a_sales_own_receipt_are_a_return() -> None:
    events, rest = Book().line("1", "JAR", 4, "2").line("1", "JAR", -1, "2").line("1", "LID", 1, "1").planned()
    sale, back = events
    assert isinstance(sale, Sale)
    assert isinstance(back, Back)
    assert (sale.amount, back.amount, back.sale, rest) == (Decimal(9), Decimal(2), "1", [])


def test_less_than_a_penny_is_left() -> None:
    book = Book().line("1", "PADS", 1, "0.001").line("1", "JAR", 3, "0.333")
    assert only_sale(book).amount == Decimal("1.00")
    assert reasons(book) == [(2, Reason.ROUNDING, 0, Decimal("0.001")), (3, Reason.ROUNDING, 0, Decimal("-0.001"))]


def test_the_real_lines_come_to_the_penny() -> None:
    events, rest = real()
    sales = [event for event in events if isinstance(event, Sale)]
    backs = [event for event in events if isinstance(event, Back)]
    gross = sum(sale.amount for sale in sales)
    returned = sum(back.amount for back in backs)
    left = sum(row.amount for row in rest)
    assert (len(sales), sum(len(sale.lines) for sale in sales), gross) == (36, 244, Decimal("181567.70"))
    assert (len(backs), returned, left) == (17, Decimal("169672.37"), Decimal("-11985.609"))
    assert gross - returned + left == Decimal("-90.279")


def test_every_real_line_that_was_left_is_listed_with_its_reason() -> None:
    _events, rest = real()
    assert Counter(row.reason.value for row in rest) == {
        "return_at_another_price": 9,
        "return_without_sale": 7,
        "return_of_more_than_sold": 4,
        "stock_correction": 3,
        "bookkeeping": 3,
        "discount_afterwards": 2,
        "return_without_customer": 1,
        "less_than_smallest_coin": 1,
    }


def test_the_largest_sale_is_undone_twelve_minutes_later() -> None:
    *_others, sale, back = (event for event in real()[0] if event.customer == "16446")
    assert isinstance(sale, Sale)
    assert isinstance(back, Back)
    assert (sale.amount, back.amount, back.sale) == (Decimal("168469.60"), Decimal("168469.60"), "581483")
    assert (back.at - sale.at).total_seconds() == 12 * 60
