"""Greetings with real workers that are killed at each step: none comes twice, none is lost but those on their way."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from celery import Celery
from django.db import transaction

from campaigns.models import Greeting, Occasion
from core import clock
from members.models import Member
from messaging import delivery
from messaging.models import Message
from points.models import Account, PointType, Posting
from tests import factories
from tests.campaigns import wishes
from tests.clock.processes import Processes
from tests.clock.scenes import at_noon, is_connected, waiting_for_us
from tests.waiting import wait_until

pytestmark = pytest.mark.slow

MEMBERS = 60
GREET, DELIVER = "campaigns.tasks.greet", "messaging.tasks.deliver"


class Undone(Exception):
    """What we did in a transaction only to stand in the way."""


@pytest.fixture(autouse=True)
def sink(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where the workers' SMS go."""
    monkeypatch.setenv("SMS_PROVIDER", "tests.messaging.post.Sink")
    monkeypatch.setenv("SINK", str(tmp_path))
    return tmp_path


def birthday_of_all() -> Greeting:
    """Everybody has their birthday today, and reads SMS."""
    programme = at_noon()
    factories.point_type()
    today = clock.now().astimezone(ZoneInfo(programme.time_zone)).date()
    for _number in range(MEMBERS):
        wishes.willing("sms", **wishes.born(today.month, today.day))
    return wishes.greeting(channel="sms", bonus_points=10)


def taken(sink: Path) -> Counter[str]:
    """How often the provider took each message."""
    return Counter((sink / "taken").read_text().split()) if (sink / "taken").exists() else Counter()


@contextmanager
def in_the_way(processes: Processes) -> Iterator[None]:
    """What the block did is held until a worker stands before it; the worker is killed, and nothing was done."""
    worker = processes.worker()
    try:
        with transaction.atomic():
            yield
            wait_until(lambda: len(waiting_for_us()) == 1)
            (orphan,) = waiting_for_us()
            processes.kill(worker)
            raise Undone
    except Undone:
        wait_until(lambda: not is_connected(orphan))


def test_a_worker_killed_at_each_step_loses_and_doubles_nothing(
    processes: Processes, producer: Celery, sink: Path
) -> None:
    greeting = birthday_of_all()

    with in_the_way(processes):  # of planning: the same occasion is being written
        Occasion.objects.create(
            greeting=greeting, member=Member.objects.latest("id"), channel="sms",
            key=f"birthday:solar:{clock.now().year}", on=clock.now().date(), time_zone="UTC", priority=1,
            due_at=clock.now(), ends_at=clock.now() + timedelta(hours=1), planned_at=clock.now(),
        )  # fmt: skip
        producer.send_task(GREET)
    assert Occasion.objects.count() == 0

    main = PointType.objects.get()
    account = Account.objects.create(member=Member.objects.latest("id"), point_type=main)
    with in_the_way(processes):  # of writing: somebody else has an account
        Account.objects.select_for_update().get(pk=account.pk)
        producer.send_task(GREET)
    assert set(Occasion.objects.values_list("state", flat=True)) == {"planned"}
    assert (Occasion.objects.count(), Message.objects.count(), Posting.objects.count()) == (MEMBERS, 0, 0)

    (sink / "hold").touch()
    worker = processes.worker()
    producer.send_task(GREET)
    wait_until(lambda: Message.objects.count() == MEMBERS)
    producer.send_task(DELIVER)
    wait_until(lambda: taken(sink).total() == 1)
    processes.kill(worker)  # of sending: one was handed over, the rest of its batch was claimed
    (sink / "hold").unlink()

    processes.worker()
    for _again in range(2):
        producer.send_task(GREET)
        producer.send_task(DELIVER)
    wait_until(lambda: Message.objects.filter(state="sent").count() == MEMBERS - delivery.BATCH)

    assert Message.objects.filter(state="sending").count() == delivery.BATCH
    assert set(taken(sink).values()) == {1}
    assert taken(sink).total() == MEMBERS - delivery.BATCH + 1
    assert Occasion.objects.filter(state="written", points=10).count() == Posting.objects.count() == MEMBERS


def test_two_workers_greet_everybody_once(processes: Processes, producer: Celery, sink: Path) -> None:
    birthday_of_all()
    for _number in range(2):
        processes.worker()

    for _number in range(4):
        producer.send_task(GREET)
    wait_until(lambda: Message.objects.count() == MEMBERS)
    for _number in range(4):
        producer.send_task(DELIVER)
    wait_until(lambda: Message.objects.filter(state="sent").count() == MEMBERS)

    assert set(taken(sink).values()) == {1}
    assert taken(sink).total() == Occasion.objects.count() == Posting.objects.count() == MEMBERS
