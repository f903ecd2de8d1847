"""Many tills at the same moment, with real connections: one effect, and everybody is told the truth."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
import pytest
import time_machine
from django.db import connection

from core.errors import LoyaltyError
from members.models import Member
from points.models import Account, Posting
from pos import idempotency
from pos.idempotency import Answer, Busy, Request
from pos.models import IdempotencyKey
from sales.models import Purchase, Return
from tests import databases, factories
from tests.factories import Shop
from tests.pos.till import NOON, Till, sale
from tests.racing import run_in_threads

TILLS = 20


@pytest.fixture
def shop(committed_db: None, clock: time_machine.Traveller) -> Shop:
    """The gift shop, committed: other connections see it."""
    return factories.shop()


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty threads on a busy machine queue for longer than a till would wait."""
    monkeypatch.setattr(idempotency, "PATIENCE", "30s")


@pytest.fixture
def member(shop: Shop) -> Member:
    return factories.member()


@pytest.fixture
def till(shop: Shop) -> Till:
    return Till(shop.terminal)


@contextmanager
def another_connection() -> Iterator[Any]:
    """A connection beside Django's own; what it locked is let go at the end."""
    other = psycopg2.connect(databases.url())
    try:
        yield other
    finally:
        other.close()


def test_twenty_tills_post_the_same_receipt_under_twenty_keys(shop: Shop, member: Member) -> None:
    tills = [Till(shop.terminal) for _ in range(TILLS)]

    told = run_in_threads(TILLS, lambda number: tills[number].post("purchases", sale(member), key=f"k-{number}"))

    assert Counter(t.status for t in told) == {201: 1, 200: TILLS - 1}
    assert len({t.body["purchase"] for t in told}) == 1
    assert {t.body["points"] for t in told} == {22}
    assert Counter(t.body["replayed"] for t in told) == {False: 1, True: TILLS - 1}
    assert Purchase.objects.count() == 1
    assert list(Posting.objects.values_list("kind", "points")) == [("accrue", 22)]
    assert Account.objects.get().available == 22
    assert IdempotencyKey.objects.count() == TILLS


def test_twenty_requests_with_one_key_have_one_effect(shop: Shop, member: Member) -> None:
    tills = [Till(shop.terminal) for _ in range(TILLS)]

    told = run_in_threads(TILLS, lambda number: tills[number].post("purchases", sale(member), key="k"))

    done = [t for t in told if t.status == 201]
    waiting = [t for t in told if t.status == 409]
    assert len(done) + len(waiting) == TILLS
    assert len({t.content for t in done}) == 1
    assert {t.code for t in waiting} <= {"key_in_flight"}
    assert {t.headers["Retry-After"] for t in waiting} <= {"1"}
    assert Counter("Idempotent-Replayed" in t.headers for t in done)[False] == 1
    assert Purchase.objects.count() == 1
    assert Posting.objects.count() == 1
    assert Till(shop.terminal).post("purchases", sale(member), key="k").content == done[0].content


def test_twenty_purchases_of_one_member_all_count(shop: Shop, member: Member) -> None:
    tills = [Till(shop.terminal) for _ in range(TILLS)]

    told = run_in_threads(
        TILLS, lambda number: tills[number].post("purchases", sale(member, receipt=str(number), cashier=str(number)))
    )

    assert [t.status for t in told] == [201] * TILLS
    assert Account.objects.get().available == 22 * TILLS
    assert sorted(Posting.objects.values_list("number", flat=True)) == list(range(1, TILLS + 1))
    assert sorted(t.body["balance"]["available"] for t in told) == [22 * n for n in range(1, TILLS + 1)]


def test_two_returns_of_the_same_goods_take_back_once(shop: Shop, member: Member) -> None:
    purchase = Till(shop.terminal).post("purchases", sale(member)).body["purchase"]
    goods = {"occurred_at": NOON.isoformat(), "lines": [{"line": 1, "quantity": "6"}]}
    tills = [Till(shop.terminal) for _ in range(2)]

    told = run_in_threads(
        2, lambda number: tills[number].post(f"purchases/{purchase}/returns", {"number": f"R-{number}", **goods})
    )

    assert sorted(t.status for t in told) == [201, 409]
    assert [t.code for t in told if t.status == 409] == ["more_than_bought"]
    assert Return.objects.count() == 1
    assert Account.objects.get().available == 6


def test_ten_tills_enrol_the_same_person(shop: Shop) -> None:
    tills = [Till(shop.terminal) for _ in range(10)]

    told = run_in_threads(10, lambda number: tills[number].post("members", {"phone": "07700 900123"}))

    assert Counter(t.status for t in told) == {201: 1, 200: 9}
    assert {t.body["number"] for t in told} == {Member.objects.get().number}


def test_a_receipt_is_given_to_one_of_two_members(shop: Shop, member: Member) -> None:
    other = factories.member()
    sold = Till(shop.terminal).post("purchases", sale()).body
    tills = [Till(shop.terminal) for _ in range(2)]
    bodies = [{"member": {"number": m.number}, "claim_code": sold["claim_code"]} for m in (member, other)]

    told = run_in_threads(2, lambda n: tills[n].post(f"purchases/{sold['purchase']}/member", bodies[n]))

    assert sorted(t.status for t in told) == [200, 409]
    assert [t.code for t in told if t.status == 409] == ["receipt_already_given"]
    assert [a.available for a in Account.objects.all()] == [22]


