"""The clock with a real worker, a real beat and a real broker: nothing lost, nothing twice."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import redis
from celery import Celery
from django.db import transaction
from django.db.models import Sum

from core import clock
from core.db import value
from core.models import JobRun, Programme
from loyalty_site import night
from members import enrolment
from messaging import outbox
from messaging.models import Message
from messaging.outbox import Draft
from points import ledger
from points.expiry import CHUNK
from points.ledger import Accrual, Grant
from points.models import Account, Lot, Movement, PointType, Posting
from tests import factories
from tests.clock.processes import Processes
from tests.waiting import wait_until

pytestmark = pytest.mark.slow

GRANTED_AT = datetime(2025, 1, 10, 12, tzinfo=UTC)
WORDS = {"en": "A gift", "zh-hans": "礼物"}
POINTS = sum(range(1, CHUNK + 1))  # of an account with as many lots


def at_noon() -> Programme:
    """A programme where it is noon now, so that no business day ends during a test."""
    return factories.programme(time_zone=f"Etc/GMT{datetime.now(UTC).hour - 12:+d}")


def yesterday() -> date:
    return clock.business_date(clock.now(), Programme.objects.get()) - timedelta(days=1)


def run_of(job: str) -> JobRun | None:
    return JobRun.objects.filter(job=job, period=yesterday().isoformat()).first()


def is_done(job: str) -> bool:
    run = run_of(job)
    return run is not None and run.state == JobRun.State.DONE


def done_by(job: str) -> dict[str, int]:
    run = run_of(job)
    return run.done if run else {}


def lapsed(of: PointType, lots: int, *, day: int) -> Account:
    """An account with LOTS lots of 1, 2, 3 … points, which expired one a second, DAY days after they were granted.

    A sweep takes what expired first first: the account of day 1, then that of day 2.
    """
    member = factories.member()
    first = GRANTED_AT + timedelta(days=day)
    gifts = [
        Grant(number + 1, "gift", 1, WORDS, GRANTED_AT, first + timedelta(seconds=number)) for number in range(lots)
    ]
    with transaction.atomic():
        account = ledger.open_accounts([(member.id, of.id, GRANTED_AT)])[member.id, of.id]
        ledger.accrue([Accrual(account.account_id, "gift", gifts, GRANTED_AT, GRANTED_AT, "test")])
    return Account.objects.get(id=account.account_id)


@contextmanager
def held(account: Account) -> Iterator[None]:
    """We have a lot of ACCOUNT: who wants to change it waits for us."""
    with transaction.atomic():
        Lot.objects.select_for_update().filter(account=account).latest("id")
        yield


def waiting_for_us() -> list[int]:
    """The database connections that wait right now for what our transaction holds."""
    found: list[int] = value(
        """
        select coalesce(array_agg(pid), '{}') from pg_locks
        where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))
        """
    )
    return found


def is_connected(pid: int) -> bool:
    return bool(value("select exists (select from pg_stat_activity where pid = %s)", [pid]))


def assert_everything_expired_once(accounts: list[Account], lots: int) -> None:
    total = sum(range(1, lots + 1))
    for account in accounts:
        account.refresh_from_db()
        assert (account.pending, account.available, account.held, account.debt) == (0, 0, 0, 0)
        assert account.last_number == 1 + lots
        expired = Posting.objects.filter(account=account, kind="expire")
        assert expired.aggregate(Sum("points"), Sum("moved")) == {"points__sum": -total, "moved__sum": total}
    out = Movement.objects.filter(from_bucket="available", to_bucket="expired")
    assert Counter(out.values_list("lot_id", "points")) == Counter(Lot.objects.values_list("id", "granted"))
    assert Lot.objects.filter(remaining=0, is_open=False).count() == lots * len(accounts)


def draft(number: int) -> Draft:
    return Draft(
        kind="sign_in_code",
        reference=f"sign_in_code:{number}",
        channel="sms",
        address=f"+4477009{number:05d}",
        language="en",
        words={"code": f"{480000 + number}"},
    )


def test_a_sign_in_code_leaves_within_seconds_and_no_log_holds_it(processes: Processes) -> None:
    at_noon()
    processes.worker()
    processes.beat()

    outbox.queue([draft(1)], at=clock.now())
    wait_until(lambda: Message.objects.get().state == "sent")

    message = Message.objects.get()
    assert message.sent_at
    assert message.attempts == 1
    assert f"message-{message.id}" in processes.logs()
    for secret in ("480001", "+447700900001"):
        assert secret not in processes.logs()


def test_a_worker_killed_in_the_middle_of_a_sweep_leaves_it_to_the_next(processes: Processes, producer: Celery) -> None:
    at_noon()
    points = factories.point_type()
    accounts = [lapsed(points, CHUNK, day=day) for day in (1, 2, 3)]
    worker = processes.worker()

    # One sweeper is through with its two accounts, the other one has locked its account and waits for one of its lots.
    with held(accounts[1]):
        producer.send_task("loyalty_site.tasks.run_nightly")
        wait_until(lambda: len(waiting_for_us()) == 1 and done_by("points.expire").get("accounts") == 2)
        (orphan,) = waiting_for_us()
        processes.kill(worker)
        run = run_of("points.expire")

    assert run
    assert (run.state, run.done) == ("running", {"accounts": 2, "points": 2 * POINTS})
    # Its connection lives until it notices that nobody listens any more, and holds the job's lock so long.
    wait_until(lambda: not is_connected(orphan))

    processes.worker()
    producer.send_task("loyalty_site.tasks.run_nightly")
    wait_until(lambda: is_done("points.notices"))

    assert_everything_expired_once(accounts, CHUNK)
    run.refresh_from_db()
    assert (run.state, run.done) == ("done", {"accounts": 3, "points": 3 * POINTS})
    assert JobRun.objects.count() == len(night.NIGHT)


def test_an_emptied_broker_loses_no_work(processes: Processes, producer: Celery, broker: str) -> None:
    at_noon()
    points = factories.point_type()
    accounts = [lapsed(points, CHUNK, day=day) for day in (1, 2)]
    processes.worker()

    with held(accounts[1]), redis.from_url(broker) as client:
        processes.beat()
        producer.send_task("loyalty_site.tasks.run_nightly")
        wait_until(lambda: len(waiting_for_us()) == 1)
        client.flushall()
    outbox_before = clock.now()
    with redis.from_url(broker) as client:
        for number in range(60):
            outbox.queue([draft(number)], at=outbox_before)
            client.flushall()
    new = enrolment.enrol(email="ada@example.com", name="Ada", language="en", via="portal", at=clock.now()).member

    wait_until(lambda: Message.objects.filter(state="sent").count() == 61)
    wait_until(lambda: is_done("points.expire"))

    assert_everything_expired_once(accounts, CHUNK)
    assert Message.objects.count() == 61
    assert set(Message.objects.values_list("attempts", flat=True)) == {1}
    assert Message.objects.get(kind="welcome").member_id == new.id


def test_two_beats_and_two_workers_do_the_work_once(processes: Processes, producer: Celery) -> None:
    at_noon()
    points = factories.point_type()
    accounts = [lapsed(points, CHUNK, day=day) for day in (1, 2, 3)]
    for number in range(60):
        outbox.queue([draft(number)], at=clock.now())
    enrolment.enrol(email="ada@example.com", name="Ada", language="en", via="portal", at=clock.now())
    for _ in range(2):
        processes.worker()

    # Held before there is a beat: a beat begins the night by itself when it has been up for a minute.
    with held(accounts[1]):
        for _ in range(2):
            processes.beat()
        for _ in range(4):
            producer.send_task("loyalty_site.tasks.run_nightly")
        wait_until(lambda: Message.objects.filter(state="sent").count() == 61)
        wait_until(lambda: len(waiting_for_us()) == 1)
    wait_until(lambda: is_done("points.expire"))

    assert_everything_expired_once(accounts, CHUNK)
    assert JobRun.objects.filter(job="points.expire").count() == 1
    run = run_of("points.expire")
    assert run
    assert run.done == {"accounts": 3, "points": 3 * POINTS}
    assert Message.objects.count() == 61
    assert set(Message.objects.values_list("attempts", flat=True)) == {1}


def test_a_message_that_a_killed_worker_left_unclear_is_sent_by_the_next(processes: Processes) -> None:
    at_noon()
    outbox.queue([draft(1)], at=clock.now())
    Message.objects.update(state="sending", attempts=1, claimed_at=clock.now() - timedelta(minutes=1))

    processes.worker()
    processes.beat()
    wait_until(lambda: Message.objects.get().state == "sent")

    assert Message.objects.get().attempts == 2


def test_the_pulse_is_felt_only_while_beat_and_worker_are_alive(
    processes: Processes, producer: Celery, broker: str, settings: Any
) -> None:
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": broker, "KEY_PREFIX": "changke"}}
    producer.send_task("loyalty_site.tasks.heartbeat")
    assert night.last_pulse() is None

    began = clock.now()
    processes.worker()
    wait_until(lambda: night.last_pulse() is not None)

    pulse = night.last_pulse()
    assert pulse
    assert began < pulse < clock.now()
