"""Bad input of every kind: the exact code, and not one row changed anywhere."""

import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests import factories
from tests.factories import Shop
from tests.pos.till import NOON, Till, sale

Rows = Callable[[], dict[str, int]]
HUGE = b'{"receipt": "' + b"x" * 1_048_576 + b'"}'

CONTENTS: list[tuple[str, bytes, str, int, str]] = [
    ("nothing", b"", "application/json", 400, "invalid_json"),
    ("cut off", b'{"receipt": "1"', "application/json", 400, "invalid_json"),
    ("a form", b"receipt=1&total=2", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
    ("a form with files", b"--x--", "multipart/form-data; boundary=x", 415, "unsupported_media_type"),
    ("text", b"{}", "text/plain", 415, "unsupported_media_type"),
    ("XML", b"<sale/>", "application/xml", 415, "unsupported_media_type"),
    ("UTF-16 by name", "{}".encode("utf-16"), "application/json; charset=utf-16", 415, "unsupported_media_type"),
    ("UTF-16 unnamed", "{}".encode("utf-16"), "application/json", 400, "invalid_json"),
    ("GBK", '{"receipt": "中文"}'.encode("gbk"), "application/json", 400, "invalid_json"),
    ("a BOM", b"\xef\xbb\xbf{}", "application/json", 400, "invalid_json"),
    ("10 MB", HUGE * 10, "application/json", 413, "payload_too_large"),
    ("1 MB and a bit", HUGE, "application/json", 413, "payload_too_large"),
    ("NaN", b'{"total": NaN}', "application/json", 400, "invalid_json"),
    ("a name twice", b'{"total": "1", "total": "2"}', "application/json", 400, "invalid_json"),
    ("100,000 brackets", b"[" * 100_000, "application/json", 400, "invalid_json"),
    ("a huge number", b'{"total": ' + b"1" * 10_000 + b"}", "application/json", 400, "invalid_json"),
    ("a list", b"[]", "application/json", 400, "invalid_input"),
    ("null", b"null", "application/json", 400, "invalid_input"),
    ("half a pair as name", b'{"\\ud800": 1}', "application/json", 400, "invalid_input"),
    ("a NUL as name", b'{"\\u0000": 1}', "application/json", 400, "invalid_input"),
]


@pytest.mark.parametrize(
    ("content", "content_type", "status", "code"), [pytest.param(*case[1:], id=case[0]) for case in CONTENTS]
)
@pytest.mark.parametrize("path", ["purchases", "members"])
def test_what_can_not_be_read_is_refused_and_changes_nothing(
    till: Till, rows: Rows, path: str, content: bytes, content_type: str, status: int, code: str
) -> None:
    before = rows()

    told = till.send(path, content, content_type=content_type)

    assert (told.status, told.code) == (status, code)
    assert told.headers["Content-Type"] == "application/problem+json"
    assert rows() == before


@pytest.mark.parametrize("encoding", ["gzip", "br", "identity"])
def test_compressed_bodies_are_refused(till: Till, rows: Rows, encoding: str) -> None:
    before = rows()

    told = till.post("purchases", sale(), Content_Encoding=encoding)

    assert (told.status, told.code) == (415, "unsupported_media_type")
    assert rows() == before


def test_a_body_of_unknown_length_is_refused(till: Till, rows: Rows) -> None:
    before = rows()

    told = till.post("purchases", sale(), Transfer_Encoding="chunked")

    assert (told.status, told.code) == (411, "length_required")
    assert rows() == before


def field(**changes: Any) -> dict[str, Any]:
    return sale(**changes)


def line(**changes: Any) -> dict[str, Any]:
    body = sale()
    body["lines"][0] |= changes
    return body


FIELDS: list[tuple[str, dict[str, Any], str, str]] = [
    ("an unknown field", field(tip="1.00"), "/tip", "unknown_field"),
    ("another currency", field(currency="USD"), "/currency", "foreign_currency"),
    ("a total that differs", field(total="22.09"), "/total", "total_differs"),
    ("a time without zone", field(occurred_at="2026-06-01T12:00:00"), "/occurred_at", "not_a_moment"),
    ("tomorrow", field(occurred_at=(NOON + timedelta(days=1)).isoformat()), "/occurred_at", "in_the_future"),
    ("3 minutes ahead", field(occurred_at=(NOON + timedelta(minutes=4)).isoformat()), "/occurred_at", "in_the_future"),
    ("91 days ago", field(occurred_at=(NOON - timedelta(days=91)).isoformat()), "/occurred_at", "too_old"),
    ("the year 1", field(occurred_at="0001-01-01T00:00:00Z"), "/occurred_at", "not_a_moment"),
    ("the year 9999", field(occurred_at="9999-12-31T23:59:59Z"), "/occurred_at", "not_a_moment"),
    ("no lines", field(lines=[]), "/lines", "too_few"),
    ("1,001 lines", field(lines=[sale()["lines"][0]] * 1001), "/lines", "too_many"),
    ("a name turned around", line(name="\u202eabc"), "/lines/0/name", "unwritable"),
    ("a NUL in a name", line(name="a\0b"), "/lines/0/name", "unwritable"),
    ("half a pair in a name", line(name="a\ud800b"), "/lines/0/name", "unwritable"),
    ("10^9 items", line(quantity="1000000000"), "/lines/0/quantity", "too_large"),
    ("a negative quantity", line(quantity="-6"), "/lines/0/quantity", "negative"),
    ("a quantity of nothing", line(quantity="0.000"), "/lines/0/quantity", "not_positive"),
    ("a number as quantity", line(quantity=6), "/lines/0/quantity", "not_a_decimal"),
    ("a negative amount", line(amount="-15.30"), "/lines/0/amount", "negative"),
    ("half a penny", line(amount="15.305"), "/lines/0/amount", "too_many_places"),
    ("a billion billion", line(amount="1" + "0" * 18), "/lines/0/amount", "too_large"),
    ("eleven billion", line(amount="11000000000.00"), "/lines/0/amount", "too_large"),
    ("a mistyped number", sale() | {"member": {"number": "123456789012"}}, "/member/number", "invalid_member_number"),
    ("no phone number", field() | {"member": {"phone": "abc"}}, "/member/phone", "invalid_phone"),
    ("no address", field() | {"member": {"email": "ada"}}, "/member/email", "invalid_email"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "pointer", "code"), [pytest.param(body, pointer, code, id=name) for name, body, pointer, code in FIELDS]
)
def test_a_bad_field_is_named_and_changes_nothing(
    till: Till, rows: Rows, body: dict[str, Any], pointer: str, code: str
) -> None:
    before = rows()

    told = till.post("purchases", body)

    assert told.status == 400
    assert told.code in {"invalid_input", code}
    assert [(error["pointer"], error["code"]) for error in told.body["errors"]] == [(pointer, code)]
    assert rows() == before


def test_a_slip_of_the_till_is_refused_and_changes_nothing(shop: Shop, till: Till, rows: Rows) -> None:
    ada = factories.member()
    slip = {"lines": [{"sku": "X", "quantity": "1", "amount": "9999999999.99"}], "total": "9999999999.99"}
    before = rows()

    told = till.post("purchases", sale(ada, **slip), key="slip")

    assert (told.status, told.code) == (400, "purchase_too_large")
    assert told.body["detail"] == (
        "This comes to more than £1,000,000.00, the most that a purchase may come to. Is it a slip?"
    )
    assert told.body["errors"] == [
        {"pointer": "/total", "code": "purchase_too_large", "detail": told.body["detail"]},
    ]
    assert rows() == before


def test_staff_say_what_a_purchase_may_come_to(shop: Shop, till: Till) -> None:
    shop.programme.largest_purchase = Decimal("22.08")
    shop.programme.save()
    most = till.post("purchases", sale(receipt="1"))

    shop.programme.largest_purchase = Decimal("22.07")
    shop.programme.save()

    assert most.status == 201
    assert till.post("purchases", sale(receipt="2")).code == "purchase_too_large"
    assert till.post("purchases", sale(receipt="1")).status == 200  # known already: answered as it was


ENROLMENTS: list[tuple[str, dict[str, Any], str, str]] = [
    ("nobody", {}, "contact_missing", ""),
    ("a name alone", {"name": "Ada"}, "contact_missing", ""),
    ("no phone number", {"phone": "0"}, "invalid_phone", "/phone"),
    ("no address", {"email": "ada@"}, "invalid_email", "/email"),
    ("another language", {"phone": "07700900123", "language": "fr"}, "invalid_input", "/language"),
    ("30 February", {"phone": "07700900123", "birthday": {"month": 2, "day": 30}}, "no_such_day", "/birthday"),
    (
        "a leap month of the sun",
        {"phone": "07700900123", "birthday": {"month": 2, "day": 3, "is_leap_month": True}},
        "no_such_leap_month",
        "/birthday",
    ),
    ("month 13", {"phone": "07700900123", "birthday": {"month": 13, "day": 1}}, "invalid_input", "/birthday/month"),
    ("consent as text", {"phone": "07700900123", "consents": ["sms"]}, "invalid_input", "/consents/0"),
    (
        "consent to fax",
        {"phone": "07700900123", "consents": [{"channel": "fax", "purpose": "marketing"}]},
        "invalid_input",
        "/consents/0/channel",
    ),
    ("terms as text", {"phone": "07700900123", "accepts_terms": "yes"}, "invalid_input", "/accepts_terms"),
]


@pytest.mark.parametrize(
    ("body", "code", "pointer"), [pytest.param(body, code, at, id=name) for name, body, code, at in ENROLMENTS]
)
def test_a_bad_enrolment_changes_nothing(till: Till, rows: Rows, body: dict[str, Any], code: str, pointer: str) -> None:
    before = rows()

    told = till.post("members", body)

    assert (told.status, told.code) == (400, code)
    assert [error["pointer"] for error in told.body.get("errors", [])] == ([pointer] if pointer else [])
    assert rows() == before


PARAMETERS: list[tuple[str, str, dict[str, str], str, str]] = [
    ("an unknown parameter", "purchases", {"page": "2"}, "page", "unknown_parameter"),
    ("a limit of 0", "purchases", {"limit": "0"}, "limit", "not_a_whole_number"),
    ("a limit of 201", "purchases", {"limit": "201"}, "limit", "not_a_whole_number"),
    ("a limit of ten digits", "purchases", {"limit": "1000000000"}, "limit", "not_a_whole_number"),
    ("a limit in words", "purchases", {"limit": "ten"}, "limit", "not_a_whole_number"),
    ("other digits", "purchases", {"limit": "١"}, "limit", "not_a_whole_number"),
    ("a cursor of ours, not", "purchases", {"cursor": "abc"}, "cursor", "invalid_cursor"),
    ("a cursor not ASCII", "purchases", {"cursor": "光"}, "cursor", "invalid_cursor"),
    ("a cursor of another list", "purchases", {"cursor": "WzFd"}, "cursor", "invalid_cursor"),
    ("a cursor beyond all", "purchases", {"cursor": "WzksOTk5OTk5OTk5OTk5OTk5OTk5OTld"}, "cursor", "invalid_cursor"),
    ("a cursor of words", "purchases", {"cursor": "WyJhIiwiYiJd"}, "cursor", "invalid_cursor"),
    ("no date", "purchases", {"business_on": "2026-02-30"}, "business_on", "not_a_date"),
    ("a long receipt", "purchases", {"receipt": "1" * 41}, "receipt", "too_long"),
    ("no receipt", "purchases", {"receipt": ""}, "receipt", "blank"),
    ("a NUL in a receipt", "purchases", {"receipt": "\0"}, "receipt", "unwritable"),
    ("a parameter of ping", "ping", {"x": "1"}, "x", "unknown_parameter"),
]


@pytest.mark.parametrize(
    ("path", "given", "parameter", "code"), [pytest.param(*case[1:], id=case[0]) for case in PARAMETERS]
)
def test_a_bad_parameter_is_named(till: Till, path: str, given: dict[str, str], parameter: str, code: str) -> None:
    told = till.get(path, **given)

    assert (told.status, told.code) == (400, "invalid_input")
    assert [(error["parameter"], error["code"]) for error in told.body["errors"]] == [(parameter, code)]


@pytest.mark.parametrize("given", [{}, {"number": ""}, {"number": "1", "phone": "2"}])
def test_a_search_names_one_identifier(till: Till, given: dict[str, str]) -> None:
    told = till.get("members/lookup", **given)

    assert (told.status, told.body["errors"][0]["code"]) == (400, "not_one_identifier")


def test_a_search_for_what_no_database_takes_is_refused(till: Till) -> None:
    for name in ("number", "phone", "email", "external_id"):
        told = till.get("members/lookup", **{name: "a\0b"})

        assert told.status == 400, name


def test_a_purchase_of_1000_lines_with_names_in_every_script_is_taken(shop: Shop, till: Till) -> None:
    names = ["茶杯", "☕👩‍🍳", "كوب", "Ünïcødé", "кружка", "컵", "e\u0301", "می\u200cخواهم"]
    lines = [
        {"sku": f"SKU-{n}", "name": names[n % len(names)], "quantity": "0.001", "amount": "0.01"} for n in range(1000)
    ]

    told = till.post("purchases", sale(factories.member(), lines=lines, total="10.00"))

    assert (told.status, told.body["points"]) == (201, 10)
    whole = till.get(f"purchases/{told.body['purchase']}")
    assert [line["name"] for line in whole.body["lines"]] == [names[n % len(names)] for n in range(1000)]


def test_every_problem_has_the_whole_form(till: Till) -> None:
    told = till.post("purchases", sale(total="1.00"), X_Request_ID="my-own-request-1")

    assert told.body == {
        "type": "/api/problems/#invalid_input",
        "title": "Invalid input",
        "status": 400,
        "detail": "What the till sent is not valid. /total: The lines add up to 22.08.",
        "instance": "/api/v1/purchases",
        "code": "invalid_input",
        "request_id": "my-own-request-1",
        "errors": [{"pointer": "/total", "code": "total_differs", "detail": "The lines add up to 22.08."}],
    }
    assert told.headers["X-Request-ID"] == "my-own-request-1"
    assert json.loads(told.content) == told.body
