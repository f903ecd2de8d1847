"""Sending what is queued: claimed in small batches, so that many workers may send at once and each message once.

A row is marked `sending` and committed before its message is handed over. When the worker dies then, nobody knows
whether it left: after a while it is tried again under the same key, if its kind allows that. Other kinds stay there
until a person says what became of them (`settle`). Marketing asks `messaging.permission` right before it goes, a batch
at once.
"""

import time as clocks
from contextlib import closing
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access import audit
from access.models import User
from core import clock, db
from core import programme as programmes
from core.errors import LoyaltyError
from messaging import letters, permission, sms, suppression
from messaging.carriers import NotAcceptedError
from messaging.kinds import KINDS
from messaging.mail import Post
from messaging.models import Message, Suppression
from messaging.permission import Answer

log = structlog.get_logger(__name__)

# Small: what a killed worker leaves unclear, and what a sign-in code waits behind.
BATCH = 20
# After the first failed attempt wait so long, and so on; after the last one the message has failed.
GAPS = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
)
# So many seconds after a batch was asked about, each that is left is asked about again.
ANSWERS_HOLD = 2.0
# Longer than a provider takes to answer a whole batch. A code is worth nothing by then, so it waits less.
UNCLEAR_AFTER = timedelta(minutes=10)
UNCLEAR_SECRET_AFTER = timedelta(minutes=1)

# The batch stands in a CTE of its own: in a plain subquery the planner may read it once per row, and claim too many.
CLAIM = """
    with batch as materialized (
        select id from messaging_message where state = 'queued' and due_at <= %(at)s
        order by is_secret desc, due_at, id limit %(limit)s
        for update skip locked
    )
    update messaging_message m
    set state = case when m.expires_at <= %(at)s then 'expired' else 'sending' end, claimed_at = %(at)s,
        attempts = m.attempts + 1
    from batch where m.id = batch.id
    returning m.*
"""

# Need not reach the disk before the next one goes: what a crash of the database takes back is "sending" again, which is
# what it would be had the sender died. Nothing is sent again for it but what may be.
SENT = """
    with quick as materialized (select set_config('synchronous_commit', 'off', true))
    update messaging_message m set state = 'sent', sent_at = s.at, error = '', provider_key = s.key
    from quick, unnest(%(ids)s::bigint[], %(attempts)s::int[], %(ats)s::timestamptz[], %(keys)s::text[])
        as s(id, attempts, at, key)
    where m.id = s.id and m.state = 'sending' and m.attempts = s.attempts
    returning m.id
"""

REPEATABLE = [kind.code for kind in KINDS.values() if kind.is_repeatable]


class NotUnclear(LoyaltyError):
    """A message of which it is known what became of it, or that may still be on its way."""

    code = "message_not_unclear"
    sentence = _("What became of this message is known, or it is still on its way.")


def send_batch(*, at: datetime) -> int:
    """Send the next messages that are due at AT, codes first; answer how many were dealt with: 0, and none is left."""
    take_up_unclear(at=at)
    with closing(_Carrier()) as carrier:
        return _send_next(carrier, at)


def send_for(seconds: float) -> int:
    """Send what is due, batch by batch over the same connections, until nothing is or SECONDS are over; answer how
    many messages were dealt with."""
    until, done = clocks.monotonic() + seconds, 0
    take_up_unclear(at=clock.now())
    with closing(_Carrier()) as carrier:
        while found := _send_next(carrier, clock.now()):
            done += found
            if clocks.monotonic() >= until:
                break
    return done


def _send_next(carrier: "_Carrier", at: datetime) -> int:
    with transaction.atomic():
        claimed = claim(at=at)
        going = [message for message in claimed if message.state == Message.State.SENDING]
        asked_at = clocks.monotonic()
        answers = permission.ask([message for message in going if message.is_marketing], at=clock.now())
    with closing(_Sent()) as sent:
        for message in going:
            if message.is_marketing and clocks.monotonic() > asked_at + ANSWERS_HOLD:
                answers |= permission.ask([message], at=clock.now())
            if _may_go(message, answers.get(message.pk)):
                _send(message, carrier, sent)
    return len(claimed)


def claim(*, at: datetime) -> list[Message]:
    """Mark the next batch of due messages as `sending`, for this sender alone. What is of no use any more expires."""
    found = Message.objects.raw(CLAIM, {"at": at, "limit": BATCH})
    return sorted(found, key=lambda message: (not message.is_secret, message.due_at, message.id))


def take_up_unclear(*, at: datetime) -> int:
    """Queue again what a sender claimed long ago and never settled, if its kind allows that; answer how many."""
    unclear = Message.objects.filter(
        Q(claimed_at__lte=at - UNCLEAR_AFTER) | Q(is_secret=True, claimed_at__lte=at - UNCLEAR_SECRET_AFTER),
        state=Message.State.SENDING,
        kind__in=REPEATABLE,
    )
    given_up = unclear.filter(attempts__gt=len(GAPS)).update(
        state=Message.State.FAILED, error="never settled by the senders that claimed it"
    )
    taken_up = unclear.update(state=Message.State.QUEUED)
    if given_up or taken_up:
        log.warning("messages_unclear", taken_up=taken_up, given_up=given_up)
    return taken_up


