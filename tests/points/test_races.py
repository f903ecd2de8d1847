"""Many at once on real connections: no point lost, doubled or spent twice."""

from datetime import timedelta
from itertools import count

import pytest
from django.db import transaction
from django.utils import timezone

from points import expiry, ledger, queries, verification
from points.ledger import Accrual, Grant, InsufficientPoints, Reversal
from points.models import Account, Lot, Movement, PointType, Posting
from tests import factories
from tests.racing import run_in_threads

NOW = timezone.now().replace(microsecond=0)
WORDS = {"en": "bought", "zh-hans": "消费"}


def accrue(account: int, points: int, reference: str, *, days: int = 30) -> int:
    grant = Grant(points, "base", 1, WORDS, NOW - timedelta(days=40), NOW + timedelta(days=days))
    with transaction.atomic():
        return ledger.accrue([Accrual(account, reference, [grant], NOW, NOW - timedelta(days=39), "till")])[
            0
        ].posting_id


def account_of(point_type: PointType) -> int:
    member = factories.member().pk
    with transaction.atomic():
        return ledger.open_accounts([(member, point_type.pk, NOW)])[member, point_type.pk].account_id


@pytest.fixture
def point_type(committed_db: None) -> PointType:
    factories.programme()
    return factories.point_type()


def test_twelve_tills_can_spend_a_balance_only_once(point_type: PointType) -> None:
    account = account_of(point_type)
    for place in range(10):
        accrue(account, 10, f"purchase:{place}")
    references = count()

    def spend(_who: int) -> int:
        spent = 0
        for _turn in range(15):
            try:
                with transaction.atomic():
                    reference = f"voucher:{next(references)}"
                    ledger.redeem(account, 1, reference=reference, at=timezone.now(), actor="member")
            except InsufficientPoints:
                continue
            spent += 1
        return spent

    assert sum(run_in_threads(12, spend)) == 100
    assert Account.objects.get(pk=account).available == 0
    assert Posting.objects.filter(account=account, kind="redeem").count() == 100
    assert verification.faults() == []


def test_one_accrual_sent_by_twenty_tills_is_booked_once(point_type: PointType) -> None:
    account = account_of(point_type)

    postings = run_in_threads(20, lambda _who: accrue(account, 25, "purchase:LON-1/T1/2026-01-01/7"))

    assert len(set(postings)) == 1
    assert Account.objects.get(pk=account).available == 25
    assert verification.faults() == []


def test_two_reversals_of_one_accrual_take_it_back_once(point_type: PointType) -> None:
    account = account_of(point_type)
    posting = accrue(account, 100, "purchase:1")

    def take_back(who: int) -> bool:
        try:
            with transaction.atomic():
                ledger.reverse([Reversal(posting, 60, f"return:{who}", NOW, timezone.now(), "till")])
        except ledger.MoreThanAccrued:
            return False
        return True

    assert sorted(run_in_threads(2, take_back)) == [False, True]
    assert Account.objects.get(pk=account).available == 40
    assert verification.faults() == []


def test_a_sweep_among_sales_and_returns_expires_each_lot_once(point_type: PointType) -> None:
    accounts = [account_of(point_type) for _ in range(40)]
    first = [accrue(account, 50, "purchase:old", days=-1) for account in accounts]

    def till(who: int) -> int:
        for place, account in enumerate(accounts):
            accrue(account, 10, f"purchase:{who}")
            if who == place % 2:
                with transaction.atomic():
                    ledger.reverse([Reversal(first[place], 20, "return:1", NOW, timezone.now(), "till")])
        return 0

    def sweep(_who: int) -> int:
        return expiry.expire_due(timezone.now(), chunk=7).points

    swept = run_in_threads(4, lambda who: till(who) if who < 2 else sweep(who))

    assert sum(swept) <= 2000
    assert expiry.expire_due(timezone.now()) == expiry.Swept(0, 0)
    expired = Movement.objects.filter(to_bucket="expired")
    assert sum(expired.values_list("points", flat=True)) == 2000
    assert expired.count() == 40
    # what is taken back of an expired lot costs nothing: 2 × 10 points remain on each account, and no debt
    assert set(Account.objects.values_list("available", "debt")) == {(20, 0)}
    assert verification.faults() == []


def test_two_sweeps_at_once_share_the_work(point_type: PointType) -> None:
    accounts = [account_of(point_type) for _ in range(60)]
    for account in accounts:
        accrue(account, 5, "purchase:old", days=-1)

    swept = run_in_threads(2, lambda _who: expiry.expire_due(timezone.now(), chunk=4).points)

    assert sum(swept) == 300
    assert not Lot.objects.filter(is_open=True).exists()
    assert queries.balances_of([a.member_id for a in Account.objects.all()], timezone.now()).keys() == {
        (a.member_id, point_type.pk) for a in Account.objects.all()
    }
    assert verification.faults() == []
