"""What is wrong with a body is told field by field; what is right is read to the last digit."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from core.models import Programme
from pos.api import bodies
from pos.api.problems import InvalidBody
from pos.receipts import Line

POUNDS = Programme(id=1, currency="GBP", oldest_receipt_days=90)


def sale(**changes: Any) -> dict[str, Any]:
    body = {
        "receipt": "1",
        "occurred_at": "2026-06-01T12:00:00+08:00",
        "currency": "GBP",
        "lines": [{"sku": "A", "quantity": "1", "amount": "2.50"}],
        "total": "2.50",
    }
    return {name: value for name, value in {**body, **changes}.items() if value != "(absent)"}


def line(**changes: Any) -> dict[str, Any]:
    return sale(lines=[{**sale()["lines"][0], **changes}])


def test_a_purchase_is_read_exactly() -> None:
    found = bodies.purchase(
        sale(
            receipt=" 536365 ",
            occurred_at="2026-06-01T12:00:00.5+08:00",
            member={"phone": "07700 900123"},
            lines=[
                {"sku": "A", "name": "茶杯 ☕", "category": "cups", "quantity": "1.125", "amount": "0.10"},
                {"sku": "B", "quantity": "2", "amount": "0.20"},
            ],
            total="0.30",
            channel="web",
            cashier="Ada",
        ),
        POUNDS,
    )

    assert found == bodies.Sale(
        number="536365",
        occurred_at=datetime(2026, 6, 1, 4, 0, 0, 500_000, tzinfo=UTC),
        lines=(
            Line(sku="A", name="茶杯 ☕", category="cups", quantity=Decimal("1.125"), amount=Decimal("0.10")),
            Line(sku="B", name="", category=None, quantity=Decimal(2), amount=Decimal("0.20")),
        ),
        member={"phone": "07700 900123"},
        channel="web",
        cashier="Ada",
    )


def test_null_is_as_good_as_absent_for_what_may_be_absent() -> None:
    found = bodies.purchase(sale(member=None, channel=None, cashier=None), POUNDS)

    assert (found.member, found.channel, found.cashier) == (None, "store", "")


WRONG: list[tuple[str, Any, list[tuple[str, str]]]] = [
    ("a list", [], [("", "not_an_object")]),
    ("a text", "sale", [("", "not_an_object")]),
    ("null", None, [("", "not_an_object")]),
    (
        "nothing",
        {},
        [
            ("/receipt", "required"),
            ("/occurred_at", "required"),
            ("/currency", "required"),
            ("/total", "required"),
            ("/lines", "required"),
        ],
    ),
    ("an unknown field", sale(discount="1"), [("/discount", "unknown_field")]),
    ("an odd unknown field", sale(**{"a/b~c": 1}), [("/a~1b~0c", "unknown_field")]),
    ("a number as receipt", sale(receipt=536365), [("/receipt", "not_text")]),
    ("a blank receipt", sale(receipt="  "), [("/receipt", "blank")]),
    ("a long receipt", sale(receipt="1" * 41), [("/receipt", "too_long")]),
    ("a NUL", sale(receipt="a\0b"), [("/receipt", "unwritable")]),
    ("a line break", sale(receipt="a\nb"), [("/receipt", "unwritable")]),
    ("a right-to-left override", sale(receipt="R-\u202e21"), [("/receipt", "unwritable")]),
    ("a mark without width", sale(receipt="R-\u200b21"), [("/receipt", "unwritable")]),
    ("half a pair", sale(cashier="a\ud83d"), [("/cashier", "unwritable")]),
    ("a date without time", sale(occurred_at="2026-06-01"), [("/occurred_at", "not_a_moment")]),
    ("a time without offset", sale(occurred_at="2026-06-01T12:00:00"), [("/occurred_at", "not_a_moment")]),
    ("30 February", sale(occurred_at="2026-02-30T12:00:00Z"), [("/occurred_at", "not_a_moment")]),
    ("25 o'clock", sale(occurred_at="2026-06-01T25:00:00Z"), [("/occurred_at", "not_a_moment")]),
    ("before year 1", sale(occurred_at="0001-01-01T00:00:00+14:00"), [("/occurred_at", "not_a_moment")]),
    ("after year 9999", sale(occurred_at="9999-12-31T23:59:59-14:00"), [("/occurred_at", "not_a_moment")]),
    ("an offset of a day", sale(occurred_at="2026-06-01T12:00:00+24:00"), [("/occurred_at", "not_a_moment")]),
    ("a number as time", sale(occurred_at=1780315200), [("/occurred_at", "not_a_moment")]),
    ("euros", sale(currency="EUR"), [("/currency", "foreign_currency")]),
    ("small letters", sale(currency="gbp"), [("/currency", "foreign_currency")]),
    ("lines as object", sale(lines={}), [("/lines", "not_a_list")]),
    ("no lines", sale(lines=[]), [("/lines", "too_few")]),
    ("1,001 lines", sale(lines=[{}] * 1001), [("/lines", "too_many")]),
    ("a line as text", sale(lines=["A"]), [("/lines/0", "not_an_object")]),
    ("an unknown field in a line", line(price="1"), [("/lines/0/price", "unknown_field")]),
    ("no quantity", line(quantity="0"), [("/lines/0/quantity", "not_positive")]),
    ("minus one", line(quantity="-1"), [("/lines/0/quantity", "negative")]),
    ("a number as quantity", line(quantity=1), [("/lines/0/quantity", "not_a_decimal")]),
    ("10^9 items", line(quantity="1000000000"), [("/lines/0/quantity", "too_large")]),
    ("four places of quantity", line(quantity="1.0001"), [("/lines/0/quantity", "too_many_places")]),
    ("a negative amount", line(amount="-2.50"), [("/lines/0/amount", "negative")]),
    ("an absurd amount", line(amount="10000000000.01"), [("/lines/0/amount", "too_large")]),
    ("tenths of a penny", line(amount="2.505"), [("/lines/0/amount", "too_many_places")]),
    ("scientific notation", line(amount="2.5e0"), [("/lines/0/amount", "not_a_decimal")]),
    ("a plus", line(amount="+2.50"), [("/lines/0/amount", "not_a_decimal")]),
    ("a comma", line(amount="2,50"), [("/lines/0/amount", "not_a_decimal")]),
    ("blanks", line(amount=" 2.50"), [("/lines/0/amount", "not_a_decimal")]),
    ("NaN as text", line(amount="NaN"), [("/lines/0/amount", "not_a_decimal")]),
    ("other digits", line(amount="٢.٥٠"), [("/lines/0/amount", "not_a_decimal")]),
    ("a thousand digits", line(amount="9" * 1000), [("/lines/0/amount", "not_a_decimal")]),
    ("true as amount", line(amount=True), [("/lines/0/amount", "not_a_decimal")]),
    ("a long SKU", line(sku="A" * 41), [("/lines/0/sku", "too_long")]),
    ("a long name", line(name="A" * 161), [("/lines/0/name", "too_long")]),
    ("a blank category", line(category=""), [("/lines/0/category", "blank")]),
    ("another total", sale(total="2.51"), [("/total", "total_differs")]),
    ("a member by text", sale(member="123"), [("/member", "not_an_object")]),
    ("a member by nothing", sale(member={}), [("/member", "not_one_identifier")]),
    ("a member by two", sale(member={"number": "1", "phone": "2"}), [("/member", "not_one_identifier")]),
    (
        "a member by name",
        sale(member={"name": "Ada"}),
        [("/member/name", "unknown_field"), ("/member", "not_one_identifier")],
    ),
    ("a number as phone", sale(member={"phone": 7700900123}), [("/member/phone", "not_text")]),
]


@pytest.mark.parametrize(("body", "errors"), [pytest.param(body, errors, id=name) for name, body, errors in WRONG])
def test_a_wrong_purchase_is_refused_with_what_is_wrong_and_where(body: Any, errors: list[tuple[str, str]]) -> None:
    with pytest.raises(InvalidBody) as refused:
        bodies.purchase(body, POUNDS)

    assert [(error.pointer, error.code) for error in refused.value.errors] == errors


def test_all_that_is_wrong_is_told_at_once_but_no_more_than_twenty() -> None:
    with pytest.raises(InvalidBody) as refused:
        bodies.purchase(sale(lines=[{"sku": "", "quantity": "x", "amount": "y"}] * 10), POUNDS)

    assert len(refused.value.errors) == 20
    assert [(error.pointer, error.code) for error in refused.value.errors[:4]] == [
        ("/lines/0/sku", "blank"),
        ("/lines/0/quantity", "not_a_decimal"),
        ("/lines/0/amount", "not_a_decimal"),
        ("/lines/1/sku", "blank"),
    ]


@pytest.mark.parametrize(
    ("currency", "amount", "is_right"),
    [("JPY", "250", True), ("JPY", "250.0", False), ("KWD", "2.505", True), ("KWD", "2.5055", False)],
)
def test_amounts_have_as_many_places_as_the_currency(currency: str, amount: str, is_right: bool) -> None:
    body = {**line(amount=amount), "currency": currency, "total": amount}
    programme = Programme(id=1, currency=currency)

    if is_right:
        assert bodies.purchase(body, programme).lines[0].amount == Decimal(amount)
    else:
        with pytest.raises(InvalidBody) as refused:
            bodies.purchase(body, programme)
        assert [(e.pointer, e.code) for e in refused.value.errors] == [
            ("/total", "too_many_places"),
            ("/lines/0/amount", "too_many_places"),
        ]


@pytest.mark.parametrize(
    ("occurred_at", "code"),
    [
        (datetime(2026, 6, 1, 12, 2, tzinfo=UTC), None),
        (datetime(2026, 6, 1, 12, 2, 0, 1, tzinfo=UTC), "in_the_future"),
        (datetime(2026, 3, 3, 12, 0, tzinfo=UTC), None),
        (datetime(2026, 3, 3, 11, 59, 59, tzinfo=UTC), "too_old"),
    ],
)
def test_receipts_come_within_90_days_and_not_from_the_future(occurred_at: datetime, code: str | None) -> None:
    at = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)

    if code is None:
        bodies.check_age(occurred_at, POUNDS, at)
    else:
        with pytest.raises(InvalidBody) as refused:
            bodies.check_age(occurred_at, POUNDS, at)
        assert [(e.pointer, e.code) for e in refused.value.errors] == [("/occurred_at", code)]


WRONG_RETURNS: list[tuple[str, dict[str, Any], list[tuple[str, str]]]] = [
    ("a line twice", {"lines": [{"line": 1, "quantity": "1"}] * 2}, [("/lines/1/line", "twice")]),
    ("line 0", {"lines": [{"line": 0, "quantity": "1"}]}, [("/lines/0/line", "not_a_whole_number")]),
    ("a line as text", {"lines": [{"line": "1", "quantity": "1"}]}, [("/lines/0/line", "not_a_whole_number")]),
    ("true as line", {"lines": [{"line": True, "quantity": "1"}]}, [("/lines/0/line", "not_a_whole_number")]),
    ("half a line", {"lines": [{"line": 1.5, "quantity": "1"}]}, [("/lines/0/line", "not_a_whole_number")]),
    ("nothing back", {"lines": [{"line": 1, "quantity": "0"}]}, [("/lines/0/quantity", "not_positive")]),
    ("no lines", {"lines": []}, [("/lines", "too_few")]),
    ("no number", {"number": ""}, [("/number", "blank")]),
]


@pytest.mark.parametrize(
    ("changes", "errors"), [pytest.param(changes, errors, id=name) for name, changes, errors in WRONG_RETURNS]
)
def test_a_wrong_return_is_refused(changes: dict[str, Any], errors: list[tuple[str, str]]) -> None:
    body = {"number": "R-1", "occurred_at": "2026-06-01T12:00:00Z", "lines": [{"line": 1, "quantity": "1"}]}

    with pytest.raises(InvalidBody) as refused:
        bodies.goods_back({**body, **changes})

    assert [(error.pointer, error.code) for error in refused.value.errors] == errors
