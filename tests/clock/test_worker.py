"""The clock with a real worker, a real beat and a real broker: nothing lost, nothing twice."""

from datetime import timedelta
from typing import Any

import pytest
import redis
from celery import Celery

from core import clock
from core.models import JobRun
from loyalty_site import night
from members import enrolment
from messaging import outbox
from messaging.models import Message
from points.expiry import CHUNK
from tests import factories
from tests.clock.processes import Processes
from tests.clock.scenes import (
    assert_everything_expired_once,
    at_noon,
    done_by,
    draft,
    held,
    is_connected,
    is_done,
    lapsed,
    run_of,
    waiting_for_us,
)
from tests.waiting import wait_until

pytestmark = pytest.mark.slow

POINTS = sum(range(1, CHUNK + 1))  # of an account with as many lots


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
    wait_until(lambda: is_done("insights.days"))

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
