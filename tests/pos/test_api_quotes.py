"""Quotes over the API: what a basket would earn and cost. Nothing is written, and the sale then earns as much."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from core import clock
from members.models import Member
from points.models import Account
from rewards import redemption, vouchers
from rewards.models import Reward, Voucher
from tests import factories
from tests.factories import Shop
from tests.pos.conftest import Statements
from tests.pos.conftest import shown as listed
from tests.pos.till import NOON, Till, sale
from tests.rewards.claims import redeem, rich


def basket(member: Member | None = None, **changes: Any) -> dict[str, Any]:
    """The goods of the standard sale, £22.08, before they are bought."""
    body = {name: sale(member)[name] for name in ("currency", "lines", *(["member"] if member else []))}
    return {**body, **changes}


def voucher(member: Member, **changes: Any) -> Voucher:
    """A voucher of the member's: £5 off, unless it is another."""
    values: dict[str, Any] = {"kind": Reward.Kind.AMOUNT_OFF, "amount": Decimal(5), "name_en": "£5 off", **changes}
    code = f"reward-{Reward.objects.count()}"
    factories.reward(code, **values)
    return redeem(member, code, token=code, at=NOON).voucher


@pytest.fixture
def ada(shop: Shop) -> Member:
    """A member with 500 points."""
    return rich(500, at=NOON)


def test_a_basket_is_priced_as_the_sale_then_is(till: Till, ada: Member, rows: Callable[[], dict[str, int]]) -> None:
    before = rows()

    told = till.post("quotes", basket(ada), key=None)

    assert rows() == before
    assert (told.status, told.headers["Cache-Control"]) == (200, "no-store")
    assert told.body == {
        "currency": "GBP",
        "total": "22.08",
        "to_pay": "22.08",
        "lines": [{"line": 1, "amount": "15.30"}, {"line": 2, "amount": "6.78"}],
        "vouchers": [],
        "member": {"number": ada.number},
        "points": 22,
        "earned": told.body["earned"],
        "missed_offers": [],
        "balance": {"available": 500, "pending": 0, "held": 0, "debt": 0},
        "worth": told.body["worth"],
        "tier": {"code": "member", "name": "Member", "valid_until": None},
        "rises_to": None,
        "next_tier": {"code": "silver", "name": "Silver", "missing": "477.92", "basis": "amount"},
    }
    sold = till.post("purchases", sale(ada, occurred_at=clock.now().isoformat())).body
    assert (sold["points"], sold["earned"]) == (told.body["points"], told.body["earned"])


def test_vouchers_take_off_what_they_do_at_the_till(till: Till, ada: Member) -> None:
    five, tenth, mug = (
        voucher(ada),
        voucher(ada, kind=Reward.Kind.PERCENT_OFF, amount=None, percent=10, name_en="10 % off"),
        voucher(ada, kind=Reward.Kind.GIFT, amount=None, name_en="A mug"),
    )

    told = till.post("quotes", basket(ada, vouchers=[five.code, tenth.code.lower(), mug.code]), key=None).body

    assert (told["total"], told["to_pay"], told["points"]) == ("22.08", "14.87", 14)
    assert [(v["takes_off"], v["applies"], v["name"], v["problem"]) for v in told["vouchers"]] == [
        ("5.00", True, "£5 off", None),
        ("2.21", True, "10 % off", None),
        ("0.00", True, "A mug", None),
    ]
    assert sum(Decimal(line["amount"]) for line in told["lines"]) == Decimal("14.87")
    assert {each.state for each in Voucher.objects.all()} == {"issued"}
    assert Account.objects.get().available == 200


