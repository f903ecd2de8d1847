"""Vouchers at the till: once, in time, and nothing about them changes but their state."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from core.errors import LoyaltyError
from core.models import Event
from members.identity import MemberClosed, MemberSuspended
from members.models import Member
from rewards import codes, queries, redemption, vouchers
from rewards.models import Unit, Voucher
from rewards.vouchers import (
    InvalidVoucherCode,
    UnknownVoucher,
    UseStands,
    VoucherCancelled,
    VoucherExpired,
    VoucherNotUsed,
    VoucherUsed,
)
from tests import factories
from tests.factories import Shop
from tests.rewards.claims import NOON, PORTAL, available, left, redeem, rich, states


@pytest.fixture
def voucher(shop: Shop) -> Voucher:
    """A voucher for one of three mugs, valid for a day."""
    factories.reward(stock=3, voucher_days=1)
    return redeem(rich()).voucher


def use(shop: Shop, voucher: Voucher, **changes: Any) -> vouchers.Used:
    """Use a voucher at the shop's till, with receipt 1."""
    values = {"store_id": shop.store.pk, "terminal_id": shop.terminal.pk, "at": NOON, "actor": "till:LON-1/T1"}
    return vouchers.use(voucher.code, **{**values, "receipt": "1", **changes})


def test_a_voucher_is_found_as_it_is_typed(voucher: Voucher) -> None:
    assert vouchers.find(codes.written(voucher.code).lower()) == voucher


def test_a_mistyped_code_is_told_from_an_unknown_one(voucher: Voucher) -> None:
    wrong = voucher.code[:-1] + ("0" if voucher.code[-1] != "0" else "1")

    with pytest.raises(InvalidVoucherCode):
        vouchers.find(wrong)
    with pytest.raises(UnknownVoucher):
        vouchers.find(codes.draw())


def test_members_see_their_own_vouchers_only(voucher: Voucher) -> None:
    stranger = factories.member()

    assert vouchers.own(voucher.member_id, voucher.uuid) == voucher
    with pytest.raises(UnknownVoucher):
        vouchers.own(stranger.pk, voucher.uuid)
    assert (list(queries.vouchers(stranger.pk)), list(queries.vouchers(voucher.member_id))) == ([], [voucher])


def test_a_voucher_is_used_once(shop: Shop, voucher: Voucher) -> None:
    used = use(shop, voucher)

    voucher.refresh_from_db()
    assert used == vouchers.Used(voucher, is_repeat=False)
    assert (voucher.state, voucher.used_at, voucher.used_by) == ("used", NOON, "till:LON-1/T1")
    assert (voucher.store, voucher.terminal, voucher.receipt) == (shop.store, shop.terminal, "1")
    with pytest.raises(VoucherUsed) as refusal:
        use(shop, voucher, receipt="2")
    assert refusal.value.details == {"used_at": NOON, "store": "LON-1"}


def test_the_same_receipt_of_the_same_till_is_told_again(shop: Shop, voucher: Voucher) -> None:
    use(shop, voucher)

    assert use(shop, voucher, at=NOON + timedelta(days=9)).is_repeat
    other = factories.terminal(shop.store, "T2")
    with pytest.raises(VoucherUsed):
        use(shop, voucher, terminal_id=other.pk)
    assert Event.objects.filter(kind="voucher.used").count() == 1


def test_without_receipt_every_second_time_is_refused(shop: Shop, voucher: Voucher) -> None:
    use(shop, voucher, receipt="")

    with pytest.raises(VoucherUsed):
        use(shop, voucher, receipt="")


def test_a_voucher_is_valid_to_the_end_of_its_last_day(shop: Shop, voucher: Voucher) -> None:
    with pytest.raises(VoucherExpired) as refusal:
        use(shop, voucher, at=voucher.expires_at)
    assert refusal.value.details == {"expired_at": voucher.expires_at}

    assert use(shop, voucher, at=voucher.expires_at - timedelta(microseconds=1)).voucher.state == "used"


def test_a_cancelled_voucher_is_refused(shop: Shop, voucher: Voucher) -> None:
    redemption.cancel(voucher, at=NOON, actor=PORTAL)

    with pytest.raises(VoucherCancelled):
        use(shop, voucher)


