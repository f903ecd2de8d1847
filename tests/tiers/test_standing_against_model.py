"""Standings against the model: any history, in any order of arrival, reviewed in time, late, twice or never."""

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests import factories
from tests.tiers.ladders import bought, held, ladder, noon, returned
from tests.tiers.standing_model import Model, Scheme, lived_through, month_after
from tiers import qualification
from tiers.models import Standing, Tier, TierChange
from tiers.review import Reviewed, review

STEPS = int(os.environ.get("TIERS_STEPS", "25"))
EXAMPLES = int(os.environ.get("TIERS_EXAMPLES", "80"))

schemes = st.builds(
    Scheme,
    thresholds=st.sampled_from([(10, 25, 60), (10, 20), (15,)]),
    kind=st.just("rolling"),
    months=st.sampled_from([1, 2, 3, 5]),
) | st.builds(
    Scheme,
    thresholds=st.sampled_from([(10, 25, 60), (10, 20), (15,)]),
    kind=st.just("calendar"),
    months=st.sampled_from([1, 3, 6]),
)
first_days = st.dates(date(2023, 12, 20), date(2024, 3, 5))
amounts = st.integers(1, 30)


@dataclass(frozen=True)
class Bought:
    """A purchase on a day, that many days before the one on which it arrives."""

    pause: int
    late: int
    amount: int
    is_reviewed: bool


histories = st.lists(
    st.builds(
        Bought,
        pause=st.integers(0, 50),
        late=st.sampled_from([0, 0, 0, 1, 3, 20, 45, 90]),
        amount=amounts,
        is_reviewed=st.booleans(),
    ),
    min_size=1,
    max_size=9,
)


def in_a_story(test: Callable[[], None]) -> None:
    """Run one example and leave nothing of it."""
    with transaction.atomic():
        test()
        transaction.set_rollback(True)


@pytest.mark.django_db
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(scheme=schemes, first=first_days, history=histories, rest=st.integers(0, 200))
def test_purchases_in_any_order_come_to_what_was_lived_through(
    scheme: Scheme, first: date, history: list[Bought], rest: int
) -> None:
    def story() -> None:
        ladder(scheme)
        member = factories.member().pk
        days: Counter[date] = Counter()
        today = first + timedelta(days=100)
        for one in history:
            today += timedelta(days=one.pause)
            day = max(today - timedelta(days=one.late), first)
            days[day] += one.amount
            bought(member, day, one.amount, today=today)
            assert held(member, today) == lived_through(scheme, days, today)
            if one.is_reviewed:
                review(today, at=noon(today))
        today += timedelta(days=rest)
        expected = lived_through(scheme, days, today)
        assert held(member, today) == expected

        review(today, at=noon(today))
        assert written(member) == expected
        assert review(today, at=noon(today)) == Reviewed(0, 0, 1, member)
        assert written(member) == expected

        Standing.objects.all().delete()
        review(today, at=noon(today), since=first)
        assert written(member) == expected

    in_a_story(story)


def written(member_id: int) -> tuple[int, date | None, date | None]:
    """What is written down, without regard to the date."""
    found = qualification.standings([member_id])[member_id]
    return found.rank // 10, found.lapses_on, found.valid_until


