"""Who is looked at when full cards are completed, and how many at a time."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import transaction

from campaigns import challenges, completing
from campaigns.models import Challenge, Completion, Recount
from core import programme as programmes
from members import enrolment
from members.models import Member
from points.models import Posting
from pos import assignment
from tests import factories
from tests.campaigns.collecting import challenge, complete
from tests.factories import Shop
from tests.pos.selling import receipt, sell

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def ada(shop: Shop) -> Member:
    return factories.member()


def fill_a_card(shop: Shop, ada: Member) -> None:
    sell(receipt(shop, "1", "5", "5", "5", member=ada, at=NOON, category="gift"))


def given_to(ada: Member) -> list[tuple[str, int]]:
    """References and points of what challenges gave."""
    found = Posting.objects.filter(account__member=ada, actor="challenges").order_by("id")
    return list(found.values_list("reference", "points"))


def test_an_old_receipt_that_is_assigned_late_counts_for_what_ended_long_ago(committed_db: None) -> None:
    shop, ada = factories.shop(), factories.member()
    challenge(ends_on=NOON.date())
    (sold,) = sell(receipt(shop, "1", "5", "5", "5", at=NOON, category="gift"))
    assert complete(NOON) == 0
    later = NOON + timedelta(days=shop.programme.oldest_receipt_days + 30)

    with transaction.atomic():
        assignment.assign(sold.purchase_id, ada.pk, programme=programmes.current(), at=later, actor="staff:1")

    assert complete(later) == 1
    assert given_to(ada) == [("challenge:tea:1", 50)]


def test_what_was_bought_after_its_last_day_counts_once_the_end_is_put_off(shop: Shop, ada: Member) -> None:
    tea = challenge(ends_on=NOON.date() - DAY)
    fill_a_card(shop, ada)
    assert complete(NOON) == 0
    tea.refresh_from_db()
    tea.ends_on = None

    with time_machine.travel(NOON, tick=False):
        challenges.save(tea)

    assert [complete(NOON), complete(NOON)] == [1, 0]


def test_a_draft_that_is_ended_gives_nothing(shop: Shop, ada: Member) -> None:
    tea = challenge(is_on=False)
    fill_a_card(shop, ada)

    challenges.switch(tea, Challenge.State.ENDED, actor=None, at=NOON)

    assert not Recount.objects.exists()
    challenges.recount(tea, at=NOON)
    assert (complete(NOON), given_to(ada)) == (0, [])


def test_who_is_suspended_gets_nothing_until_they_are_active_again(committed_db: None) -> None:
    shop, ada = factories.shop(), factories.member()
    challenge()
    fill_a_card(shop, ada)
    clerk = factories.staff()
    enrolment.suspend(ada, reason="Lost card.", at=NOON, actor=clerk)

    assert complete(NOON) == 0

    enrolment.reactivate(ada, reason="Found again.", at=NOON, actor=clerk)
    assert complete(NOON) == 1


def test_whoever_is_owed_many_rounds_gets_them_in_several_looks(
    shop: Shop, ada: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(completing, "MOST_ROUNDS", 2)
    monkeypatch.setattr(completing, "BUYERS_AT_ONCE", 1)
    challenge(goal=Decimal(1), points=None, reward=factories.reward(stock=8))
    mei = factories.member()
    sell(*(receipt(shop, f"{who.pk}", *["5"] * 5, member=who, at=NOON) for who in (ada, mei)))

    assert complete(NOON) == 8

    assert list(Completion.objects.values_list("member", flat=True).order_by("member")) == [ada.pk] * 5 + [mei.pk] * 3
    (again,) = Recount.objects.all()
    assert again.due_at == NOON + timedelta(hours=1)
