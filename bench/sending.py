"""Sending by SMTP: greetings out of the table, each asked about at the last moment, against Django's mail in a loop."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import connection

from bench import databases
from bench.figures import Comparison, seconds
from messaging import delivery, unsubscribing
from messaging.models import Message

FILL = """
    insert into messaging_message (reference, member_id, kind, channel, address, language, subject, body, is_secret,
                                   state, attempts, error, created_at, due_at, expires_at, is_marketing, time_zone,
                                   local_on)
    select 'bench:' || id, id, 'greeting', 'email', email, 'en', 'For you, ' || name, repeat('All the best. ', 40),
           false, 'queued', 0, '', now(), now() - interval '1 hour', now() + interval '1 day', true, 'UTC', current_date
    from members_member where id %% 10 < 6 and id <= %s
"""
# As those that each of ours has, made once.
ALIKE = {
    "Auto-Submitted": "auto-generated",
    "List-Unsubscribe": f"<https://localhost/unsubscribe/{'x' * 60}/>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
}
ROUND_THE_CLOCK = "update messaging_sendinghours set begins = '00:00', ends = '23:59:59.999999'"


def measure(*, messages: int = 3_000, rounds: int = 3) -> list[Comparison]:
    """Send MESSAGES both ways by the same sink, each round on a fresh copy of the database."""
    databases.ours("bench_ours", "programme", "till", "birthdays", members=messages * 2)
    databases.use("bench_ours")
    with connection.cursor() as cursor:
        cursor.execute(FILL, [messages * 10 // 6])
        cursor.execute(ROUND_THE_CLOCK)
    databases.use("postgres")
    databases.run("bench_ours", "vacuum analyze", "checkpoint")
    result = Comparison("sending by SMTP", "messages/s", 0.7, higher_is_better=True)
    unsubscribing.address(1, "email")  # reads all addresses of the site, once in each process
    with _sink():
        for _round in range(rounds):
            databases.copy("bench_copy", "bench_ours")
            databases.use("bench_copy")
            count = Message.objects.count()
            result.floor.append(count / seconds(_loop))
            result.ours.append(count / seconds(_send))
            assert Message.objects.filter(state="sent").count() == count
            result.settings = f"{count:,} greetings by consent, one sender"
            databases.use("postgres")
    for name in ("bench_copy", "bench_ours"):
        databases.drop(name)
    return [result]


def _loop() -> None:
    """What Django does by itself: a mail with the same headers made for each row, sent by one connection."""
    found = list(Message.objects.values_list("id", "subject", "body", "address"))
    link = get_connection()
    link.open()
    for number, subject, body, address in found:
        headers = {"Message-ID": f"<loop-{number}@localhost>", **ALIKE}
        EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [address], connection=link, headers=headers).send()
    link.close()


def _send() -> None:
    delivery.send_for(600)


@contextmanager
def _sink() -> Iterator[None]:
    """Let Django's mail go to a sink, a process of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        process = subprocess.Popen([sys.executable, "-m", "bench.smtp_sink", name])
        try:
            until = time.monotonic() + 20
            while not (folder / "port").exists() and time.monotonic() < until:
                time.sleep(0.02)
            settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
            settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int((folder / "port").read_text())
            yield
        finally:
            process.kill()
            process.wait()