class StandingMachine(RuleBasedStateMachine):
    """Two members, so that one's history is seen to leave the other's alone."""

    def __init__(self) -> None:
        super().__init__()
        self.story = transaction.atomic()
        self.story.__enter__()
        self.members = [factories.member().pk, factories.member().pk]
        self.purchases: list[tuple[int, str, date, int]] = []
        self.models: list[Model] = []
        self.tiers: list[Tier] = []
        self.today = date(2024, 1, 1)

    @initialize(scheme=schemes, first=first_days)
    def open(self, scheme: Scheme, first: date) -> None:
        self.tiers = ladder(scheme)
        self.models = [Model(scheme), Model(scheme)]
        self.today = first + timedelta(days=60)

    @rule(days=st.integers(1, 45))
    def time_passes(self, days: int) -> None:
        self.today += timedelta(days=days)

    @rule(who=st.integers(0, 1), amount=amounts, late=st.sampled_from([0, 0, 0, 2, 15, 60]))
    def buy(self, who: int, amount: int, late: int) -> None:
        day = self.today - timedelta(days=late)
        reference = f"purchase:{len(self.purchases)}"
        self.purchases.append((who, reference, day, amount))
        bought(self.members[who], day, amount, today=self.today, reference=reference)
        self.models[who].purchase(reference, day, amount, self.today)

    @precondition(lambda self: self.purchases)
    @rule(data=st.data())
    def bring_back(self, data: st.DataObject) -> None:
        index = len(self.purchases) - 1 - data.draw(st.integers(0, min(len(self.purchases), 3) - 1))
        who, reference, day, left = self.purchases[index]
        amount = data.draw(st.sampled_from([left, (left + 1) // 2]))
        if amount:
            self.purchases[index] = (who, reference, day, left - amount)
            returned(self.members[who], day, amount, today=self.today, reference=reference)
            self.models[who].give_back(reference, day, amount, self.today)

    @rule(who=st.integers(0, 1), amount=st.integers(1, 80))
    def buy_and_bring_back(self, who: int, amount: int) -> None:
        """What was bought and comes back at once leaves nothing behind."""
        step, lapses, until = held(self.members[who], self.today)
        reference = f"purchase:{len(self.purchases)}"
        self.purchases.append((who, reference, self.today, 0))
        bought(self.members[who], self.today, amount, today=self.today, reference=reference)
        self.models[who].purchase(reference, self.today, amount, self.today)
        returned(self.members[who], self.today, amount, today=self.today, reference=reference)
        self.models[who].give_back(reference, self.today, amount, self.today)
        assert held(self.members[who], self.today)[::2] == (step, until)
        if lapses and month_after(lapses) >= self.today:  # else it is long over, and only a gift holds the tier
            assert held(self.members[who], self.today)[1] == lapses

    @rule(who=st.integers(0, 1), step=st.integers(1, 3), days=st.integers(0, 150))
    def give(self, who: int, step: int, days: int) -> None:
        step = min(step, self.models[who].scheme.top)
        until = self.today + timedelta(days=days)
        before = self.models[who].given
        if before and before[0] > step and before[1] >= self.today:
            with pytest.raises(qualification.HoldsMore):
                self.grant(who, step, until)
            self.models[who].pass_time(self.today)
        else:
            self.grant(who, step, until)
            self.models[who].give(step, self.today, until)

    def grant(self, who: int, step: int, until: date) -> None:
        qualification.grant(
            self.members[who],
            self.tiers[step],
            on=self.today,
            until=until,
            cause=TierChange.Cause.STAFF,
            reference="staff:sam",
            at=noon(self.today),
        )

    @rule()
    def look_through(self) -> None:
        review(self.today, at=noon(self.today))
        for model in self.models:
            model.pass_time(self.today)
        again = review(self.today, at=noon(self.today))
        assert (again.raised, again.lowered) == (0, 0)
        assert [written(member) for member in self.members] == [
            (model.step, model.lapses_on, model.valid_until) for model in self.models
        ]

    @invariant()
    def what_is_held_agrees_without_any_review(self) -> None:
        for member, model in zip(self.members, self.models, strict=False):
            model.pass_time(self.today)
            assert held(member, self.today) == (model.step, model.lapses_on, model.valid_until)

    def teardown(self) -> None:
        """The history agrees too; then the story never happened."""
        try:
            if not connection.needs_rollback and self.models:
                self.look_through()
                self.compare_changes()
        finally:
            transaction.set_rollback(True)
            self.story.__exit__(None, None, None)

    def compare_changes(self) -> None:
        for member, model in zip(self.members, self.models, strict=True):
            rows = TierChange.objects.filter(member_id=member).order_by("id").values_list("to_tier__rank", "cause")
            assert [(rank // 10, cause) for rank, cause in rows] == [(c.to_step, c.cause) for c in model.changes]


@pytest.mark.django_db
def test_what_is_held_is_what_the_model_holds() -> None:
    run_state_machine_as_test(
        StandingMachine,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
