"""Occasions are looked at as a set: none is of nobody, and whom one names stays."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import Error, connection, transaction

from campaigns import planning
from campaigns.models import Greeting, Occasion
from members.models import Member
from messaging.models import Suppression
from messaging.suppression import add, suppress
from tests import factories
from tests.campaigns.wishes import answer, born, greeting, occasions, willing
from tests.factories import Shop
from tests.pos.selling import receipt, sell

AT = datetime(2026, 6, 1, 9, tzinfo=UTC)
COPY = """
    insert into campaigns_occasion (greeting_id, member_id, channel, key, "on", time_zone, due_at, ends_at, priority,
                                    about, state, reason, points, planned_at)
    select greeting_id + %s, member_id + %s, channel, 'other', "on", time_zone, due_at, ends_at, priority, about, state,
           reason, points, planned_at
    from campaigns_occasion
"""


@pytest.mark.parametrize(("greetings_on", "members_on"), [(10**6, 0), (0, 10**6)])
def test_an_occasion_of_nobody_or_of_no_greeting_is_refused(shop: Shop, greetings_on: int, members_on: int) -> None:
    willing(**born(6, 1))
    greeting()
    planning.plan(at=AT)

    with (
        pytest.raises(Error, match="of nobody, or of no greeting"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(COPY, [greetings_on, members_on])

    assert Occasion.objects.count() == 1


def test_whom_an_occasion_names_is_neither_deleted_nor_renumbered(shop: Shop) -> None:
    willing(**born(6, 1))
    greeting()
    unnamed = greeting("welcome")
    planning.plan(at=AT)
    occasion = Occasion.objects.get()

    for model, key in ((Member, occasion.member_id), (Greeting, occasion.greeting_id)):
        table = model._meta.db_table
        for deed in (f"delete from {table} where id = {key}", f"update {table} set id = 10000000 where id = {key}"):
            with pytest.raises(Error, match="refused"), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(deed)
    with connection.cursor() as cursor:
        cursor.execute("update campaigns_greeting set id = 10000000 where id = %s", [unnamed.pk])
        assert cursor.rowcount == 1


def test_a_greeting_of_a_store_is_for_those_who_bought_there_last(shop: Shop) -> None:
    """Also where no store has a time zone of its own, so that nobody's purchases would be looked at."""
    elsewhere = factories.store("YRK-1", "York")
    here = willing(email="ada@example.com", **born(6, 1))
    there = willing(email="bob@example.com", enrolled_via="till:YRK-1/T1", **born(6, 1))
    for number, member in enumerate((here, there)):
        sell(receipt(shop, f"R-{number}", "9.00", member=member, at=AT - timedelta(days=3)))
    greeting().stores.add(elsewhere)
    greeting(name="ours").stores.add(shop.store)

    planning.plan(at=AT)

    assert set(Occasion.objects.values_list("member_id", "greeting__name")) == {(here.pk, "ours"), (there.pk, "ours")}


@pytest.mark.parametrize(
    ("reason", "said_after", "source", "expected"),
    [
        ("unsubscribed", timedelta(days=1), "portal", "planned"),
        ("unsubscribed", timedelta(days=1), "file:old", "suppressed"),
        ("unsubscribed", timedelta(days=-1), "portal", "suppressed"),
        ("unsubscribed", timedelta(0), "portal", "suppressed"),
        ("added", timedelta(days=1), "file:old", "suppressed"),
        ("bounced", timedelta(days=1), "portal", "suppressed"),
        ("complained", timedelta(days=1), "portal", "suppressed"),
    ],
)
def test_planning_reads_the_list_as_sending_does(
    shop: Shop, reason: str, said_after: timedelta, source: str, expected: str
) -> None:
    listed_at = AT - timedelta(days=30)
    ada = factories.member(email="ada@example.com", **born(6, 1))
    if reason == "added":
        add("email", "ada@example.com", "GB", reason="asked", actor=factories.staff(), at=listed_at)
    else:
        suppress("email", "Ada@Example.com ", Suppression.Reason(reason), at=listed_at)
    answer(ada, says=True, source=source, at=listed_at + said_after)
    greeting(channel="email")

    planning.plan(at=AT)

    assert occasions() == [("birthday:solar:2026", "email", expected, "listed" if expected == "suppressed" else "")]
