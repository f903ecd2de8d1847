"""Purchases through the till's own door: what is recorded, and what the till is told."""

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from core.models import Event
from members import cards
from members.models import Member
from points import queries
from points.models import Posting
from sales.models import Purchase, PurchaseLine
from tests import factories
from tests.factories import Shop
from tests.pos.till import NOON, Till, sale


def test_a_purchase_is_answered_with_points_reasons_balance_and_tier(till: Till) -> None:
    member = factories.member()

    told = till.post("purchases", sale(member))

    assert told.status == 201
    purchase = Purchase.objects.get()
    assert told.body == {
        "purchase": str(purchase.uuid),
        "receipt": "536365",
        "claim_code": None,
        "business_on": "2026-06-01",
        "amount": "22.08",
        "currency": "GBP",
        "member": {"number": member.number},
        "points": 22,
        "earned": [
            {
                "point_type": "points",
                "points": 22,
                "usable_at": "2026-06-01T12:00:00+00:00",
                "expires_at": "2027-06-30T23:00:00+00:00",
                "reasons": [{"points": 22, "rule": "base", "version": 1, "words": "1 point per £1 · £22.08"}],
            }
        ],
        "missed_offers": [],
        "challenges": [],
        "balance": {"available": 22, "pending": 0, "held": 0, "debt": 0},
        "tier": {"code": "member", "name": "Member", "valid_until": None},
        "next_tier": {"code": "silver", "name": "Silver", "missing": "477.92", "basis": "amount"},
        "replayed": False,
    }
    assert (purchase.member_id, purchase.amount, purchase.number) == (member.pk, Decimal("22.08"), "536365")
    assert list(PurchaseLine.objects.order_by("position").values_list("position", "sku", "quantity", "amount")) == [
        (1, "85123A", Decimal(6), Decimal("15.30")),
        (2, "71053", Decimal(2), Decimal("6.78")),
    ]
    assert queries.balance(member.pk, NOON + timedelta(minutes=1)).available == 22


def test_a_purchase_is_told_as_an_event_without_the_person(till: Till) -> None:
    member = factories.member()

    told = till.post("purchases", sale(member))

    event = Event.objects.get()
    assert (event.kind, event.reference, event.member_id) == (
        "purchase.recorded",
        "purchase:LON-1/T1/2026-06-01/536365",
        member.pk,
    )
    assert event.payload["purchase"] == told.body["purchase"]


def test_reasons_and_tiers_are_told_in_the_language_asked_for(shop: Shop) -> None:
    till = Till(shop.terminal, language="zh-CN,zh;q=0.9,en;q=0.1")

    told = till.post("purchases", sale(factories.member()))

    assert told.headers["Content-Language"] == "zh-hans"
    assert told.body["earned"][0]["reasons"][0]["words"] == "每消费1英镑得1积分 · £22.08"
    assert told.body["tier"]["name"] == "会员"
    assert told.body["next_tier"]["name"] == "银卡"


@pytest.mark.parametrize(
    ("asked", "spoken"), [("en", "en"), ("zh", "zh-hans"), ("zh-TW", "zh-hans"), ("fr", "en"), (None, "zh-hans")]
)
def test_the_programme_speaks_its_own_language_to_a_till_that_asks_for_none(
    clock: time_machine.Traveller, db: None, asked: str | None, spoken: str
) -> None:
    shop = factories.chinese_shop()
    till = Till(shop.terminal, language=asked)
    body = sale(currency="CNY", occurred_at=NOON.isoformat())

    told = till.post("purchases", body | {"member": {"phone": "139"}})

    assert told.code == "invalid_phone"
    assert told.headers["Content-Language"] == spoken


def test_a_chinese_shop_counts_yuan_and_days_that_end_at_four(clock: time_machine.Traveller, db: None) -> None:
    shop = factories.chinese_shop()
    member = factories.member(phone="+8613800138000")
    body = sale(currency="CNY", occurred_at="2026-06-01T03:59:59+08:00")

    told = Till(shop.terminal).post("purchases", body | {"member": {"phone": "138 0013 8000"}})

    assert (told.body["business_on"], told.body["points"]) == ("2026-05-31", 2)
    assert told.body["member"] == {"number": member.number}


