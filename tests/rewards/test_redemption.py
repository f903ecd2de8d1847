"""Redeeming rewards and cancelling vouchers: points, voucher and stock together, or nothing."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import translation

from access.models import AuditEntry
from core.errors import LoyaltyError
from core.models import Event
from members.identity import MemberClosed, MemberSuspended
from members.models import Member
from points import verification
from points.ledger import InsufficientPoints
from points.models import Lot, Posting
from rewards import codes, redemption, supply, vouchers
from rewards.catalogue import LimitReached, RewardEnded, RewardNotYet, RewardSoldOut, TierTooLow, UnknownReward
from rewards.models import Reward, Unit, Voucher
from rewards.redemption import CodeWasGiven, PriceChanged, RedemptionConflict
from rewards.vouchers import VoucherExpired, VoucherUsed
from tests import factories
from tests.factories import Shop
from tests.rewards.claims import NOON, PORTAL, available, give, left, redeem, rich, states
from tiers import qualification
from tiers.models import TierChange


def test_a_reward_costs_its_points_and_gives_a_voucher(shop: Shop) -> None:
    member = rich(500)
    factories.reward(stock=3, voucher_days=30)

    redeemed = redeem(member)

    voucher = Voucher.objects.get()
    assert redeemed == redemption.Redeemed(voucher, available=400, is_repeat=False)
    assert (available(member), left()) == (400, 2)
    assert (voucher.state, voucher.points, voucher.names) == ("issued", 100, {"en": "Mug", "zh-hans": "马克杯"})
    assert codes.is_valid(voucher.code)
    assert voucher.expires_at == datetime(2026, 4, 9, 23, tzinfo=UTC)  # 9 April is over, by London's clock
    posting = Posting.objects.latest("id")
    assert (posting.kind, posting.points, posting.reference) == ("redeem", -100, f"voucher:{voucher.uuid}")
    assert posting.reasons == [{"points": -100, "rule": "reward:mug", "version": 0, "words": voucher.names}]
    assert voucher.redemption == posting


def test_a_redemption_is_told_without_the_code(shop: Shop) -> None:
    member = rich()
    factories.reward()

    voucher = redeem(member).voucher

    event = Event.objects.get(kind="voucher.issued")
    assert (event.member_id, event.reference) == (member.pk, f"voucher:{voucher.uuid}")
    assert event.payload == {"reward": "mug", "points": 100, "words": voucher.names}


def test_the_same_token_answers_the_first_voucher_for_ever(shop: Shop) -> None:
    member = rich(500)
    factories.reward(stock=5)
    first = redeem(member, token="button")
    Reward.objects.update(price=200, ends_on=date(2026, 3, 10))

    again = redeem(member, token="button", at=NOON + timedelta(days=400))

    assert again == redemption.Redeemed(first.voucher, available=400, is_repeat=True)
    assert (Voucher.objects.count(), left(), available(member)) == (1, 4, 400)


def test_a_token_is_its_members_own(shop: Shop) -> None:
    ada, bob = rich(), rich()
    factories.reward()

    assert redeem(ada, token="1").voucher != redeem(bob, token="1").voucher


def test_a_token_can_not_ask_for_another_reward(shop: Shop) -> None:
    member = rich()
    factories.reward()
    factories.reward("bag")
    redeem(member, "mug", token="button")

    with pytest.raises(RedemptionConflict):
        redeem(member, "bag", token="button")

    assert (states(member), available(member)) == (["issued"], 400)


def refused(
    member: Member, refusal: type[LoyaltyError], *, at: datetime = NOON, price: int | None = None
) -> LoyaltyError:
    """That redeeming is refused, and nothing was changed; answers the refusal."""
    before = (available(member, at), left(), states(member), Posting.objects.count(), Event.objects.count())
    with pytest.raises(refusal) as raised, transaction.atomic():
        redeem(member, at=at, token="refused", price=price)
    assert (available(member, at), left(), states(member), Posting.objects.count(), Event.objects.count()) == before
    return raised.value


def test_too_few_points_change_nothing(shop: Shop) -> None:
    member = rich(99)
    factories.reward(stock=1)

    refusal = refused(member, InsufficientPoints)

    assert refusal.details == {"available": 99, "wanted": 100}


def test_what_expires_meanwhile_can_not_be_spent(shop: Shop) -> None:
    member = factories.member()
    give(member, 100, until=NOON + timedelta(hours=1))
    factories.reward()

    refused(member, InsufficientPoints, at=NOON + timedelta(hours=1))


def test_who_comes_too_late_keeps_their_points_and_reads_why(shop: Shop) -> None:
    ada, bob = rich(), rich()
    factories.reward(stock=1)
    redeem(ada)

    refusal = refused(bob, RewardSoldOut)

    assert str(refusal) == "This reward is sold out. No points were taken."


def test_a_stock_that_was_never_filled_is_sold_out(shop: Shop) -> None:
    factories.reward(stock=0)

    refused(rich(), RewardSoldOut)


@pytest.mark.parametrize("code", ["cup", "off"])
def test_what_is_not_there_or_off_can_not_be_had(shop: Shop, code: str) -> None:
    factories.reward("off", is_active=False)

    with pytest.raises(UnknownReward):
        redeem(rich(), code)

    assert Voucher.objects.count() == 0


def test_a_reward_can_be_had_from_its_first_to_its_last_day(shop: Shop) -> None:
    member = rich()
    factories.reward(begins_on=date(2026, 3, 10), ends_on=date(2026, 3, 12))

    early = refused(member, RewardNotYet, at=datetime(2026, 3, 9, 23, 59, tzinfo=UTC))
    late = refused(member, RewardEnded, at=datetime(2026, 3, 13, tzinfo=UTC))
    redeem(member, token="first", at=datetime(2026, 3, 10, tzinfo=UTC))
    redeem(member, token="last", at=datetime(2026, 3, 12, 23, 59, tzinfo=UTC))

    assert (early.details, late.details) == ({"begins_on": date(2026, 3, 10)}, {"ends_on": date(2026, 3, 12)})
    assert states(member) == ["issued", "issued"]


def test_days_are_business_days(db: None) -> None:
    factories.chinese_shop()  # whose days end at four in the morning
    member = rich()
    factories.reward(ends_on=date(2026, 3, 10))

    redeem(member, at=datetime(2026, 3, 10, 19, 59, tzinfo=UTC))  # 03:59 on the 11th in Shanghai
    refused(member, RewardEnded, at=datetime(2026, 3, 10, 20, 0, tzinfo=UTC))


def test_a_reward_for_a_tier_is_for_those_who_hold_it_or_more(shop: Shop) -> None:
    _lowest, silver, gold = shop.tiers
    ada, bob, eve = rich(), rich(), rich()
    for member, tier in ((bob, silver), (eve, gold)):
        qualification.grant(
            member.pk, tier, on=date(2026, 3, 1), until=date(2026, 3, 31), cause=TierChange.Cause.STAFF,
            reference="t", at=NOON,
        )  # fmt: skip
    factories.reward(minimum_tier=silver)

    refusal = refused(ada, TierTooLow)
    redeem(bob)
    redeem(eve)

    assert refusal.details == {"tier": "silver", "name": "Silver"}
    assert (states(ada), states(bob), states(eve)) == ([], ["issued"], ["issued"])
    refused(bob, TierTooLow, at=datetime(2026, 6, 1, tzinfo=UTC))  # the tier has run out, whether or not reviewed


def test_a_member_may_have_so_many(shop: Shop) -> None:
    member = rich(1000)
    factories.reward(limit_per_member=2)
    redeem(member, token="1")
    second = redeem(member, token="2").voucher

    refusal = refused(member, LimitReached)
    redemption.cancel(second, at=NOON, actor=PORTAL)
    redeem(member, token="3")

    assert refusal.details == {"limit": 2}
    assert states(member) == ["issued", "cancelled", "issued"]
    refused(member, LimitReached, at=NOON + timedelta(days=3000))


def test_a_member_may_have_so_many_within_days(shop: Shop) -> None:
    member = rich(1000)
    factories.reward(limit_per_member=1, limit_days=30)
    redeem(member, token="1")

    refused(member, LimitReached, at=NOON + timedelta(days=30) - timedelta(seconds=1))
    redeem(member, token="2", at=NOON + timedelta(days=30))

    assert states(member) == ["issued", "issued"]


@pytest.mark.parametrize(("status", "refusal"), [("suspended", MemberSuspended), ("closed", MemberClosed)])
def test_suspended_and_closed_members_redeem_nothing(shop: Shop, status: str, refusal: type[LoyaltyError]) -> None:
    member = rich()
    factories.reward()
    Member.objects.update(status=status)

    refused(member, refusal)


def test_a_member_never_pays_more_than_they_were_shown(shop: Shop) -> None:
    member = rich()
    factories.reward(price=120)

    refusal = refused(member, PriceChanged, price=100)
    redeem(member, price=120)

    assert str(refusal) == "The price of this reward has changed: it is 120 points now. No points were taken."
    assert available(member) == 380


def test_a_voucher_keeps_what_it_promised(shop: Shop) -> None:
    member = rich()
    factories.reward("five", kind="amount_off", amount=Decimal(5), name_en="£5 off")
    voucher = redeem(member, "five").voucher

    Reward.objects.update(kind="percent_off", amount=None, percent=10, name_en="10 % off", voucher_days=1)

    voucher.refresh_from_db()
    assert (voucher.kind, voucher.amount, voucher.percent, voucher.names["en"]) == (
        "amount_off",
        Decimal(5),
        None,
        "£5 off",
    )


def test_cancelling_gives_points_back_to_their_lots_and_the_piece_to_the_stock(shop: Shop) -> None:
    member = factories.member()
    give(member, 60, until=NOON + timedelta(days=10))
    give(member, 60, until=NOON + timedelta(days=20))
    factories.reward(stock=1)
    voucher = redeem(member).voucher
    assert list(Lot.objects.order_by("expires_at").values_list("remaining", flat=True)) == [0, 20]

    cancelled = redemption.cancel(voucher, at=NOON + timedelta(hours=1), actor=PORTAL)

    voucher.refresh_from_db()
    assert cancelled == redemption.Cancelled(voucher, points=100, available=120, is_repeat=False)
    assert list(Lot.objects.order_by("expires_at").values_list("remaining", flat=True)) == [60, 60]
    assert (voucher.state, voucher.cancelled_by, left()) == ("cancelled", "portal", 1)
    assert voucher.restoration == Posting.objects.get(kind="restore")
    assert Event.objects.filter(kind="voucher.cancelled", member_id=member.pk).count() == 1
    assert verification.faults() == []


def test_cancelling_twice_gives_back_once(shop: Shop) -> None:
    member = rich()
    factories.reward(stock=1)
    voucher = redeem(member).voucher
    redemption.cancel(voucher, at=NOON, actor=PORTAL)

    again = redemption.cancel(voucher, at=NOON, actor=PORTAL)

    assert (again.points, again.available, again.is_repeat) == (100, 500, True)
    assert (available(member), left(), Posting.objects.filter(kind="restore").count()) == (500, 1, 1)


def test_points_that_expired_meanwhile_come_back_for_the_grace_only(shop: Shop) -> None:
    member = factories.member()
    give(member, 100, until=NOON + timedelta(days=1))
    factories.reward()
    voucher = redeem(member).voucher
    later = NOON + timedelta(days=5)

    cancelled = redemption.cancel(voucher, at=later, actor=PORTAL)

    assert (cancelled.points, available(member, later)) == (100, 100)
    assert available(member, later + timedelta(days=15)) == 0


def test_a_used_or_expired_voucher_can_not_be_cancelled(shop: Shop) -> None:
    member = rich()
    factories.reward(stock=5, voucher_days=1)
    used, old = redeem(member, token="1").voucher, redeem(member, token="2").voucher
    vouchers.use(used.code, store_id=shop.store.pk, terminal_id=shop.terminal.pk, at=NOON, actor="till")

    with pytest.raises(VoucherUsed):
        redemption.cancel(used, at=NOON, actor=PORTAL)
    with pytest.raises(VoucherExpired):
        redemption.cancel(old, at=old.expires_at, actor=PORTAL)

    assert (available(member), left()) == (300, 3)


def test_staff_cancel_with_a_reason_also_for_suspended_members(shop: Shop) -> None:
    member, sam = rich(), factories.staff()
    factories.reward()
    voucher = redeem(member).voucher
    Member.objects.update(status="suspended")

    with pytest.raises(MemberSuspended):
        redemption.cancel(voucher, at=NOON, actor=PORTAL)
    redemption.cancel(voucher, at=NOON, actor=f"staff:{sam.pk}", staff=sam, reason="The mug was broken.")

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject, entry.actor) == ("voucher.cancelled", f"voucher:{voucher.pk}", sam)
    assert (entry.reason, entry.changes) == ("The mug was broken.", {"member": member.pk, "points": 100})


def test_each_supplied_code_goes_to_one_voucher(shop: Shop) -> None:
    ada, bob, eve = rich(), rich(), rich()
    cinema = factories.reward("cinema", supply=Reward.Supply.CODES)
    supply.add_codes(cinema, "Odeon, March", ["ODEON-1", "ODEON-2"], at=NOON, actor=None)

    given = [redeem(member, "cinema").voucher.supplied_code for member in (ada, bob)]

    assert sorted(given) == ["ODEON-1", "ODEON-2"]
    assert {unit.code: unit.voucher and unit.voucher.member for unit in Unit.objects.all()} == {
        given[0]: ada,
        given[1]: bob,
    }
    with pytest.raises(RewardSoldOut):
        redeem(eve, "cinema")
    assert available(eve) == 500


def test_a_code_that_was_read_stays_taken(shop: Shop) -> None:
    member, sam = rich(), factories.staff()
    cinema = factories.reward("cinema", supply=Reward.Supply.CODES)
    supply.add_codes(cinema, "Odeon, March", ["ODEON-1"], at=NOON, actor=None)
    voucher = redeem(member, "cinema").voucher

    with pytest.raises(CodeWasGiven):
        redemption.cancel(voucher, at=NOON, actor=PORTAL)
    redemption.cancel(voucher, at=NOON, actor="staff:1", staff=sam, reason="The cinema closed.")

    assert (available(member), left("cinema")) == (500, 0)
    assert Voucher.objects.get().supplied_code == "ODEON-1"


def test_refusals_speak_both_languages(shop: Shop) -> None:
    with translation.override("zh-hans"):
        assert str(RewardSoldOut()) == "该礼遇已兑完，未扣除积分。"
