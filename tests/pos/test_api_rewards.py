"""Rewards at the till: what a member may redeem, redeeming it with a proof, and using vouchers."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from core.models import Programme
from members.models import Member
from messaging.models import Message
from points import rules
from points.models import Posting
from pos.models import IdempotencyKey
from rewards import codes, proofs, redemption
from rewards.models import Proving, Voucher
from tests import factories
from tests.factories import Shop
from tests.pos.conftest import Statements
from tests.pos.till import NOON, Till, Told
from tests.rewards.claims import available, left, redeem, rich

Rows = Callable[[], dict[str, int]]
NOW = NOON + timedelta(minutes=1)


@pytest.fixture
def member(shop: Shop) -> Member:
    """A member with 500 points and the PIN 2580."""
    found = rich(500, at=NOON, name="Ada Lovelace")
    proofs.set_pin(found, "2580", at=NOON)
    return found


def by_pin(member: Member, pin: str = "2580", reward: str = "mug") -> dict[str, Any]:
    return {"reward": reward, "member": {"number": member.number}, "proof": {"kind": "pin", "value": pin}}


def by_qr(member: Member, at: datetime = NOW, reward: str = "mug") -> dict[str, Any]:
    return {"reward": reward, "proof": {"kind": "qr", "value": proofs.issue_qr(member, at=at).text}}


def test_the_catalogue_as_it_stands_for_a_member(till: Till, shop: Shop, member: Member) -> None:
    factories.reward(stock=3, worth=Decimal("4.50"))
    factories.reward(
        "tenth", kind="percent_off", percent=10, price=600, minimum_tier=shop.tiers[1], ends_on=date(2026, 6, 30),
        name_en="A tenth off", name_zh_hans="九折",
    )  # fmt: skip

    told = till.get("rewards", phone=str(member.phone))

    assert told.status == 200
    assert (told.body["number"], told.body["balance"]["available"]) == (member.number, 500)
    assert told.body["items"] == [
        {
            "reward": "mug", "name": "Mug", "kind": "gift", "amount": None, "percent": None, "currency": "GBP",
            "worth": "4.50", "price": 100, "state": "affordable", "missing": 0, "left": 3, "tier": None,
            "begins_on": None, "ends_on": None,
        },
        {
            "reward": "tenth", "name": "A tenth off", "kind": "percent_off", "amount": None, "percent": 10,
            "currency": "GBP", "worth": None, "price": 600, "state": "locked", "missing": 100, "left": None,
            "tier": "silver", "begins_on": None, "ends_on": "2026-06-30",
        },
    ]  # fmt: skip
    assert [
        each["name"] for each in Till(shop.terminal, language="zh").get("rewards", number=member.number).body["items"]
    ] == ["马克杯", "九折"]


def test_a_reward_is_redeemed_with_the_members_qr_code(till: Till, member: Member) -> None:
    factories.reward(stock=3)

    told = till.post("redemptions", by_qr(member))

    voucher = Voucher.objects.get()
    assert told.status == 201
    assert (told.body["available"], told.body["replayed"], left()) == (400, False, 2)
    assert told.body["voucher"] == {
        "code": voucher.code, "written": codes.written(voucher.code), "reward": "mug", "name": "Mug", "kind": "gift",
        "amount": None, "percent": None, "currency": "GBP", "points": 100, "state": "issued",
        "member": {
            "number": member.number, "status": "active", "name": "A** L**", "phone": f"***{str(member.phone)[-4:]}",
            "language": "en",
        },
        "issued_at": NOW.isoformat(), "expires_at": voucher.expires_at.isoformat(), "used_at": None, "store": None,
        "receipt": None, "supplied_code": None,
    }  # fmt: skip
    assert voucher.issued_by == "till:LON-1/T1"


@pytest.mark.parametrize("identifier", ["number", "phone"])
def test_a_reward_is_redeemed_with_a_pin(till: Till, member: Member, identifier: str) -> None:
    factories.reward()
    who = {identifier: str(getattr(member, identifier))}

    told = till.post("redemptions", by_pin(member) | {"member": who})

    assert (told.status, available(member, NOW)) == (201, 400)


def test_a_reward_is_redeemed_with_a_code_that_was_sent(till: Till, shop: Shop, member: Member) -> None:
    factories.reward()

    sent = till.post("spending-codes", {"member": {"number": member.number}})
    message = Message.objects.get()
    (code,) = re.findall(r"(?<!\d)\d{6}(?!\d)", message.body)
    told = till.post("redemptions", by_pin(member) | {"proof": {"kind": "code", "value": code}})

    assert sent.status == 201
    assert sent.body == {
        "channel": "sms",
        "address": f"***{str(member.phone)[-4:]}",
        "expires_at": (NOW + timedelta(minutes=10)).isoformat(),
    }
    assert code not in sent.content.decode()
    assert shop.store.name in message.body
    assert told.status == 201


def test_the_same_key_charges_once(till: Till, member: Member) -> None:
    factories.reward()
    body = by_qr(member)

    told = [till.post("redemptions", body, key="k") for _number in range(3)]

    assert len({each.content for each in told}) == 1
    assert [each.headers.get("Idempotent-Replayed") for each in told] == [None, "true", "true"]
    assert available(member, NOW) == 400


def test_the_key_charges_once_also_when_its_answer_was_forgotten(till: Till, member: Member) -> None:
    factories.reward()
    first = till.post("redemptions", by_pin(member), key="k")
    IdempotencyKey.objects.all().delete()

    again = till.post("redemptions", by_pin(member), key="k")

    assert (first.status, again.status) == (201, 200)
    assert again.body["voucher"] == first.body["voucher"]
    assert (again.body["replayed"], again.headers["Idempotent-Replayed"]) == (True, "true")
    assert available(member, NOW) == 400


def test_two_keys_are_two_redemptions(till: Till, member: Member) -> None:
    factories.reward()

    for key in ("a", "b"):
        assert till.post("redemptions", by_pin(member), key=key).status == 201

    assert (Voucher.objects.count(), available(member, NOW)) == (2, 300)


def refused(told: Told, status: int, code: str) -> None:
    assert (told.status, told.code) == (status, code)
    assert told.headers["Content-Type"] == "application/problem+json"
    assert (Voucher.objects.count(), Posting.objects.filter(kind="redeem").count()) == (0, 0)


def test_knowing_a_phone_number_is_not_enough(till: Till, member: Member) -> None:
    factories.reward()
    body = {"reward": "mug", "member": {"phone": str(member.phone)}}

    refused(till.post("redemptions", body), 400, "invalid_input")
    picture = {"kind": "qr", "value": member.number}
    refused(till.post("redemptions", body | {"proof": picture}), 422, "qr_not_taken")


def test_a_qr_code_proves_once_and_for_a_minute(till: Till, member: Member, clock: time_machine.Traveller) -> None:
    factories.reward()
    old = by_qr(member, NOW - timedelta(minutes=2))
    refused(till.post("redemptions", old), 422, "qr_not_taken")
    shown = by_qr(member)

    assert till.post("redemptions", shown).status == 201
    again = till.post("redemptions", shown)

    assert (again.status, again.code) == (422, "qr_not_taken")
    assert Voucher.objects.count() == 1


def test_a_qr_code_of_a_refused_redemption_is_still_good(till: Till, member: Member) -> None:
    factories.reward("dear", price=900)
    factories.reward()
    body = by_qr(member)

    refused(till.post("redemptions", body | {"reward": "dear"}), 409, "insufficient_points")
    assert till.post("redemptions", body).status == 201


def test_a_qr_code_of_somebody_else_proves_nothing(till: Till, member: Member) -> None:
    factories.reward()
    other = rich(500, at=NOON)
    body = by_qr(other) | {"member": {"number": member.number}}

    refused(till.post("redemptions", body), 422, "qr_not_taken")


def test_wrong_pins_count_though_nothing_else_is_kept(till: Till, member: Member) -> None:
    factories.reward()

    told = [till.post("redemptions", by_pin(member, f"90{number:02d}")) for number in range(6)]

    assert [each.code for each in told] == ["pin_wrong"] * 4 + ["pin_locked"] * 2
    assert told[0].body["detail"] == "This PIN is wrong. Tries left: 4."
    refused(till.post("redemptions", by_pin(member)), 422, "pin_locked")
    assert Proving.objects.get().pin_failures == 5


def test_a_wrong_pin_asked_again_under_its_key_counts_once(till: Till, member: Member) -> None:
    factories.reward()

    told = [till.post("redemptions", by_pin(member, "9999"), key="k") for _number in range(4)]

    assert [each.content for each in told] == [told[0].content] * 4
    assert Proving.objects.get().pin_failures == 1
    reused = till.post("redemptions", by_pin(member), key="k")
    assert (reused.status, reused.code) == (422, "key_reused")


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"price": 501}, 409, "insufficient_points"),
        ({"stock": 0}, 409, "reward_sold_out"),
        ({"begins_on": date(2026, 6, 2)}, 409, "reward_not_yet"),
        ({"ends_on": date(2026, 5, 31)}, 409, "reward_ended"),
        ({"is_active": False}, 404, "unknown_reward"),
    ],
)
def test_what_stands_between_is_told_and_changes_nothing(
    till: Till, member: Member, changes: dict[str, Any], status: int, code: str
) -> None:
    factories.reward(**changes)

    refused(till.post("redemptions", by_pin(member)), status, code)


def test_suspended_members_redeem_nothing_and_are_sent_nothing(till: Till, member: Member) -> None:
    factories.reward()
    Member.objects.update(status="suspended")

    refused(till.post("redemptions", by_pin(member)), 409, "member_suspended")
    refused(till.post("redemptions", by_qr(member)), 409, "member_suspended")
    refused(till.post("spending-codes", {"member": {"number": member.number}}), 409, "member_suspended")
    assert Message.objects.count() == 0


def test_a_member_is_sent_five_codes_an_hour(till: Till, member: Member) -> None:
    body = {"member": {"number": member.number}}

    told = [till.post("spending-codes", body) for _number in range(6)]

    assert [each.status for each in told] == [201] * 5 + [429]
    assert (told[5].code, told[5].headers["Retry-After"]) == ("too_many_codes", "3600")


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, {"/proof", "/reward"}),
        ({"reward": 1, "proof": {"kind": "pin", "value": "1"}}, {"/reward", "/member"}),
        ({"reward": "mug", "proof": {"kind": "face", "value": ""}}, {"/proof/kind", "/proof/value"}),
        ({"reward": "mug", "proof": "2580"}, {"/proof"}),
        ({"reward": "mug", "member": {}, "proof": {"kind": "pin", "value": "1"}}, {"/member"}),
        ({"reward": "mug", "member": {"number": "1"}, "proof": {"kind": "pin", "value": "1"}, "price": 1}, {"/price"}),
        ({"reward": "x" * 41, "proof": {"kind": "qr", "value": "x" * 65}}, {"/reward", "/proof/value"}),
    ],
)
def test_bad_bodies_change_nothing(till: Till, member: Member, rows: Rows, body: Any, pointers: set[str]) -> None:
    factories.reward()
    before = rows()

    told = till.post("redemptions", body)

    assert (told.status, told.code) == (400, "invalid_input")
    assert pointers <= {error["pointer"] for error in told.body["errors"]}
    assert rows() == before


@pytest.fixture
def voucher(member: Member) -> Voucher:
    factories.reward("five", kind="amount_off", amount=Decimal(5), name_en="£5 off", voucher_days=1)
    return redeem(member, "five", at=NOON).voucher


def test_a_voucher_is_checked_by_its_code(till: Till, voucher: Voucher) -> None:
    told = till.get(f"vouchers/{codes.written(voucher.code).lower()}")

    assert told.status == 200
    assert (told.body["code"], told.body["state"], told.body["amount"]) == (voucher.code, "issued", "5.00")
    assert Voucher.objects.get().state == "issued"


def test_a_voucher_past_its_time_is_shown_as_expired(
    till: Till, voucher: Voucher, clock: time_machine.Traveller
) -> None:
    clock.move_to(voucher.expires_at)

    assert till.get(f"vouchers/{voucher.code}").body["state"] == "expired"
    told = till.post(f"vouchers/{voucher.code}/use", {})
    assert (told.status, told.code) == (409, "voucher_expired")


@pytest.mark.parametrize(
    ("code", "status", "problem"),
    [
        ("0" * 15 + "1", 400, "invalid_voucher_code"),
        ("0" * 16, 404, "unknown_voucher"),
        ("x", 400, "invalid_voucher_code"),
        ("%00", 400, "invalid_voucher_code"),
    ],
)
def test_what_is_no_voucher_is_said_so(till: Till, shop: Shop, code: str, status: int, problem: str) -> None:
    for told in (
        till.get(f"vouchers/{code}"),
        till.post(f"vouchers/{code}/use", {}),
        till.post(f"vouchers/{code}/unuse", {}),
    ):
        assert (told.status, told.code) == (status, problem)


def test_a_voucher_is_used_once(till: Till, shop: Shop, voucher: Voucher) -> None:
    told = till.post(f"vouchers/{voucher.code}/use", {"receipt": "536365"}, key="k")
    replay = till.post(f"vouchers/{voucher.code}/use", {"receipt": "536365"}, key="k")
    same = till.post(f"vouchers/{voucher.code}/use", {"receipt": "536365"})
    other = till.post(f"vouchers/{voucher.code}/use", {"receipt": "536366"})
    elsewhere = Till(factories.terminal(factories.store("LON-2", "Greenwich"))).post(
        f"vouchers/{voucher.code}/use", {"receipt": "536365"}
    )

    assert (told.status, told.body["state"], told.body["store"], told.body["receipt"]) == (
        200,
        "used",
        "LON-1",
        "536365",
    )
    assert (told.body["used_at"], told.body["replayed"]) == (NOW.isoformat(), False)
    assert (replay.content, replay.headers["Idempotent-Replayed"]) == (told.content, "true")
    assert (same.status, same.body["replayed"], same.headers["Idempotent-Replayed"]) == (200, True, "true")
    assert [(each.status, each.code) for each in (other, elsewhere)] == [(409, "voucher_used")] * 2


def test_a_use_is_taken_back_within_an_hour(till: Till, voucher: Voucher, clock: time_machine.Traveller) -> None:
    use, unuse = f"vouchers/{voucher.code}/use", f"vouchers/{voucher.code}/unuse"
    till.post(use, {"receipt": "1"})

    back = till.post(unuse, {})
    assert (back.status, back.body["state"], back.body["receipt"]) == (200, "issued", None)
    assert (till.post(unuse, {}).code, till.post(use, {"receipt": "2"}).status) == ("voucher_not_used", 200)
    clock.shift(timedelta(hours=1, seconds=1))

    assert till.post(unuse, {}).code == "voucher_use_stands"
    assert till.post(unuse, {"why": "?"}).code == "invalid_input"


def test_the_code_of_a_voucher_is_not_kept_with_where_a_write_went(till: Till, voucher: Voucher) -> None:
    first = till.post(f"vouchers/{voucher.code}/use", {"receipt": "R-1"}, key="k")
    again = till.post(f"vouchers/{voucher.code}/use", {"receipt": "R-1"}, key="k")
    other = till.post(f"vouchers/{voucher.code}/unuse", {}, key="k")

    kept = IdempotencyKey.objects.get(key="k").path
    assert voucher.code not in kept
    assert (first.status, again.content, again.headers["Idempotent-Replayed"]) == (200, first.content, "true")
    assert (other.status, other.body["code"], voucher.code in other.body["detail"]) == (422, "key_reused", False)


def test_a_cancelled_voucher_is_refused(till: Till, voucher: Voucher) -> None:
    redemption.cancel(voucher, at=NOON, actor="portal")

    told = till.post(f"vouchers/{voucher.code}/use", {})

    assert (told.status, told.code) == (409, "voucher_cancelled")
    assert till.get(f"vouchers/{voucher.code}").body["state"] == "cancelled"


def test_so_many_statements(till: Till, shop: Shop, member: Member, voucher: Voucher, statements: Statements) -> None:
    factories.reward(stock=3, minimum_tier=shop.tiers[0], limit_per_member=1)
    till.get("rewards", number=member.number)
    rules.rulebook(Programme.objects.get())  # what a process keeps until the revision changes
    shown = by_qr(member)
    calls: dict[str, Callable[[], Told]] = {
        "rewards": lambda: till.get("rewards", number=member.number),
        "redeem": lambda: till.post("redemptions", shown),
        "check": lambda: till.get(f"vouchers/{voucher.code}"),
        "use": lambda: till.post(f"vouchers/{voucher.code}/use", {"receipt": "1"}),
        "unuse": lambda: till.post(f"vouchers/{voucher.code}/unuse", {}),
    }
    counted = {}

    for name, call in calls.items():
        with statements() as found:
            told = call()
        assert told.status in {200, 201}, told.body
        counted[name] = len(found)

    assert counted == {"rewards": 5, "redeem": 8, "check": 2, "use": 7, "unuse": 6}