@pytest.mark.parametrize(("occurred_at", "day"), [("23:59:59", "2026-05-31"), ("00:00:00", "2026-06-01")])
def test_a_store_has_its_own_midnight(shop: Shop, occurred_at: str, day: str) -> None:
    store = factories.store("PAR-1", time_zone="Europe/Paris")
    date = "2026-05-31" if day == "2026-05-31" else "2026-06-01"

    told = Till(factories.terminal(store)).post("purchases", sale(occurred_at=f"{date}T{occurred_at}+02:00"))

    assert told.body["business_on"] == day


def test_a_sale_without_member_earns_nothing_and_gets_a_code(till: Till) -> None:
    told = till.post("purchases", sale())

    assert told.status == 201
    assert told.body["claim_code"] == Purchase.objects.get().claim_code
    assert (told.body["points"], told.body["earned"]) == (0, [])
    assert {told.body[name] for name in ("member", "balance", "tier", "next_tier")} == {None}


@pytest.mark.parametrize(
    ("status", "code"), [(Member.Status.SUSPENDED, "member_suspended"), (Member.Status.CLOSED, "member_closed")]
)
def test_who_does_not_take_part_gets_a_sale_without_member(till: Till, status: str, code: str) -> None:
    member = factories.member(status=status)

    refused = till.post("purchases", sale(member))
    told = till.post("purchases", sale())

    assert (refused.status, refused.code) == (409, code)
    assert "The sale itself can go on." in refused.body["detail"]
    assert (told.status, told.body["member"]) == (201, None)
    assert not Posting.objects.exists()


@pytest.mark.parametrize(
    ("status", "code"), [(Member.Status.SUSPENDED, "member_suspended"), (Member.Status.CLOSED, "member_closed")]
)
def test_a_receipt_recorded_before_the_member_left_is_still_found(till: Till, status: str, code: str) -> None:
    member = factories.member()
    first = till.post("purchases", sale(member), key="a")
    Member.objects.update(status=status)

    same_key = till.post("purchases", sale(member), key="a")
    other_key = till.post("purchases", sale(member), key="b")
    other_goods = till.post("purchases", sale(member, lines=sale()["lines"][:1], total="15.30"))
    next_receipt = till.post("purchases", sale(member, receipt="2"))

    assert (same_key.status, same_key.body) == (201, first.body)
    assert (other_key.status, other_key.body) == (200, {**first.body, "replayed": True})
    assert other_key.headers["Idempotent-Replayed"] == "true"
    assert (other_goods.status, other_goods.code) == (409, "receipt_conflict")
    assert (next_receipt.status, next_receipt.code) == (409, code)
    assert Purchase.objects.count() == 1


def test_a_receipt_sold_on_a_card_that_was_lost_meanwhile_is_still_found(till: Till) -> None:
    member = factories.member()
    lost = {"member": {"number": member.number}}
    first = till.post("purchases", sale() | lost)
    cards.replace(member, reason="lost", at=NOON, actor=None)

    again = till.post("purchases", sale() | lost)
    next_receipt = till.post("purchases", sale(receipt="2") | lost)

    assert (again.status, again.body["purchase"]) == (200, first.body["purchase"])
    assert (next_receipt.status, next_receipt.code) == (410, "card_replaced")
    assert Purchase.objects.count() == 1


def test_a_receipt_that_grew_too_old_is_still_found(till: Till, clock: time_machine.Traveller) -> None:
    member = factories.member()
    first = till.post("purchases", sale(member))
    clock.shift(timedelta(days=91))

    again = till.post("purchases", sale(member))

    assert (again.status, again.body["purchase"]) == (200, first.body["purchase"])
    assert till.post("purchases", sale(member, receipt="2")).body["errors"][0]["code"] == "too_old"


def test_a_replaced_card_is_refused_politely(till: Till) -> None:
    member = factories.member()
    old = member.number
    cards.replace(member, reason="lost", at=NOON, actor=factories.staff())

    told = till.post("purchases", sale() | {"member": {"number": old}})

    assert (told.status, told.code) == (410, "card_replaced")
    assert not Purchase.objects.exists()


