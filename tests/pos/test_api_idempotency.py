"""Doing things once: every row of the table in docs/pos.md."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import override_settings

from members.models import Member
from pos import idempotency
from pos.models import IdempotencyKey
from sales.models import Purchase, Return
from tests import factories
from tests.factories import Shop
from tests.pos.till import NOON, Till, sale

Rows = Any


@pytest.fixture
def member(shop: Shop) -> Member:
    return factories.member()


def test_the_same_key_and_body_are_answered_the_same_letter_by_letter(till: Till, member: Member, rows: Rows) -> None:
    first = till.post("purchases", sale(member), key="k-1")
    before = rows()

    again = till.post("purchases", sale(member), key="k-1")

    assert (first.status, again.status) == (201, 201)
    assert again.content == first.content
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert rows() == before


def test_the_order_of_fields_and_blanks_make_no_other_body(till: Till, member: Member) -> None:
    body = sale(member)
    first = till.post("purchases", body, key="k-1")

    again = till.post("purchases", dict(reversed(body.items())), key="k-1")

    assert again.content == first.content


@pytest.mark.parametrize("key", ['"k-1"', ' "k-1" '])
def test_a_key_is_the_same_with_and_without_quotes(till: Till, key: str) -> None:
    first = till.post("purchases", sale(), key="k-1")

    again = till.post("purchases", sale(), key=key)

    assert again.content == first.content
    assert again.headers["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize("key", ["x" * 256, "schlüssel", "two words", '"', '""', '"open', "nul\x7f"])
def test_a_key_that_is_none_is_refused(till: Till, rows: Rows, key: str) -> None:
    before = rows()

    told = till.post("purchases", sale(), key=key)

    assert (told.status, told.code) == (400, "idempotency_key_invalid")
    assert rows() == before


@pytest.mark.parametrize("key", ["x", "x" * 255, '"' + "x" * 255 + '"', r'"a\"b\\c"', "a/b:c=d"])
def test_keys_of_1_to_255_characters_are_taken(till: Till, key: str) -> None:
    assert till.post("purchases", sale(), key=key).status == 201


@pytest.mark.parametrize("path", ["purchases", "members", "purchases/5f1c2b9c-0d7e-4a6f-8b3a-9d2e1c0f4b7a/returns"])
def test_every_write_needs_a_key(till: Till, rows: Rows, path: str) -> None:
    bodies = {
        "purchases": sale(),
        "members": {"phone": "07700 900123"},
    }
    goods = {"number": "R-1", "occurred_at": NOON.isoformat(), "lines": [{"line": 1, "quantity": "1"}]}
    before = rows()

    told = till.post(path, bodies.get(path, goods), key=None)

    assert (told.status, told.code) == (400, "idempotency_key_missing")
    assert rows() == before


def test_the_same_key_with_another_body_is_told_what_differs(till: Till, member: Member, rows: Rows) -> None:
    first = till.post("purchases", sale(member), key="k-1")
    before = rows()
    other = sale(member, receipt="536366", cashier="Ada")
    other["lines"][1]["quantity"] = "3"

    told = till.post("purchases", other, key="k-1")

    assert (told.status, told.code) == (422, "key_reused")
    assert [error["pointer"] for error in told.body["errors"]] == ["/cashier", "/lines/1", "/receipt"]
    assert told.body["detail"] == (
        "This idempotency key was used for another request. What differs: /cashier, /lines/1, /receipt"
    )
    assert rows() == before
    assert till.post("purchases", sale(member), key="k-1").content == first.content


def test_a_line_more_differs_in_the_list_and_the_line(till: Till) -> None:
    till.post("purchases", sale(), key="k-1")
    longer = sale(total="23.08")
    longer["lines"].append({"sku": "1", "quantity": "1", "amount": "1.00"})

    told = till.post("purchases", longer, key="k-1")

    assert [error["pointer"] for error in told.body["errors"]] == ["/lines", "/lines/2", "/total"]


def test_a_key_used_for_another_address_is_refused(till: Till) -> None:
    till.post("purchases", sale(), key="k-1")

    told = till.post("members", {"phone": "07700 900123"}, key="k-1")

    assert (told.status, told.code) == (422, "key_reused")
    assert told.body["errors"][0]["pointer"] == ""
    assert told.body["detail"].endswith("What differs: /api/v1/purchases")
    assert not Member.objects.exists()


def test_two_terminals_may_use_the_same_key(shop: Shop, till: Till) -> None:
    other = Till(factories.terminal(shop.store, "T2"))

    first, second = till.post("purchases", sale(), key="k"), other.post("purchases", sale(), key="k")

    assert (first.status, second.status) == (201, 201)
    assert first.body["purchase"] != second.body["purchase"]


def test_another_key_with_the_same_receipt_finds_the_purchase(till: Till, member: Member) -> None:
    first = till.post("purchases", sale(member), key="k-1")

    again = till.post("purchases", sale(member), key="k-2")

    assert again.status == 200
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.body == {**first.body, "replayed": True}
    assert Purchase.objects.count() == 1
    assert till.post("purchases", sale(member), key="k-2").content == again.content


@pytest.mark.parametrize(
    "changes",
    [
        {"cashier": "Bob"},
        {"channel": "web"},
        {"occurred_at": (NOON + timedelta(seconds=1)).isoformat()},
        {"lines": [{"sku": "85123A", "name": "T-light holder", "quantity": "6", "amount": "22.08"}]},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_another_key_with_the_same_receipt_and_other_contents_is_a_conflict(
    till: Till, member: Member, changes: dict[str, Any]
) -> None:
    first = till.post("purchases", sale(member), key="k-1")

    told = till.post("purchases", sale(member, **changes), key="k-2")

    assert (told.status, told.code) == (409, "receipt_conflict")
    assert told.body["detail"] == "Receipt 536365 is recorded already, with other contents."
    assert Purchase.objects.get().cashier == ""
    assert till.post("purchases", sale(member), key="k-1").content == first.content


def test_a_sale_without_member_posted_again_with_one_is_a_conflict(till: Till, member: Member) -> None:
    till.post("purchases", sale())

    told = till.post("purchases", sale(member))

    assert told.code == "receipt_conflict"
    assert Purchase.objects.get().member_id is None


def test_a_lasting_refusal_is_kept_and_repeated(till: Till, member: Member) -> None:
    purchase = till.post("purchases", sale(member)).body["purchase"]
    goods = {"number": "R-1", "occurred_at": NOON.isoformat(), "lines": [{"line": 1, "quantity": "7"}]}
    first = till.post(f"purchases/{purchase}/returns", goods, key="k-1")

    again = till.post(f"purchases/{purchase}/returns", goods, key="k-1")

    assert (first.status, first.code) == (409, "more_than_bought")
    assert first.body["detail"] == "Of line 1 only 6 can be brought back."
    assert (again.status, again.content) == (409, first.content)
    assert again.headers["Content-Type"] == "application/problem+json"
    assert again.headers["Idempotent-Replayed"] == "true"
    assert not Return.objects.exists()
    assert IdempotencyKey.objects.get(key="k-1").status == 409


def test_a_refusal_that_may_pass_is_not_kept(till: Till, rows: Rows) -> None:
    before = rows()
    refused = till.post("purchases", sale() | {"member": {"phone": "07700 900123"}}, key="k-1")
    assert (refused.status, refused.code) == (404, "unknown_member")
    assert refused.body["errors"][0]["pointer"] == "/member"
    assert rows() == before

    factories.member(phone="+447700900123")
    told = till.post("purchases", sale() | {"member": {"phone": "07700 900123"}}, key="k-1")

    assert (told.status, told.body["points"]) == (201, 22)


def test_malformed_requests_are_not_kept(till: Till) -> None:
    assert till.post("purchases", sale(total="1"), key="k-1").status == 400
    assert till.send("purchases", b"{", key="k-1").status == 400

    assert till.post("purchases", sale(), key="k-1").status == 201


def test_answers_are_kept_for_30_days_and_receipts_for_ever(
    till: Till, member: Member, clock: time_machine.Traveller
) -> None:
    till.post("purchases", sale(member), key="k-1")
    IdempotencyKey.objects.update(created_at=NOON)

    kept = idempotency.forget(NOON + timedelta(days=30))
    gone = idempotency.forget(NOON + timedelta(days=30, seconds=1))
    again = till.post("purchases", sale(member), key="k-1")

    assert (kept, gone) == (0, 1)
    assert (again.status, again.body["replayed"]) == (200, True)
    assert Purchase.objects.count() == 1


def test_old_answers_go_in_chunks(till: Till) -> None:
    for number in range(3):
        till.post("purchases", sale(receipt=str(number)))
    IdempotencyKey.objects.update(created_at=NOON)
    later = NOON + timedelta(days=31)

    assert [idempotency.forget(later, chunk=2), idempotency.forget(later, chunk=2)] == [2, 1]


def test_what_is_kept_of_a_request_tells_nothing_about_the_member(till: Till, member: Member) -> None:
    till.post("purchases", sale() | {"member": {"phone": str(member.phone)}}, key="k-1")

    kept = IdempotencyKey.objects.get()

    assert sorted(kept.request) == [
        "/currency",
        "/lines",
        "/lines/0",
        "/lines/1",
        "/member",
        "/occurred_at",
        "/receipt",
        "/total",
    ]
    assert all(len(digest) == 16 for digest in kept.request.values())
    assert str(member.phone) not in kept.answer
    assert member.name not in kept.answer


def test_digests_can_be_compared_after_the_secret_key_changed(till: Till) -> None:
    first = till.post("purchases", sale(), key="k-1")

    with override_settings(SECRET_KEY="another", SECRET_KEY_FALLBACKS=["not this one", _secret()]):
        again = till.post("purchases", sale(), key="k-1")
        differing = till.post("purchases", sale(cashier="Ada"), key="k-1")

    assert again.content == first.content
    assert [error["pointer"] for error in differing.body["errors"]] == ["/cashier"]


def _secret() -> str:
    from django.conf import settings

    return str(settings.SECRET_KEY)


def test_an_enrolment_is_done_once(till: Till) -> None:
    body = {"phone": "07700 900123", "name": "Ada Lovelace"}

    first, again = till.post("members", body, key="k"), till.post("members", body, key="k")
    found = till.post("members", body, key="k-2")

    assert (first.status, again.status, found.status) == (201, 201, 200)
    assert again.content == first.content
    assert found.body == {**first.body, "is_new": False}
    assert Member.objects.count() == 1