@pytest.mark.parametrize(("status", "refusal"), [("suspended", MemberSuspended), ("closed", MemberClosed)])
def test_suspended_and_closed_members_use_nothing(
    shop: Shop, voucher: Voucher, status: str, refusal: type[LoyaltyError]
) -> None:
    Member.objects.update(status=status)

    with pytest.raises(refusal):
        use(shop, voucher)
    assert Voucher.objects.get().state == "issued"


def test_a_use_is_taken_back_within_an_hour_in_its_store(shop: Shop, voucher: Voucher) -> None:
    use(shop, voucher)
    elsewhere = factories.store("LON-2", "Greenwich")

    with pytest.raises(VoucherNotUsed):
        vouchers.unuse(voucher.code, store_id=elsewhere.pk, at=NOON, actor="till")
    with pytest.raises(UseStands):
        vouchers.unuse(voucher.code, store_id=shop.store.pk, at=NOON + timedelta(hours=1, seconds=1), actor="till")
    back = vouchers.unuse(voucher.code, store_id=shop.store.pk, at=NOON + timedelta(hours=1), actor="till")

    assert (back.state, back.used_at, back.store, back.receipt) == ("issued", None, None, "")
    with pytest.raises(VoucherNotUsed):
        vouchers.unuse(voucher.code, store_id=shop.store.pk, at=NOON, actor="till")
    assert not use(shop, voucher).is_repeat
    told = Event.objects.filter(kind__startswith="voucher.").order_by("id")
    assert [event.kind for event in told] == ["voucher.issued", "voucher.used", "voucher.unused", "voucher.used"]


def test_the_night_writes_down_what_was_not_used_in_time(shop: Shop, voucher: Voucher) -> None:
    member, later = voucher.member, redeem(voucher.member, token="2", at=NOON + timedelta(days=1)).voucher
    used = redeem(member, token="3").voucher
    use(shop, used)
    ticks: list[int] = []

    expired = vouchers.expire_due(voucher.expires_at, chunk=1, tick=ticks.append)

    assert (expired, ticks) == (1, [1])
    assert states(member) == ["expired", "issued", "used"]
    assert later.state_at(voucher.expires_at) == "issued"
    assert (available(member, later.expires_at), left()) == (200, 0)  # points stay spent, stock stays taken
    assert vouchers.expire_due(voucher.expires_at) == 0


def test_an_expired_voucher_shows_as_such_before_the_night(voucher: Voucher) -> None:
    assert voucher.state_at(voucher.expires_at - timedelta(microseconds=1)) == "issued"
    assert voucher.state_at(voucher.expires_at) == "expired"


@pytest.mark.parametrize(
    "change",
    [
        "code = '0000000000000000'",
        "member_id = member_id + 1",
        "points = 1",
        "token = 'x'",
        "names = '{}'",
        "expires_at = expires_at + interval '1 day'",
        "state = state",
    ],
)
def test_what_a_voucher_promises_never_changes(voucher: Voucher, change: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"update rewards_voucher set {change}")


@pytest.mark.parametrize("statement", ["delete from rewards_voucher", "truncate rewards_voucher cascade"])
def test_no_voucher_is_deleted(voucher: Voucher, statement: str) -> None:
    connection.check_constraints()  # a table with checks to come can't be emptied anyway
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("state", ["cancelled", "expired"])
@pytest.mark.parametrize("then", ["issued", "used", "cancelled", "expired"])
def test_cancelled_and_expired_are_for_ever(shop: Shop, voucher: Voucher, state: str, then: str) -> None:
    if state == "cancelled":
        redemption.cancel(voucher, at=NOON, actor=PORTAL)
    else:
        vouchers.expire_due(voucher.expires_at)

    with pytest.raises(IntegrityError), transaction.atomic():
        Voucher.objects.update(state=then)


def test_a_used_voucher_is_not_cancelled_by_whatever_writes(shop: Shop, voucher: Voucher) -> None:
    use(shop, voucher)

    for state in ("cancelled", "expired"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Voucher.objects.update(state=state, used_at=None, store=None, terminal=None, receipt="", used_by="")


def test_a_taken_piece_is_not_given_to_somebody_else(shop: Shop, voucher: Voucher) -> None:
    other = redeem(rich(), token="2").voucher
    Unit.objects.filter(voucher=other).update(voucher=None)

    with pytest.raises(IntegrityError), transaction.atomic():
        Unit.objects.filter(voucher=voucher).update(voucher=other)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("delete from rewards_unit where voucher_id is not null")