@pytest.mark.parametrize(
    "identifier",
    [
        {"number": "{number}"},
        {"phone": "07700 900123"},
        {"phone": "+44 7700 900123"},
        {"email": "Ada@Example.com"},
        {"external_id": "crm-7"},
    ],
)
def test_a_member_is_named_by_any_of_four(till: Till, identifier: dict[str, str]) -> None:
    member = factories.member(phone="+447700900123", email="ada@example.com", external_id="crm-7")
    named = {name: value.format(number=member.number) for name, value in identifier.items()}

    told = till.post("purchases", sale() | {"member": named})

    assert (told.status, told.body["member"]) == (201, {"number": member.number})


def test_the_till_s_category_counts_before_the_product_s(till: Till, shop: Shop) -> None:
    factories.product("85123A", category=factories.category("decoration"))
    factories.rule(shop.point_type, "cups", only_categories=["cups"], begins_at=NOON - timedelta(days=1))
    body = sale(factories.member())
    body["lines"][1]["category"] = "cups"

    told = till.post("purchases", body)
    lines = till.get(f"purchases/{told.body['purchase']}").body["lines"]

    assert [line["category"] for line in lines] == ["decoration", "cups"]
    assert [(r["rule"], r["points"]) for r in told.body["earned"][0]["reasons"]] == [("base", 22), ("cups", 6)]


def test_a_purchase_is_read_again_with_its_lines_and_reasons(till: Till) -> None:
    member = factories.member()
    told = till.post("purchases", sale(member, cashier="Ada", channel="web"))

    read = till.get(f"purchases/{told.body['purchase']}")

    assert read.status == 200
    assert read.body == {
        "purchase": told.body["purchase"],
        "receipt": "536365",
        "terminal": "T1",
        "business_on": "2026-06-01",
        "occurred_at": "2026-06-01T12:00:00+00:00",
        "amount": "22.08",
        "currency": "GBP",
        "member": {"number": member.number},
        "points": 22,
        "recorded_at": "2026-06-01T12:01:00+00:00",
        "channel": "web",
        "cashier": "Ada",
        "lines": [
            {
                "line": 1,
                "sku": "85123A",
                "name": "T-light holder",
                "category": "",
                "quantity": "6",
                "amount": "15.30",
                "returned": "0",
            },
            {
                "line": 2,
                "sku": "71053",
                "name": "Lantern",
                "category": "",
                "quantity": "2",
                "amount": "6.78",
                "returned": "0",
            },
        ],
        "earned": told.body["earned"],
        "missed_offers": [],
    }