def test_vouchers_that_can_not_be_used_say_why(shop: Shop, till: Till, ada: Member) -> None:
    used, cancelled, late = voucher(ada), voucher(ada), voucher(ada, voucher_days=1)
    vouchers.use(used.code, store_id=factories.store().pk, terminal_id=None, at=NOON, actor="till", receipt="1")
    redemption.cancel(cancelled, at=NOON, actor="portal")
    Voucher.objects.filter(pk=late.pk).update(state="expired")
    codes = [used.code, cancelled.code, late.code, "0" * 16, "7K3M"]

    told = till.post("quotes", basket(vouchers=codes), key=None).body

    assert [(v["applies"], v["problem"]["code"], v["takes_off"]) for v in told["vouchers"]] == [
        (False, "voucher_used", "0.00"),
        (False, "voucher_cancelled", "0.00"),
        (False, "voucher_expired", "0.00"),
        (False, "unknown_voucher", "0.00"),
        (False, "invalid_voucher_code", "0.00"),
    ]
    assert told["vouchers"][0]["problem"]["detail"] == "This voucher has been used already."
    assert told["to_pay"] == "22.08"
    in_chinese = Till(shop.terminal, language="zh").post("quotes", basket(vouchers=codes[:1]), key=None).body
    assert in_chinese["vouchers"][0]["problem"]["detail"] == "该兑换券已使用。"


def test_without_member_it_is_what_somebody_new_would_earn(till: Till) -> None:
    told = till.post("quotes", basket(), key=None).body

    assert told["points"] == 22
    assert {told[name] for name in ("member", "balance", "worth", "tier", "rises_to", "next_tier")} == {None}


def test_a_basket_that_reaches_a_tier_says_so(till: Till, ada: Member) -> None:
    lines = [{"sku": "SOFA", "quantity": "1", "amount": "600.00"}]

    told = till.post("quotes", basket(ada, lines=lines), key=None).body

    assert told["tier"]["code"] == "member"
    assert told["rises_to"] == {"code": "silver", "name": "Silver"}
    assert told["next_tier"]["code"] == "gold"


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"currency": "EUR"}, "/currency", "foreign_currency"),
        ({"lines": []}, "/lines", "too_few"),
        ({"lines": [{"sku": "A", "quantity": "1", "amount": "-1"}]}, "/lines/0/amount", "negative"),
        ({"vouchers": "7K3M"}, "/vouchers", "not_a_list"),
        ({"vouchers": [7]}, "/vouchers/0", "not_text"),
        ({"vouchers": ["A1", "a-1"]}, "/vouchers/1", "twice"),
        ({"vouchers": [str(n) for n in range(11)]}, "/vouchers", "too_many"),
        ({"member": {}}, "/member", "not_one_identifier"),
        ({"receipt": "1"}, "/receipt", "unknown_field"),
    ],
)
def test_what_makes_no_sense_is_refused(till: Till, changes: dict[str, Any], pointer: str, code: str) -> None:
    told = till.post("quotes", basket() | changes, key=None)

    assert (told.status, told.code) == (400, "invalid_input")
    assert [(error["pointer"], error["code"]) for error in told.body["errors"]] == [(pointer, code)]


def test_members_who_can_not_take_part_are_refused(till: Till, ada: Member) -> None:
    nobody = till.post("quotes", basket() | {"member": {"phone": "07700900999"}}, key=None)
    assert (nobody.status, nobody.code, nobody.body["errors"][0]["pointer"]) == (404, "unknown_member", "/member")
    Member.objects.update(status=Member.Status.SUSPENDED)
    assert till.post("quotes", basket(ada), key=None).code == "member_suspended"


def test_a_quote_takes_so_many_statements(till: Till, ada: Member, statements: Statements) -> None:
    five = voucher(ada)
    till.post("quotes", basket(ada), key=None)
    counts = []
    for body in (basket(), basket(ada), basket(ada, vouchers=[five.code])):
        with statements() as found:
            assert till.post("quotes", body, key=None).status == 200
        counts.append(len(found))

    assert counts == [3, 5, 6], listed(found)


def test_a_quote_by_a_revoked_terminal(till: Till, shop: Shop) -> None:
    shop.terminal.revoked_at = NOON - timedelta(days=1)
    shop.terminal.save()

    assert till.post("quotes", basket(), key=None).status == 401
