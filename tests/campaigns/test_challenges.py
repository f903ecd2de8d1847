"""Stamp cards and challenges: what counts, that returns take progress back, and that each round is given once."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from campaigns import challenges, progress
from campaigns.models import Challenge, Completion
from core.models import Event
from members.models import Member
from messaging import fanout
from messaging.models import Message
from points.models import Account, Posting
from pos.settling import Recorded
from rewards.models import Unit, Voucher
from tests import factories
from tests.campaigns.collecting import SPEND, VISITS, WEEKS, challenge, complete, far
from tests.factories import Shop
from tests.pos.selling import bring_back, receipt, sell, the_shop
from tests.racing import run_in_threads
from tiers import qualification
from tiers.models import Tier, TierChange

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)  # a Monday
DAY = timedelta(days=1)


@pytest.fixture
def ada(shop: Shop) -> Member:
    return factories.member()


def buy(shop: Shop, ada: Member, number: str, *amounts: str, at: datetime = NOON, category: str = "gift") -> Recorded:
    (sold,) = sell(receipt(shop, number, *amounts, member=ada, at=at, category=category))
    return sold


def given_to(ada: Member) -> list[tuple[str, int]]:
    """References and points of what challenges gave."""
    found = Posting.objects.filter(account__member=ada, actor="challenges").order_by("id")
    return list(found.values_list("reference", "points"))


def test_pieces_bought_fill_the_card_and_a_full_one_gives_its_points_once(committed_db: None) -> None:
    shop, ada = factories.shop(), factories.member()
    tea = challenge()
    buy(shop, ada, "1", "5", "5")
    buy(shop, ada, "2", "5", category="books")
    assert (complete(NOON), far(tea, ada, NOON)) == (0, (2, 0))

    buy(shop, ada, "3", "5", "5")

    assert [complete(NOON), complete(NOON)] == [1, 0]
    assert far(tea, ada, NOON) == (1, 1)
    assert given_to(ada) == [("challenge:tea:1", 50)]
    assert Account.objects.get(member=ada).available == 5 * 5 + 50
    reasons = Posting.objects.get(reference="challenge:tea:1").reasons
    assert [reason["words"] for reason in reasons] == [{"en": "Tea card", "zh-hans": "集茶章"}]


def test_a_return_takes_progress_back_and_goods_of_a_full_card_come_first_in_the_next(committed_db: None) -> None:
    shop, ada = factories.shop(), factories.member()
    tea = challenge()
    sold = buy(shop, ada, "1", "5", "5", "5", "5")
    complete(NOON)
    assert far(tea, ada, NOON) == (1, 1)

    bring_back(shop, sold, "R1", (1, "1"), (2, "1"), at=NOON)
    complete(NOON)

    (found,) = progress.of([ada.pk], [tea], today=NOON.date())
    assert [int(number) for number in (found.counted, found.reached, found.missing, found.due)] == [2, 0, 4, 0]
    buy(shop, ada, "2", "5", "5", "5")
    assert complete(NOON) == 0
    buy(shop, ada, "3", "5")
    assert complete(NOON) == 1
    assert given_to(ada) == [("challenge:tea:1", 50), ("challenge:tea:2", 50)]


def test_what_costs_nothing_and_part_of_a_piece_gives_no_stamp(shop: Shop, ada: Member) -> None:
    tea = challenge()
    buy(shop, ada, "1", "0", "5")

    assert far(tea, ada, NOON) == (1, 0)


@pytest.mark.parametrize(
    ("terms", "reached"),
    [
        (SPEND | {"goal": Decimal(100)}, 30),
        (SPEND | {"goal": Decimal(100), "categories": ["tea"]}, 10),
        (VISITS | {"goal": Decimal(5)}, 2),
        (VISITS | {"goal": Decimal(5), "minimum": Decimal(11)}, 1),
        (VISITS | {"goal": Decimal(5), "stores": ["elsewhere"]}, 0),
        (VISITS | {"goal": Decimal(5), "ends_on": date(2026, 3, 2)}, 1),
        (VISITS | {"goal": Decimal(5), "begins_on": date(2026, 3, 3)}, 1),
        (WEEKS | {"goal": Decimal(5)}, 1),
    ],
)
def test_each_kind_counts_what_it_asks_for(shop: Shop, ada: Member, terms: dict[str, Any], reached: float) -> None:
    one = challenge(**terms)
    buy(shop, ada, "1", "10", category="tea")
    buy(shop, ada, "2", "5")
    buy(shop, ada, "3", "15", at=NOON + DAY)
    sold = buy(shop, ada, "4", "50", at=NOON + 2 * DAY)
    bring_back(shop, sold, "R1", (1, "1"), at=NOON + 2 * DAY)

    assert far(one, ada, NOON + 2 * DAY) == (reached, 0)


def test_weeks_in_a_row_go_on_until_one_is_left_out(shop: Shop, ada: Member) -> None:
    weeks = challenge(**WEEKS | {"goal": Decimal(3)})
    for number in (0, 1):
        buy(shop, ada, f"{number}", "5", at=NOON + 7 * number * DAY)
    assert far(weeks, ada, NOON + 20 * DAY) == (2, 0)
    assert far(weeks, ada, NOON + 21 * DAY) == (0, 0)

    buy(shop, ada, "late", "5", at=NOON + 14 * DAY)

    assert (complete(NOON + 21 * DAY), far(weeks, ada, NOON + 21 * DAY)) == (1, (0, 1))


def test_only_the_tiers_that_it_is_for_take_part_and_only_as_often_as_it_says(shop: Shop, ada: Member) -> None:
    challenge("gold", tiers=["gold"])
    challenge("once", most_times=1)
    buy(shop, ada, "1", *["5"] * 9)

    assert complete(NOON) == 1
    assert given_to(ada) == [("challenge:once:1", 50)]


def test_a_tier_that_has_run_out_counts_as_what_it_has_come_to(shop: Shop, ada: Member) -> None:
    silver = challenge("silver", tiers=["silver"])
    challenge("member", tiers=["member"])
    gold = Tier.objects.get(code="gold")
    qualification.grant(
        ada.pk, gold, on=NOON.date(), until=NOON.date(), cause=TierChange.Cause.STAFF, reference="staff:sam", at=NOON
    )
    later = NOON + DAY
    assert progress.of([ada.pk], [silver], today=NOON.date()) == []

    (found,) = progress.of([ada.pk], list(Challenge.objects.all()), today=later.date())

    assert found.challenge == silver


def test_what_was_bought_before_it_was_on_or_while_it_was_paused_counts_once_it_is_on(shop: Shop, ada: Member) -> None:
    tea = challenge(is_on=False)
    buy(shop, ada, "1", "5", "5", "5")
    assert complete(NOON) == 0
    challenges.switch(tea, Challenge.State.ON, actor=None, at=NOON)
    assert complete(NOON) == 1
    challenges.switch(tea, Challenge.State.PAUSED, actor=None, at=NOON)
    buy(shop, ada, "2", "5", "5", "5")
    assert complete(NOON) == 0

    challenges.switch(tea, Challenge.State.ENDED, actor=None, at=NOON)
    buy(shop, ada, "3", "5", "5", "5", at=NOON + DAY)

    assert complete(NOON + DAY) == 1
    assert [reference for reference, _points in given_to(ada)] == ["challenge:tea:1", "challenge:tea:2"]


def test_a_voucher_and_a_badge_come_with_it_and_the_member_is_told(committed_db: None) -> None:
    shop, ada = factories.shop(), factories.member()
    mug = factories.reward(name_en="A mug", name_zh_hans="马克杯")
    challenge(points=None, reward=mug, badge="leaf", badge_title_en="Tea lover", badge_title_zh_hans="茶友")
    sold = buy(shop, ada, "1", "5", "5", "5")

    complete(NOON)

    done = Completion.objects.get()
    assert (done.points, done.purchase_id, done.voucher_id) == (0, sold.purchase_id, Voucher.objects.get().pk)
    assert Event.objects.get(kind="challenge.completed").payload == {
        "challenge": "tea",
        "round": 1,
        "words": {"en": "Tea card", "zh-hans": "集茶章"},
        "points": 0,
        "voucher": {"en": "A mug", "zh-hans": "马克杯"},
        "badge": {"en": "Tea lover", "zh-hans": "茶友"},
    }
    while fanout.read(at=NOON):
        pass
    told = Message.objects.get(kind="challenge_completed", channel=Message.Channel.IN_APP)
    assert told.subject == "Completed: Tea card"
    assert "You have completed “Tea card”. A voucher is yours: A mug. And a new badge: Tea lover." in told.body


def test_a_sold_out_reward_is_given_when_there_is_one_again(shop: Shop, ada: Member) -> None:
    mug = factories.reward(stock=1)
    challenge(points=None, reward=mug)
    mei = factories.member()
    sell(*(receipt(shop, f"{who.pk}", "5", "5", "5", member=who, at=NOON) for who in (ada, mei)))
    assert complete(NOON) == 1
    assert complete(NOON + timedelta(minutes=61)) == 0

    Unit.objects.create(reward=mug)

    assert complete(NOON + timedelta(minutes=62)) == 0
    assert complete(NOON + timedelta(minutes=122)) == 1
    assert set(Completion.objects.values_list("member", flat=True)) == {ada.pk, mei.pk}


def test_who_is_killed_has_given_nothing_and_the_next_one_does(shop: Shop, ada: Member) -> None:
    challenge(reward=factories.reward())
    buy(shop, ada, "1", "5", "5", "5")

    with transaction.atomic():
        assert complete(NOON) == 1
        transaction.set_rollback(True)

    assert (given_to(ada), Voucher.objects.count(), Completion.objects.count()) == ([], 0, 0)
    assert complete(NOON) == 1
    assert (given_to(ada), Voucher.objects.count()) == ([("challenge:tea:1", 50)], 1)


def test_once_on_what_counts_stays_and_the_end_only_moves_away(shop: Shop, ada: Member) -> None:
    tea = challenge(ends_on=date(2026, 4, 1))
    tea.goal = Decimal(2)
    with pytest.raises(challenges.ChallengeStarted):
        challenges.save(tea)
    with pytest.raises(DatabaseError), transaction.atomic():
        Challenge.objects.update(goal=2)
    with pytest.raises(DatabaseError), transaction.atomic():
        Challenge.objects.get().delete()
    tea.refresh_from_db()
    tea.ends_on = date(2026, 3, 31)
    with pytest.raises(challenges.EndsEarlier):
        challenges.save(tea)
    tea.ends_on, tea.title = None, "Cups of tea"
    challenges.save(tea)

    again = challenges.copy(tea, actor=None, at=NOON)

    assert (again.code, again.title, again.state, again.begins_on) == ("tea-2", "Cups of tea", "paused", NOON.date())
    challenges.switch(tea, Challenge.State.ENDED, actor=None, at=NOON)
    with pytest.raises(challenges.ChallengeEnded):
        challenges.switch(tea, Challenge.State.ON, actor=None, at=NOON)
    buy(shop, ada, "1", "5", "5", "5")
    complete(NOON)
    with pytest.raises(DatabaseError), transaction.atomic():
        Completion.objects.update(points=1)


def test_two_workers_at_once_complete_each_round_once(committed_db: None) -> None:
    shop = factories.shop()
    challenge()
    challenge("visits", **VISITS | {"goal": Decimal(1)})
    people = [factories.member() for _number in range(4)]
    for who in people:
        buy(shop, who, f"{who.pk}", "5", "5", "5", "5", "5", "5")

    done = run_in_threads(2, lambda _number: complete(NOON))

    assert sum(done) == Completion.objects.count() == 4 * 3
    assert Posting.objects.filter(actor="challenges").count() == 4 * 3
    assert {account.available for account in Account.objects.all()} == {30 + 150}


Purchases = some.lists(
    some.tuples(
        some.integers(0, 40),  # days after the first
        some.lists(some.tuples(some.sampled_from(["gift", "tea"]), some.integers(0, 9), some.booleans()), max_size=4),
    ),
    max_size=8,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bought=Purchases)
def test_progress_is_what_plain_python_counts(db: None, bought: list[Any]) -> None:
    shop, ada = the_shop(), factories.member()
    kinds: dict[str, dict[str, Any]] = {
        "stamps": {"goal": Decimal(3)},
        "spend": SPEND | {"goal": Decimal(20), "categories": ["gift"]},
        "visits": VISITS | {"goal": Decimal(2), "minimum": Decimal(5)},
        "streak": WEEKS | {"goal": Decimal(2)},
    }
    made = [challenge(f"{code}-{ada.pk}", **terms) for code, terms in kinds.items()]
    kept: list[tuple[datetime, str, int]] = []
    days: set[date] = set()
    weeks: set[int] = set()
    for number, (after, lines) in enumerate(bought):
        at = NOON + after * DAY
        if not lines:
            continue
        goods = [(category, amount) for category, amount, is_back in lines if not is_back]
        _sell(shop, ada, f"{ada.pk}-{number}", lines, at)
        kept += [(at, category, amount) for category, amount in goods]
        total = sum(amount for _category, amount in goods)
        days |= {at.date()} if total >= 5 else set()
        weeks |= {(at.date() - date(1970, 1, 5)).days // 7} if total > 0 else set()
    today = (NOON + 40 * DAY).date()
    expected = [
        sum(1 for _at, category, amount in kept if category == "gift" and amount > 0),
        sum(amount for _at, category, amount in kept if category == "gift"),
        len(days),
        _streak(weeks, (today - date(1970, 1, 5)).days // 7, 2),
    ]

    found = progress.of([ada.pk], made, today=today)

    assert [each.counted for each in found] == expected


def _sell(shop: Shop, ada: Member, number: str, lines: list[Any], at: datetime) -> None:
    made = receipt(shop, number, *[str(amount) for _category, amount, _back in lines], member=ada, at=at)
    goods = [replace(line, category=category) for line, (category, *_rest) in zip(made.lines, lines, strict=True)]
    (sold,) = sell(replace(made, lines=tuple(goods)))
    back = [(place, "1") for place, (_category, _amount, is_back) in enumerate(lines, 1) if is_back]
    if back:
        bring_back(shop, sold, "R", *back, at=at)


def _streak(weeks: set[int], this: int, goal: int) -> int:
    """Full runs times the goal, and what the run that is alive has beyond."""
    counted, run = 0, 0
    for week in range(min(weeks, default=this), this + 2):
        if week in weeks:
            run += 1
            continue
        counted += run // goal * goal + (run % goal if run and week - 1 >= this - 1 else 0)
        run = 0
    return counted