def test_purchases_are_listed_in_pages_latest_first(till: Till) -> None:
    for minute in range(5):
        at = (NOON - timedelta(minutes=minute // 2)).isoformat()  # two share each minute
        till.post("purchases", sale(receipt=str(minute), occurred_at=at))

    first = till.get("purchases", limit="2")
    till.post("purchases", sale(receipt="new"))
    second = till.get("purchases", limit="2", cursor=first.body["next_cursor"])
    third = till.get("purchases", limit="2", cursor=second.body["next_cursor"])

    assert [[p["receipt"] for p in page.body["items"]] for page in (first, second, third)] == [
        ["1", "0"],
        ["3", "2"],
        ["4"],
    ]
    assert third.body["next_cursor"] is None


def test_purchases_are_found_by_receipt_and_day(till: Till) -> None:
    till.post("purchases", sale(receipt="7"))
    till.post("purchases", sale(receipt="7", occurred_at="2026-05-30T12:00:00Z"))
    till.post("purchases", sale(receipt="8"))

    assert [p["business_on"] for p in till.get("purchases", receipt="7").body["items"]] == ["2026-06-01", "2026-05-30"]
    assert [p["receipt"] for p in till.get("purchases", business_on="2026-05-30").body["items"]] == ["7"]
    assert till.get("purchases", receipt="9").body == {"items": [], "next_cursor": None}


def test_another_store_s_receipts_are_not_seen(shop: Shop, till: Till) -> None:
    told = till.post("purchases", sale())
    stranger = Till(factories.terminal(factories.store("LON-2", "Greenwich")))
    path = f"purchases/{told.body['purchase']}"
    goods = {"number": "R-1", "occurred_at": NOON.isoformat(), "lines": [{"line": 1, "quantity": "1"}]}
    gift = {"member": {"number": factories.member().number}, "claim_code": told.body["claim_code"]}

    answers: list[Any] = [
        stranger.get(path),
        stranger.get(f"{path}/returns"),
        stranger.post(f"{path}/returns", goods),
        stranger.post(f"{path}/member", gift),
    ]

    assert [(a.status, a.code) for a in answers] == [(404, "not_found")] * 4
    assert stranger.get("purchases").body["items"] == []
    assert stranger.post("purchases", sale()).status == 201  # its own receipt of that number


def test_a_terminal_of_the_same_store_sees_the_receipt(shop: Shop, till: Till) -> None:
    told = till.post("purchases", sale())

    read = Till(factories.terminal(shop.store, "T2")).get(f"purchases/{told.body['purchase']}")

    assert (read.status, read.body["terminal"]) == (200, "T1")


def test_what_is_nowhere_is_not_found(till: Till) -> None:
    told = till.get(f"purchases/{uuid.uuid4()}")

    assert (told.status, told.code) == (404, "not_found")
    assert till.get("purchases/536365").code == "not_found"


def test_a_receipt_is_given_to_a_member_by_its_code_once(till: Till) -> None:
    ada, bob = factories.member(), factories.member()
    sold = till.post("purchases", sale()).body
    path = f"purchases/{sold['purchase']}/member"
    code = sold["claim_code"].lower()

    wrong = till.post(path, {"member": {"number": ada.number}, "claim_code": "0000000000"})
    given = till.post(path, {"member": {"number": ada.number}, "claim_code": f"{code[:5]} {code[5:]}"})
    again = till.post(path, {"member": {"number": ada.number}, "claim_code": code})
    other = till.post(path, {"member": {"number": bob.number}, "claim_code": code})

    assert (wrong.status, wrong.code) == (422, "wrong_claim_code")
    assert given.status == 200
    assert (given.body["points"], given.body["balance"]["available"], given.body["replayed"]) == (22, 22, False)
    assert given.body["member"] == {"number": ada.number}
    assert given.body["next_tier"]["missing"] == "477.92"
    assert again.body == {**given.body, "replayed": True}
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (other.status, other.code) == (409, "receipt_already_given")
    assert queries.balance(ada.pk, NOON + timedelta(minutes=1)).available == 22
    assert not Posting.objects.filter(account__member=bob).exists()


def test_a_receipt_given_before_the_suspension_is_still_found(till: Till) -> None:
    ada, bob = factories.member(), factories.member()
    sold = till.post("purchases", sale()).body
    body = {"member": {"number": ada.number}, "claim_code": sold["claim_code"]}
    first = till.post(f"purchases/{sold['purchase']}/member", body)
    Member.objects.update(status=Member.Status.SUSPENDED)

    again = till.post(f"purchases/{sold['purchase']}/member", body)
    other = till.post(f"purchases/{sold['purchase']}/member", {**body, "member": {"number": bob.number}})

    assert (again.status, again.body) == (200, {**first.body, "replayed": True})
    assert (other.status, other.code) == (409, "member_suspended")


def test_a_receipt_given_meanwhile_answers_its_repeat_with_the_member(till: Till) -> None:
    ada = factories.member()
    sold = till.post("purchases", sale()).body
    till.post(
        f"purchases/{sold['purchase']}/member", {"member": {"number": ada.number}, "claim_code": sold["claim_code"]}
    )

    again = till.post("purchases", sale())

    assert again.status == 200
    assert (again.body["member"], again.body["points"], again.body["claim_code"]) == ({"number": ada.number}, 22, None)


def test_a_purchase_read_by_tills_does_not_tell_its_code(till: Till) -> None:
    sold = till.post("purchases", sale())

    read = till.get(f"purchases/{sold.body['purchase']}")

    assert sold.body["claim_code"] not in read.content.decode()
