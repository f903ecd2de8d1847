"""Doing what a till asks once, however often it asks: the claim of its key, the work and the answer in one transaction.

A repeat with the same key is given the first answer, letter by letter. What is kept of a request is one keyed digest
per field, so that a repeat that differs can be told where, without keeping what it said.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext_lazy as _

from core import db
from core.errors import LoyaltyError

# A till gives up after five seconds (docs/pos.md); we must give up before it. So long we wait for one lock, so often we
# try, and past so many seconds not again.
PATIENCE = "1500ms"
ATTEMPTS = 3
ENOUGH_SECONDS = 2.5
PASSING = {"40001", "40P01", "55P03"}  # serialization failure, deadlock, lock timeout
KEPT_DAYS = 30


class KeyInFlight(LoyaltyError):
    """The first request with this key is still running."""

    code = "key_in_flight"
    lasting = False
    sentence = _("The same request is still being worked on. Ask again in a moment.")


class KeyReused(LoyaltyError):
    """The key was used before, for another request. `fields` are the JSON pointers of what differs."""

    code = "key_reused"
    status = 422
    lasting = False
    sentence = _("This idempotency key was used for another request. What differs: %(fields)s")


class Busy(LoyaltyError):
    """Others held what this request needs for too long. Nothing was changed."""

    code = "busy"
    status = 503
    lasting = False
    sentence = _("The system is busy. Nothing was changed: try again in a moment.")


@dataclass(frozen=True, slots=True)
class Request:
    """A write as a terminal asks for it: its key, where it went (see `place`), and what it said."""

    terminal_id: int
    key: str
    path: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a till is told: an HTTP status and a JSON text. `is_replay`: it was given before."""

    status: int
    text: str
    is_replay: bool = False


def place(path: str, code: str = "") -> str:
    """PATH as it is kept: the CODE of a voucher in it is as good as money, and its digest names it as well.

    Not keyed: codes are chance of 70 bits and more, which nobody tries out.
    """
    return path.replace(code, hashlib.blake2b(code.encode(), digest_size=8).hexdigest()) if code else path


def once(request: Request, work: Callable[[], Answer], *, refuse: Callable[[LoyaltyError], Answer]) -> Answer:
    """Do WORK in one transaction with the claim of its key, and keep its answer; a repeat is given that answer.

    A refusal undoes everything, the claim as well. A lasting one is then put in words by REFUSE and kept under the key,
    claimed again: who came between did the work or kept the refusal, and that is the answer. Others are raised: a
    retry does the work. Deadlocks and waits that take too long are tried again, at most twice.
    Raises KeyInFlight, KeyReused, Busy.
    """
    try:
        return _patiently(request, work)
    except LoyaltyError as refusal:
        if not refusal.lasting:
            raise
        answer = refuse(refusal)
    return _patiently(request, lambda: answer)


def _patiently(request: Request, work: Callable[[], Answer]) -> Answer:
    attempts, began = 0, time.monotonic()
    while True:
        try:
            return _attempt(request, work)
        except OperationalError as error:
            if getattr(error.__cause__, "pgcode", None) not in PASSING:
                raise
            attempts += 1
            if attempts == ATTEMPTS or time.monotonic() - began >= ENOUGH_SECONDS:
                raise Busy from error


def _attempt(request: Request, work: Callable[[], Answer]) -> Answer:
    with transaction.atomic(durable=True):
        if kept := _claim(request):
            return kept
        answer = work()
        _keep(request, answer)
        return answer


def _claim(request: Request) -> Answer | None:
    """The answer kept under the key, or None: the key is ours until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select * from pos_claim_key(%s, %s, %s)", [request.terminal_id, request.key, PATIENCE])
        is_mine, path, kept, status, answer = cursor.fetchone()
    if not is_mine:
        raise KeyInFlight
    if status is None:
        return None
    if path != request.path:
        raise KeyReused(fields=path, pointers=[""])
    if differing := _differing(request, json.loads(kept)):
        raise KeyReused(fields=", ".join(differing), pointers=differing)
    return Answer(status, answer, is_replay=True)


def _keep(request: Request, answer: Answer) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            insert into pos_idempotencykey (terminal_id, key, path, request, status, answer)
            values (%s, %s, %s, %s, %s, %s)
            """,
            [
                request.terminal_id,
                request.key,
                request.path,
                db.as_json(digests(request.body, settings.SECRET_KEY)),
                answer.status,
                answer.text,
            ],
        )


def _differing(request: Request, kept: Mapping[str, str]) -> list[str]:
    """JSON pointers of the fields that differ from the request kept."""
    # After a change of the site's secret key, what was kept under the one before can still be compared.
    secrets = [settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS)]
    candidates = [_unequal(digests(request.body, secret), kept) for secret in secrets]
    return min(candidates, key=len)


def _unequal(asked: Mapping[str, str], kept: Mapping[str, str]) -> list[str]:
    return sorted(pointer for pointer in asked.keys() | kept.keys() if asked.get(pointer) != kept.get(pointer))


def digests(body: Mapping[str, Any], secret: str) -> dict[str, str]:
    """A digest for each field of BODY by its JSON pointer: for lists, of each item.

    They are keyed, so that nobody who reads them can try phone numbers until one fits.
    """
    key = _digest_key(secret)
    return {
        pointer: hashlib.blake2b(_canonical(value), digest_size=8, key=key).hexdigest()
        for pointer, value in _fields(body)
    }


def _fields(body: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in body.items():
        if isinstance(value, list):
            yield f"/{name}", len(value)
            for position, item in enumerate(value):
                yield f"/{name}/{position}", item
        else:
            yield f"/{name}", value


def _canonical(value: Any) -> bytes:
    if type(value) is str:
        return b'"' + value.encode()  # as no other value begins; the usual case, and faster
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


@lru_cache(maxsize=4)
def _digest_key(secret: str) -> bytes:
    return hashlib.blake2b(secret.encode(), digest_size=32, person=b"idempotency").digest()


def forget(at: datetime, *, chunk: int = 5000) -> int:
    """Delete up to CHUNK answers older than 30 days as of AT, oldest first, and say how many. What was done stays."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            delete from pos_idempotencykey where id in (
                select id from pos_idempotencykey where created_at < %s order by created_at limit %s)
            """,
            [at - timedelta(days=KEPT_DAYS), chunk],
        )
        return int(cursor.rowcount)
