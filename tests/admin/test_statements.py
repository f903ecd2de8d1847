"""Lists ask the database as often for three rows as for one, and at most fifteen times."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from access.models import AuditEntry
from campaigns import planning
from core import clock as clocks
from core import events, jobs
from core.admin.base import QuickPaginator
from members.models import Member
from messaging.models import Message
from points import rules
from points.models import EarningRule, PointType
from rewards import supply
from rewards.models import Reward
from tests import factories
from tests.admin.desk import NOON, Story, at_desk, story, text
from tests.campaigns import wishes
from tests.campaigns.collecting import challenge, complete
from tests.campaigns.offering import offer
from tests.factories import Shop
from tests.pos.selling import bring_back, receipt, sell
from tests.rewards.claims import redeem
from tiers import qualification
from tiers.models import TierChange

MOST = 15
# They open at their only row.
ONE_ROW = {"programme", "scheme", "referralscheme"}


def another(shop: Shop, number: int) -> None:
    """One row more on every list."""
    member = factories.member(name=f"Member {number}")
    challenge(f"challenge-{number}", goal=Decimal(1), tiers=["member"])
    offer(f"offer-{number}", categories=["gift"], tiers=["member"], budget=1000)
    (sale,) = sell(receipt(shop, f"X-{number}", "20.00", "5.00", member=member, at=NOON + timedelta(minutes=number)))
    bring_back(shop, sale, f"Y-{number}", (2, "1"), at=NOON + timedelta(minutes=number))
    qualification.grant(
        member.pk, shop.tiers[1], on=NOON.date(), cause=TierChange.Cause.STAFF, reference="test", at=NOON
    )
    other = factories.store(f"LON-{number + 10}", f"Store {number}")
    factories.terminal(other)
    factories.category(f"kind-{number}", f"Kind {number}")
    factories.product(f"SKU-{number}", category=factories.category(f"kind-{number}"))
    Message.objects.create(
        reference=f"m:{number}", member=member, kind="tier", channel="email", address="a@b.example", language="en"
    )
    AuditEntry.objects.create(action="test", subject=f"member:{member.pk}", actor=factories.staff(f"sam{number}"))
    jobs.request("tiers.review", by="sam", at=clocks.now() + timedelta(seconds=number))
    given = PointType.objects.get(is_default=True)
    rules.publish(
        EarningRule.objects.create(code=f"rule-{number}", point_type=given),
        name_en="Twice",
        name_zh_hans="两倍",
        points=2,
        per_amount=1,  # type: ignore[arg-type]
        begins_at=NOON,
        at=NOON,
        only_categories=[f"kind-{number}"],
    )
    factories.reward(f"reward-{number}", price=1, stock=2)
    redeem(member, f"reward-{number}", at=clocks.now())
    cinema = factories.reward(f"cinema-{number}", supply=Reward.Supply.CODES)
    supply.add_codes(cinema, f"Odeon {number}", ["A", "B"], at=NOON, actor=factories.staff(f"lee{number}"))
    wishes.greeting(name=f"greeting {number}", bonus_points=number, reward=Reward.objects.earliest("pk"))
    member.birth_month, member.birth_day = NOON.month, NOON.day
    member.save()
    planning.plan(at=NOON)
    complete(NOON + timedelta(hours=1))
    events.tell("test.happened", reference=f"test:{number}", occurred_at=NOON)


@pytest.fixture
def boss(shop: Shop) -> Client:
    return at_desk("superuser")


@pytest.fixture
def count(boss: Client) -> Callable[[str], int]:
    """How many statements a page takes, the second time it is asked for."""

    def statements(url: str) -> int:
        boss.get(url)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert boss.get(url).status_code == 200
        return len(captured)

    return statements


def lists() -> dict[str, str]:
    """Every list of the staff site, without those of one row."""
    models = [model for model in admin.site._registry if model._meta.model_name not in ONE_ROW]
    return {
        model._meta.label_lower: reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_changelist")
        for model in models
    }


def test_lists_take_as_many_statements_for_three_rows_as_for_one(shop: Shop, count: Callable[[str], int]) -> None:
    another(shop, 1)
    one = {name: count(url) for name, url in lists().items()}
    another(shop, 2)
    another(shop, 3)

    three = {name: count(url) for name, url in lists().items()}

    assert three == one
    assert {name: n for name, n in three.items() if n > MOST} == {}


def test_searching_and_filtering_members_stays_within(shop: Shop, count: Callable[[str], int]) -> None:
    another(shop, 1)
    member = Member.objects.get()
    tier = shop.tiers[1].pk
    searches = [
        f"?q={member.number}",
        "?q=Member",
        f"?q={member.phone}",
        f"?tier={tier}&status__exact=active&via=staff",
    ]

    found = {search: count(f"/admin/members/member/{search}") for search in searches}

    assert {search: n for search, n in found.items() if n > MOST} == {}


def test_a_members_page_does_not_grow_with_what_they_bought(shop: Shop, count: Callable[[str], int]) -> None:
    told = story(shop)
    url = f"/admin/members/member/{told.member.pk}/change/"
    before = count(url)
    for number in range(2, 12):
        sell(receipt(shop, f"R-{number}", "5.00", member=told.member, at=NOON + timedelta(minutes=number)))

    assert count(url) == before
    assert before <= 40


def test_a_purchase_takes_as_many_statements_for_ten_lines_as_for_one(shop: Shop, count: Callable[[str], int]) -> None:
    member = factories.member()
    (short,) = sell(receipt(shop, "R-1", "1.00", member=member, at=NOON))
    (long,) = sell(receipt(shop, "R-2", *["1.00"] * 10, member=member, at=NOON))

    few, many = (count(f"/admin/sales/purchase/{sale.purchase_id}/change/") for sale in (short, long))

    assert few == many


def test_long_lists_are_counted_up_to_a_limit(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        factories.member(name=f"Member {number}")
    monkeypatch.setattr("core.admin.base.COUNTED", 3)
    monkeypatch.setattr(QuickPaginator, "most", 3)

    page = text(at_desk("support").get("/admin/members/member/"))

    assert "More than 3: search or filter to find the others." in page
