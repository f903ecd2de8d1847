"""Several workers at the same moment, and one that dies: everybody is rewarded once, within the limit."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from campaigns import referrals, rewarding
from campaigns.models import Referral, ReferralCode
from points import verification
from points.models import Account, Posting
from tests import factories
from tests.campaigns import friends
from tests.pos.selling import receipt, sell
from tests.racing import run_in_threads

JOINED_AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
DUE_AT = JOINED_AT + timedelta(days=20)


class Killed(Exception):
    """The worker is gone."""


def _dies_before_the_commit() -> None:
    with transaction.atomic():
        assert rewarding.go_on(at=DUE_AT, seconds=60) == 6
        raise Killed


def test_everybody_is_rewarded_once_whoever_comes_and_whoever_dies(committed_db: None) -> None:
    shop = factories.shop()
    friends.scheme(most_a_year=3, milestones=[[2, 40]])
    ada = factories.member()
    assert len(set(run_in_threads(4, lambda _number: referrals.code_of(ada, at=JOINED_AT)))) == 1
    for number in range(6):
        friend = friends.joins(ada, at=JOINED_AT).friend
        sell(receipt(shop, f"R-{number}", "25.00", member=friend, at=JOINED_AT))
    rewarding.find(shop.programme, at=JOINED_AT)

    with pytest.raises(Killed):
        _dies_before_the_commit()
    assert Referral.objects.filter(state="waiting").count() == 6
    settled = run_in_threads(4, lambda _number: rewarding.go_on(at=DUE_AT, seconds=60))

    assert sum(settled) == 6
    assert Referral.objects.filter(state="rewarded").count() == 6
    assert Referral.objects.filter(withheld="limit").count() == 3
    assert Account.objects.get(member=ada).available == 3 * 500 + 40
    assert Posting.objects.filter(actor="referrals").count() == 6 + 3 + 1
    assert ReferralCode.objects.count() == 1
    assert verification.faults() == []
