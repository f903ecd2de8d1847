"""Whatever is redeemed, used, cancelled and left to expire, in any order: stock, points and vouchers add up."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from core.errors import LoyaltyError
from points import verification
from rewards import redemption, supply, vouchers
from rewards.models import Unit, Voucher
from tests import factories
from tests.rewards.claims import NOON, PORTAL, available, redeem, rich

PRICE, POINTS, STOCK, LIMIT, DAYS = 70, 400, 4, 3, 2


@dataclass
class Claim:
    """What the model knows of a voucher."""

    voucher: Voucher
    who: int
    state: str

    def is_ready(self, at: datetime) -> bool:
        return self.state == "issued" and at < self.voucher.expires_at


class Desk(RuleBasedStateMachine):
    """Two members, one reward of which there are four, at most three for each member."""

    def __init__(self) -> None:
        super().__init__()
        self.story = transaction.atomic()
        self.story.__enter__()
        shop = factories.shop()
        self.store = shop.store.pk
        self.reward = factories.reward(stock=STOCK, price=PRICE, limit_per_member=LIMIT, voucher_days=DAYS)
        self.members = [rich(POINTS), rich(POINTS)]
        self.points = [POINTS, POINTS]
        self.left = STOCK
        self.claims: dict[tuple[int, str], Claim] = {}
        self.at = NOON

    def claim(self, number: int) -> Claim:
        return list(self.claims.values())[number % len(self.claims)]

    @rule(who=st.integers(0, 1), token=st.sampled_from("abcdefgh"))
    def redeem(self, who: int, token: str) -> None:
        known = self.claims.get((who, token))
        had = [claim for claim in self.claims.values() if claim.who == who and claim.state != "cancelled"]
        try:
            redeemed = redeem(self.members[who], token=token, at=self.at)
        except LoyaltyError as found:
            refusal = found.code
        else:
            refusal = ""
        if refusal:
            assert known is None
            obstacles = {
                "reward_sold_out": self.left == 0,
                "reward_limit_reached": len(had) >= LIMIT,
                "insufficient_points": self.points[who] < PRICE,
            }
            assert refusal == next(code for code, stands_between in obstacles.items() if stands_between)
            return
        assert redeemed.is_repeat == (known is not None)
        if known:
            assert redeemed.voucher == known.voucher
        else:
            self.claims[who, token] = Claim(redeemed.voucher, who, "issued")
            self.points[who] -= PRICE
            self.left -= 1

    @precondition(lambda self: self.claims)
    @rule(number=st.integers(0, 99))
    def use(self, number: int) -> None:
        claim = self.claim(number)
        try:
            vouchers.use(claim.voucher.code, store_id=self.store, terminal_id=None, at=self.at, actor="till")
        except LoyaltyError:
            assert not claim.is_ready(self.at)
        else:
            assert claim.is_ready(self.at)
            claim.state = "used"

    @precondition(lambda self: self.claims)
    @rule(number=st.integers(0, 99))
    def unuse(self, number: int) -> None:
        claim = self.claim(number)
        used_at = Voucher.objects.get(pk=claim.voucher.pk).used_at
        try:
            vouchers.unuse(claim.voucher.code, store_id=self.store, at=self.at, actor="till")
        except LoyaltyError:
            assert claim.state != "used" or (used_at is not None and self.at > used_at + timedelta(hours=1))
        else:
            assert claim.state == "used"
            claim.state = "issued"

    @precondition(lambda self: self.claims)
    @rule(number=st.integers(0, 99))
    def cancel(self, number: int) -> None:
        claim = self.claim(number)
        try:
            cancelled = redemption.cancel(claim.voucher, at=self.at, actor=PORTAL)
        except LoyaltyError:
            assert claim.state != "cancelled"
            assert not claim.is_ready(self.at)
            return
        assert cancelled.is_repeat == (claim.state == "cancelled")
        if not cancelled.is_repeat:
            assert claim.is_ready(self.at)
            claim.state = "cancelled"
            self.points[claim.who] += PRICE
            self.left += 1

    @rule(by=st.integers(-3, 3).filter(bool))
    def restock(self, by: int) -> None:
        try:
            supply.change_stock(self.reward, by, actor=None)
        except LoyaltyError:
            assert -by > self.left
        else:
            self.left += by

    @rule(hours=st.sampled_from([0.5, 2, 30]))
    def time_passes(self, hours: float) -> None:
        self.at += timedelta(hours=hours)

    @rule()
    def night(self) -> None:
        vouchers.expire_due(self.at)
        for claim in self.claims.values():
            if claim.state == "issued" and not claim.is_ready(self.at):
                claim.state = "expired"

    @invariant()
    def all_adds_up(self) -> None:
        assert [available(member, self.at) for member in self.members] == self.points
        assert Unit.objects.filter(reward=self.reward, voucher=None).count() == self.left
        found = dict(Voucher.objects.values_list("pk", "state"))
        assert found == {claim.voucher.pk: claim.state for claim in self.claims.values()}
        held = set(Unit.objects.exclude(voucher=None).values_list("voucher_id", flat=True))
        assert held == {pk for pk, state in found.items() if state != "cancelled"}

    def teardown(self) -> None:
        assert verification.faults() == []
        transaction.set_rollback(True)
        self.story.__exit__(None, None, None)


def test_stock_points_and_vouchers_always_add_up(db: None) -> None:
    run_state_machine_as_test(
        Desk,
        settings=settings(
            max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