def test_a_key_in_flight_is_not_waited_for(shop: Shop, till: Till, member: Member) -> None:
    with another_connection() as other, other.cursor() as cursor:
        cursor.execute("select * from pos_claim_key(%s, %s, %s)", [shop.terminal.pk, "k", "2s"])

        told = till.post("purchases", sale(member), key="k")
        elsewhere = till.post("purchases", sale(member, receipt="2"), key="k-2")
        other.rollback()  # closing alone lets go of the key only when the server comes to it

    assert (told.status, told.code, told.headers["Retry-After"]) == (409, "key_in_flight", "1")
    assert elsewhere.status == 201
    assert till.post("purchases", sale(member), key="k").status == 201


def test_an_account_that_is_locked_for_too_long_makes_the_till_try_later(
    till: Till, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    till.post("purchases", sale(member))
    monkeypatch.setattr(idempotency, "PATIENCE", "50ms")
    with another_connection() as other, other.cursor() as cursor:
        cursor.execute("select from points_account for update")

        told = till.post("purchases", sale(member, receipt="2"), key="k")

    assert (told.status, told.code, told.headers["Retry-After"]) == (503, "busy", "1")
    assert Purchase.objects.count() == 1
    assert till.post("purchases", sale(member, receipt="2"), key="k").status == 201


def _refuse(refusal: LoyaltyError) -> Answer:
    raise AssertionError(refusal)


def _asked(shop: Shop) -> Request:
    return Request(shop.terminal.pk, "k", "/api/v1/purchases", {})


def test_a_wait_that_took_too_long_is_tried_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idempotency, "PATIENCE", "50ms")
    attempts = []
    with another_connection() as other, other.cursor() as cursor:
        cursor.execute("select from sales_store for update")

        def work() -> Answer:
            attempts.append(1)
            if len(attempts) == 2:
                other.rollback()
            with connection.cursor() as ours:
                ours.execute("update sales_store set is_active = is_active")
            return Answer(201, "{}")

        answer = idempotency.once(_asked(shop), work, refuse=_refuse)

    assert (answer, len(attempts)) == (Answer(201, "{}"), 2)
    assert IdempotencyKey.objects.get().status == 201


def test_who_has_waited_long_enough_does_not_try_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each lock of an attempt may be waited for: three attempts could take longer than any till does."""
    monkeypatch.setattr(idempotency, "PATIENCE", "50ms")
    monkeypatch.setattr(idempotency, "ENOUGH_SECONDS", 0.01)
    attempts = []
    with another_connection() as other, other.cursor() as cursor:
        cursor.execute("select from sales_store for update")

        def work() -> Answer:
            attempts.append(1)
            with connection.cursor() as ours:
                ours.execute("update sales_store set is_active = is_active")
            return Answer(201, "{}")

        with pytest.raises(Busy):
            idempotency.once(_asked(shop), work, refuse=_refuse)

    assert len(attempts) == 1


def test_a_deadlock_is_tried_again(shop: Shop) -> None:
    factories.store("LON-2")
    attempts: list[int] = []
    with another_connection() as other, other.cursor() as theirs, connection.cursor() as ours:
        theirs.execute("set deadlock_timeout = '60s'")  # so that we, not they, are the one to give up
        theirs.execute("select from sales_store where code = 'LON-2' for update")
        ours.execute("set deadlock_timeout = '10ms'")
        they = threading.Thread(target=theirs.execute, args=["select from sales_store where code = 'LON-1' for update"])

        def work() -> Answer:
            attempts.append(1)
            if len(attempts) == 1:
                ours.execute("select from sales_store where code = 'LON-1' for update")
                they.start()
                ours.execute("select from sales_store where code = 'LON-2' for update")
            return Answer(201, "{}")

        try:
            answer = idempotency.once(_asked(shop), work, refuse=_refuse)
        finally:
            they.join()
            ours.execute("reset deadlock_timeout")

    assert (answer, len(attempts)) == (Answer(201, "{}"), 2)


def test_what_is_not_passing_is_raised_at_once_and_nothing_is_kept(shop: Shop) -> None:
    attempts = []

    def work() -> Answer:
        attempts.append(1)
        raise Busy

    with pytest.raises(Busy):
        idempotency.once(_asked(shop), work, refuse=_refuse)

    assert len(attempts) == 1
    assert not IdempotencyKey.objects.exists()


def test_a_fault_of_ours_undoes_everything_and_is_not_kept(
    till: Till, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("alter table pos_settlement rename to pos_gone")

    told = till.post("purchases", sale(member), key="k")

    assert (told.status, told.code) == (500, "internal_error")
    assert told.body["request_id"] == told.headers["X-Request-ID"]
    assert not Purchase.objects.exists()
    assert not IdempotencyKey.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("alter table pos_gone rename to pos_settlement")
    assert till.post("purchases", sale(member), key="k").status == 201


def test_a_database_that_was_restarted_costs_no_till_an_error(till: Till) -> None:
    assert till.get("ping").status == 200
    with another_connection() as other, other.cursor() as cursor:
        cursor.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s and pid <> pg_backend_pid()",
            [databases.name()],
        )

    assert till.post("purchases", sale()).status == 201
