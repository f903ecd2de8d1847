"""When all goods of a purchase are back, the vouchers that took something off it are back too, once."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from core.models import Event, Programme
from members.models import Member
from points import queries, verification
from points.models import Posting
from pos.models import VoucherGivenBack
from pos.settling import Recorded
from rewards import redemption, supply, vouchers
from rewards.models import Reward, Unit, Voucher
from tests import factories
from tests.factories import Shop
from tests.pos.selling import bring_back, receipt, sell
from tests.racing import run_in_threads
from tests.rewards.claims import rich

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=3)


@pytest.fixture
def shop(db: None) -> Shop:
    return factories.shop()


@pytest.fixture
def ada(shop: Shop) -> Member:
    """A member with 500 points."""
    return rich(500, at=NOON)


def voucher(member: Member, **changes: Any) -> Voucher:
    """A voucher of the member's: £5 off, valid for 90 days, unless it is another."""
    values: dict[str, Any] = {"kind": Reward.Kind.AMOUNT_OFF, "amount": Decimal(5), "name_en": "£5 off", **changes}
    code = f"reward-{Reward.objects.count()}"
    factories.reward(code, **values)
    return redemption.redeem(member.pk, code, token=code, at=NOON, actor="portal").voucher


def present(member: Member) -> Voucher:
    """A voucher of £5 off that was given to the member, for 90 days."""
    reward = factories.reward("present", kind=Reward.Kind.AMOUNT_OFF, amount=Decimal(5), name_en="£5 off")
    programme = Programme.objects.get()
    with transaction.atomic():
        return redemption.give(member.pk, reward, token="birthday", at=NOON, actor="greetings", programme=programme)


def use(shop: Shop, code: Voucher, number: str, at: datetime = NOON) -> None:
    vouchers.use(
        code.code, store_id=shop.store.pk, terminal_id=shop.terminal.pk, at=at, actor="till:LON-1/T1", receipt=number
    )


def buy(shop: Shop, member: Member | None, *used: Voucher, number: str = "1", at: datetime = NOON) -> Recorded:
    """Two things for £20 and £10, with vouchers."""
    (sale,) = sell(receipt(shop, number, "20.00", "10.00", member=member, at=at))
    for each in used:
        use(shop, each, number, at)
    return sale


def state(of: Voucher) -> str:
    return Voucher.objects.get(pk=of.pk).state


def available(member: Member, at: datetime = LATER) -> int:
    return queries.balance(member.pk, at).available


def test_a_full_return_makes_the_voucher_ready_again(shop: Shop, ada: Member) -> None:
    five, tenth = voucher(ada), voucher(ada, kind=Reward.Kind.PERCENT_OFF, amount=None, percent=10)
    sale = buy(shop, ada, five, tenth)

    result = bring_back(shop, sale, "R1", (1, "1"), (2, "1"), at=LATER)

    assert [(given.voucher.pk, given.points) for given in result.vouchers] == [(five.pk, 0), (tenth.pk, 0)]
    assert (state(five), state(tenth), available(ada)) == ("issued", "issued", 300)
    five.refresh_from_db()
    assert (five.used_at, five.store, five.receipt) == (None, None, "")
    assert [row.voucher for row in VoucherGivenBack.objects.order_by("id")] == [five, tenth]
    told = Event.objects.filter(kind="voucher.unused").order_by("id")[0].payload
    assert (told["receipt"], told["return"]) == ("1", "return:LON-1/T1/2026-03-02/1/R1")
    use(shop, five, "2", LATER)
    assert verification.faults() == []


def test_a_present_is_ready_again_in_its_time_and_stays_used_after_it(shop: Shop, ada: Member) -> None:
    given = present(ada)
    sale = buy(shop, ada, given)
    result = bring_back(shop, sale, "R1", (1, "1"), (2, "1"), at=LATER)
    assert [(each.voucher.pk, each.points) for each in result.vouchers] == [(given.pk, 0)]
    assert (state(given), available(ada)) == ("issued", 500)

    second = buy(shop, ada, given, number="2", at=LATER)
    late = given.expires_at + timedelta(days=1)
    assert bring_back(shop, second, "R2", (1, "1"), (2, "1"), at=late).vouchers == []
    assert state(given) == "used"
    assert verification.faults() == []


def test_a_part_gives_nothing_back_and_the_last_part_does(shop: Shop, ada: Member) -> None:
    five = voucher(ada)
    sale = buy(shop, ada, five)

    assert bring_back(shop, sale, "R1", (1, "1"), at=LATER).vouchers == []
    assert state(five) == "used"
    assert [given.voucher for given in bring_back(shop, sale, "R2", (2, "1"), at=LATER).vouchers] == [five]
    assert state(five) == "issued"


def test_a_repeated_return_gives_back_once(shop: Shop, ada: Member) -> None:
    five = voucher(ada)
    sale = buy(shop, ada, five)
    goods = (1, "1"), (2, "1")
    bring_back(shop, sale, "R1", *goods, at=LATER)
    use(shop, five, "2", LATER)

    again = bring_back(shop, sale, "R1", *goods, at=LATER)

    assert (again.is_repeat, state(five), VoucherGivenBack.objects.count()) == (True, "used", 1)


