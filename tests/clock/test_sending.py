"""Mail to thousands while workers are killed, PostgreSQL is killed and Redis is emptied, by two schedulers at once.

Every mail goes out once at most, and what did not is left in "sending", for staff. SENDING_MESSAGES=10000 makes it as
large as a shop's festival: `SENDING_MESSAGES=10000 make test ARGS="tests/clock/test_sending.py -s"`.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2
import pytest
import redis
from celery import Celery
from django.conf import settings

from loyalty_site.launch import layout, postgres
from loyalty_site.launch.interrupts import Signals
from loyalty_site.launch.processes import Household
from loyalty_site.launch.progress import Step
from messaging import delivery
from tests.clock.processes import Processes
from tests.waiting import wait_until

pytestmark = pytest.mark.slow

MESSAGES = int(os.environ.get("SENDING_MESSAGES", "400"))
# The provider takes its time, so that there is always something on its way when somebody is killed.
SECONDS_A_MAIL = 0.01 if MESSAGES < 1000 else 0.0
# As in production, but for the disk itself: what is killed here is the server, not the machine.
CAREFUL = {"fsync": "off", "full_page_writes": "off"}
FILL = """
    insert into core_programme (id, name, name_en, name_zh_hans, currency, time_zone, day_ends_at, language, country,
                                oldest_receipt_days, late_grace_days, expiry_notice_days, age_of_consent, revision)
    values (1, 'Club', 'Club', '会', 'GBP', 'UTC', 0, 'en', 'GB', 30, 14, 30, 16, 1);
    update messaging_sendinghours set begins = '00:00', ends = '23:59:59.999999';
    insert into members_member (id, uuid, number, status, name, email, language, time_zone, birth_calendar,
                                birth_is_leap_month, enrolled_at, enrolled_via)
    select i, gen_random_uuid(), (900000000000 + i)::text, 'active', '', 'm' || i || '@example.com', 'en', '', 'solar',
           false, '2026-01-01', 'portal'
    from generate_series(1, {messages}) i;
    insert into members_consent (member_id, channel, purpose, granted, at, source)
    select id, 'email', 'marketing', true, enrolled_at, 'portal' from members_member;
    insert into messaging_message (reference, member_id, kind, channel, address, language, subject, body, is_secret,
                                   state, attempts, error, created_at, due_at, expires_at, is_marketing, time_zone,
                                   local_on)
    select 'm:' || id, id, 'greeting', 'email', email, 'en', 'Hello', 'All the best.', false,
           'queued', 0, '', now(), now(), now() + interval '1 day', true, 'UTC', current_date
    from members_member;
"""


class Site:
    """A PostgreSQL of its own that can be killed, a mail server that notes what it takes, and those who send."""

    def __init__(self, folder: Path, household: Household, broker: str) -> None:
        self.folder = folder
        self.broker = broker
        self._household = household
        self._server = postgres.throwaway(folder, CAREFUL)
        self._mail = subprocess.Popen([sys.executable, "-m", "bench.smtp_sink", str(folder), str(SECONDS_A_MAIL)])
        self.start_postgres()
        wait_until((folder / "port").exists)
        environment = {
            **os.environ,
            "DATABASE_URL": self._server.url,
            "DJANGO_SETTINGS_MODULE": "loyalty_site.settings",
            "SECRET_KEY": settings.SECRET_KEY,
            "REDIS_URL": broker,
            "DEBUG": "true",
            "DATA_DIR": str(folder),
            "EMAIL_URL": f"smtp://127.0.0.1:{(folder / 'port').read_text()}",
        }
        self.processes = Processes(environment, folder)
        subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity=0"], env=environment, check=True)
        self.rows(FILL.format(messages=MESSAGES))

    def start_postgres(self) -> None:
        with Step("A PostgreSQL to be killed") as step:
            postgres.start(self._server, self._household, step)

    def kill_postgres(self) -> None:
        """The server and all its helpers at one stroke."""
        server = int((self._server.data / "postmaster.pid").read_text().split()[0])
        helpers = Path(f"/proc/{server}/task/{server}/children").read_text().split()
        for number in (server, *map(int, helpers)):
            os.kill(number, signal.SIGKILL)
        wait_until(lambda: self._household.dead() is not None)
        if dead := self._household.dead():
            self._household.forget(dead)

    def rows(self, sql: str) -> list[Any]:
        parts = urlsplit(self._server.url)
        with closing(
            psycopg2.connect(host=str(self._server.sockets), user=parts.username, dbname=parts.path[1:])
        ) as link:
            link.autocommit = True
            with link.cursor() as cursor:
                cursor.execute(sql)
                return cursor.fetchall() if cursor.description else []

    def count(self, state: str) -> int:
        return int(self.rows(f"select count(*) from messaging_message where state = '{state}'")[0][0])

    def taken(self) -> list[str]:
        return (self.folder / "taken").read_text().split()

    def wait_for(self, share: float) -> None:
        """Until so large a SHARE of the mail has been taken, and never all of it."""
        wait_until(lambda: len(self.taken()) >= MESSAGES * share)
        assert len(self.taken()) < MESSAGES

    def close(self) -> None:
        self.processes.end()
        self._mail.kill()
        self._mail.wait()


@pytest.fixture
def site(broker: str) -> Iterator[Site]:
    folder = Path(tempfile.mkdtemp(prefix="changke-", dir=layout.temporary_parent()))
    (folder / "log").mkdir()
    try:
        with Household(folder / "processes.json", folder / "log", Signals()) as household:
            found = Site(folder, household, broker)
            try:
                yield found
            finally:
                found.close()
                sys.stdout.write(found.processes.logs()[-20_000:])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_whoever_is_killed_no_mail_goes_twice_and_none_is_lost(site: Site, producer: Celery) -> None:
    began = time.monotonic()
    for _scheduler in range(2):
        site.processes.beat()

    def deliver() -> None:
        for _again in range(2):
            producer.send_task("messaging.tasks.deliver")

    worker = site.processes.worker()
    deliver()
    site.wait_for(0.15)
    site.processes.kill(worker)

    worker = site.processes.worker()
    deliver()
    site.wait_for(0.4)
    site.kill_postgres()
    site.start_postgres()

    deliver()
    site.wait_for(0.65)
    with redis.from_url(site.broker) as client:
        client.flushall()

    deliver()
    site.wait_for(0.8)
    site.processes.kill(worker)
    for _worker in range(2):
        site.processes.worker()
    wait_until(lambda: site.count("queued") == 0 and site.count("sending") <= MOST_UNCLEAR)
    time_taken = time.monotonic() - began

    taken = Counter(site.taken())
    found = {f"<message-{number}@localhost>": state for number, state in site.rows(
        "select id, state from messaging_message"
    )}  # fmt: skip
    sent = {name for name, state in found.items() if state == "sent"}
    unclear = {name for name, state in found.items() if state == "sending"}
    assert set(taken.values()) == {1}, "a mail went twice"
    assert sent <= set(taken), "a mail that is called sent never left"
    assert set(taken) <= sent | unclear
    assert sent | unclear == set(found), "a mail is lost"
    sys.stdout.write(
        f"\n{MESSAGES} messages in {time_taken:.0f} s: {len(sent)} sent, {len(unclear)} left in sending, "
        f"of which {len(unclear & set(taken))} had left\n"
    )


# Two senders of a worker are killed three times, each with a batch in its hands.
MOST_UNCLEAR = 3 * 2 * delivery.BATCH