def is_unclear(message: Message, *, at: datetime) -> bool:
    """Whether nobody knows what became of a message, and nothing will be done about it but by a person."""
    return (
        message.state == Message.State.SENDING
        and message.kind not in REPEATABLE
        and message.claimed_at is not None
        and message.claimed_at <= at - UNCLEAR_AFTER
    )


def settle(message: Message, *, has_arrived: bool, reason: str, actor: User, at: datetime) -> None:
    """Note what a person found out about a message that was left in `sending`: it arrived, or it did not. Audited.

    It is never sent again. Raises NotUnclear.
    """
    with transaction.atomic():
        current = Message.objects.select_for_update().get(pk=message.pk)
        if not is_unclear(current, at=at):
            raise NotUnclear
        current.state = Message.State.SENT if has_arrived else Message.State.FAILED
        current.sent_at = current.claimed_at if has_arrived else None
        current.save(update_fields=["state", "sent_at"])
        audit.record(
            "message.settled",
            subject=f"message:{current.pk}",
            actor=actor,
            reason=reason,
            changes={"state": str(current.state)},
        )


class _Carrier:
    """Hands messages to the provider of their channel, by one connection for all of them."""

    def __init__(self) -> None:
        self._post: Post | None = None

    def send(self, message: Message) -> str:
        """What the provider calls it; "" where it has no name."""
        if message.channel == Message.Channel.EMAIL:
            self._post = self._post or Post(letters.look(programmes.current()))
            return self._post.send(message)
        if message.channel == Message.Channel.SMS:
            sender = programmes.current().name
            sms.provider().send(sms.Sms(f"message-{message.id}", sender, message.address, message.body))
        return ""  # what is in the inbox is where it is read

    def close(self) -> None:
        if self._post:
            self._post.close()


class _Sent:
    """What was handed over, written down when the batch is through: a sender that dies before leaves it in `sending`,
    as it leaves the rest of its batch. What is sent again from there is written down one by one."""

    def __init__(self) -> None:
        self._found: list[tuple[Message, str, datetime]] = []

    def add(self, message: Message, provider_key: str) -> None:
        self._found.append((message, provider_key, clock.now()))
        if message.kind in REPEATABLE:
            self.close()

    def close(self) -> None:
        """Write down all that was added."""
        found, self._found = self._found, []
        if found:
            params = {
                "ids": [message.pk for message, _key, _at in found],
                "attempts": [message.attempts for message, _key, _at in found],
                "keys": [key for _message, key, _at in found],
                "ats": [at for _message, _key, at in found],
            }
            db.rows(SENT, params)


def _may_go(message: Message, answer: Answer | None) -> bool:
    """What may not go waits for its hour, or ends here. What is no marketing asks nobody."""
    if answer is None or answer.is_given:
        return True
    if answer.waits_until:
        # It was not tried, so that it does not count as an attempt.
        _settle(message, state=Message.State.QUEUED, due_at=answer.waits_until, attempts=message.attempts - 1)
    else:
        _settle(message, state=answer.state, error=answer.reason)
    return False


def _send(message: Message, carrier: _Carrier, sent: _Sent) -> None:
    try:
        provider_key = carrier.send(message)
    except NotAcceptedError as error:
        if error.is_bounce:
            suppression.suppress(message.channel, message.address, Suppression.Reason.BOUNCED, at=clock.now())
        if error.is_unclear and message.kind not in REPEATABLE:
            _settle(message, error=str(error))
        else:
            _settle(message, **_refusal(message, str(error), is_lasting=error.is_lasting))
    except Exception as error:  # noqa: BLE001  one message that can't be sent must not hold up the others
        # Its name only: what it says may quote the address or the text.
        if message.kind in REPEATABLE:
            _settle(message, **_refusal(message, type(error).__name__, is_lasting=False))
        else:
            _settle(message, error=type(error).__name__)
    else:
        sent.add(message, provider_key)


def _refusal(message: Message, reason: str, *, is_lasting: bool) -> dict[str, object]:
    """What becomes of a message that was not taken: a later attempt, or the end."""
    is_over = is_lasting or message.attempts > len(GAPS)
    log.warning("message_not_sent", message=message.id, kind=message.kind, reason=reason, is_over=is_over)
    if is_over:
        return {"state": Message.State.FAILED, "error": reason}
    return {"state": Message.State.QUEUED, "error": reason, "due_at": clock.now() + GAPS[message.attempts - 1]}


def _settle(message: Message, **changes: object) -> None:
    """Write down what became of the attempt, unless it took so long that somebody else has begun another one."""
    Message.objects.filter(id=message.id, state=Message.State.SENDING, attempts=message.attempts).update(**changes)