def test_an_expired_voucher_comes_back_as_its_points(shop: Shop, ada: Member) -> None:
    """Before the points of the purchase are taken back, which were spent: nothing is owed."""
    five = voucher(ada, voucher_days=2, stock=None)
    sale = buy(shop, ada, five)
    factories.reward("all", price=430)
    redemption.redeem(ada.pk, "all", token="all", at=NOON, actor="portal")
    assert available(ada) == 0

    result = bring_back(shop, sale, "R1", (1, "1"), (2, "1"), at=LATER)

    (given,) = result.vouchers
    assert (given.points, state(five)) == (100, "cancelled")
    assert queries.balance(ada.pk, LATER) == queries.Balance(available=70)
    five.refresh_from_db()
    restored = Posting.objects.get(kind="restore")
    assert (five.restoration, five.cancelled_by, restored.points) == (restored, "till:LON-1/T1", 100)
    assert VoucherGivenBack.objects.get().posting == restored
    assert verification.faults() == []


def test_an_expired_voucher_puts_its_piece_back_into_stock(shop: Shop, ada: Member) -> None:
    five = voucher(ada, voucher_days=2, stock=1)
    assert Unit.objects.get().voucher == five

    bring_back(shop, buy(shop, ada, five), "R1", (1, "1"), (2, "1"), at=LATER)

    assert Unit.objects.get().voucher is None


def test_a_friends_voucher_goes_back_to_the_friend(shop: Shop, ada: Member) -> None:
    """Also without member, and also when it has expired."""
    ready, late = voucher(ada), voucher(ada, voucher_days=2)
    bob = factories.member(name="Bob")
    sales = [buy(shop, bob, ready, number="1"), buy(shop, None, late, number="2")]

    for sale in sales:
        bring_back(shop, sale, "R1", (1, "1"), (2, "1"), at=LATER)

    assert (state(ready), state(late), available(ada), available(bob)) == ("issued", "cancelled", 400, 0)
    assert verification.faults() == []


def test_gifts_and_suppliers_codes_stay_used(shop: Shop, ada: Member) -> None:
    mug = voucher(ada, kind=Reward.Kind.GIFT, amount=None)
    factories.reward("cinema", kind=Reward.Kind.AMOUNT_OFF, amount=Decimal(5), supply=Reward.Supply.CODES)
    supply.add_codes(Reward.objects.get(code="cinema"), "March", ["FILM-1"], at=NOON, actor=None)
    film = redemption.redeem(ada.pk, "cinema", token="film", at=NOON, actor="portal").voucher

    result = bring_back(shop, buy(shop, ada, mug, film), "R1", (1, "1"), (2, "1"), at=LATER)

    assert (result.vouchers, state(mug), state(film)) == ([], "used", "used")


def test_a_receipt_number_that_comes_again_is_told_apart(shop: Shop, ada: Member) -> None:
    """A till that begins at 1 every morning, and one voucher used without any receipt."""
    yesterday, today, loose = voucher(ada), voucher(ada), voucher(ada)
    day = timedelta(hours=23)
    first, second = buy(shop, ada, yesterday), buy(shop, ada, today, at=NOON + day)
    use(shop, loose, "")

    bring_back(shop, second, "R1", (1, "1"), (2, "1"), at=LATER)
    assert [state(yesterday), state(today), state(loose)] == ["used", "issued", "used"]
    bring_back(shop, first, "R1", (1, "1"), (2, "1"), at=LATER)
    assert [state(yesterday), state(today), state(loose)] == ["issued", "issued", "used"]


def test_a_use_that_was_taken_back_is_nobodys(shop: Shop, ada: Member) -> None:
    five = voucher(ada)
    sale = buy(shop, ada, five)
    vouchers.unuse(five.code, store_id=shop.store.pk, at=NOON, actor="till:LON-1/T1")

    assert bring_back(shop, sale, "R1", (1, "1"), (2, "1"), at=LATER).vouchers == []


def test_what_was_given_back_is_written_down_for_ever(shop: Shop, ada: Member) -> None:
    bring_back(shop, buy(shop, ada, voucher(ada)), "R1", (1, "1"), (2, "1"), at=LATER)

    for change in ("update pos_vouchergivenback set posting_id = null", "delete from pos_vouchergivenback"):
        with pytest.raises(DatabaseError, match="is append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


def test_two_last_returns_at_once(committed_db: None) -> None:
    """Each brings back one of two lines: whichever is second gives the voucher back, and its points once."""
    shop = factories.shop()
    ada = rich(500, at=NOON)
    late = voucher(ada, voucher_days=2)
    sale = buy(shop, ada, late)

    found = run_in_threads(
        2, lambda number: len(bring_back(shop, sale, f"R{number}", (number + 1, "1"), at=LATER).vouchers)
    )

    assert sorted(found) == [0, 1]
    assert (state(late), available(ada), VoucherGivenBack.objects.count()) == ("cancelled", 500, 1)
    assert verification.faults() == []


def test_a_use_taken_back_in_the_same_moment(committed_db: None) -> None:
    shop = factories.shop()
    ada = rich(500, at=NOON)
    five = voucher(ada)
    sale = buy(shop, ada, five)

    def race(number: int) -> None:
        if number:
            bring_back(shop, sale, "R1", (1, "1"), (2, "1"), at=NOON)
            return
        try:
            with transaction.atomic():
                vouchers.unuse(five.code, store_id=shop.store.pk, at=NOON, actor="till:LON-1/T1")
        except vouchers.VoucherNotUsed:
            pass  # the return was first

    run_in_threads(2, race)

    assert (state(five), Event.objects.filter(kind="voucher.unused").count()) == ("issued", 1)
