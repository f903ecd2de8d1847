"""Sending what is queued: claimed in small batches, so that many workers may send at once and each message once.

A row is marked `sending` and committed before its message is handed over. When the worker dies then, nobody knows
whether it left: after a while it is tried again under the same key, if its kind allows that. Other kinds stay there
until a person says what became of them (`settle`). Marketing asks `messaging.permission` right before it goes.
"""

from contextlib import closing
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access import audit
from access.models import User
from core import clock
from core import programme as programmes
from core.errors import LoyaltyError
from messaging import letters, permission, sms, suppression
from messaging.carriers import NotAcceptedError
from messaging.kinds import KINDS
from messaging.letters import Look
from messaging.mail import Post
from messaging.models import Message, Suppression

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

REPEATABLE = [kind.code for kind in KINDS.values() if kind.is_repeatable]


class NotUnclear(LoyaltyError):
    """A message of which it is known what became of it, or that may still be on its way."""

    code = "message_not_unclear"
    sentence = _("What became of this message is known, or it is still on its way.")


def send_batch(*, at: datetime) -> int:
    """Send the next messages that are due at AT, codes first; answer how many were dealt with: 0, and none is left."""
    take_up_unclear(at=at)
    claimed = claim(at=at)
    with closing(_Carrier(letters.look(programmes.current()) if claimed else Look(""))) as carrier:
        for message in claimed:
            if message.state == Message.State.SENDING and _may_go(message):
                _send(message, carrier)
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
    """Hands messages to the provider of their channel."""

    def __init__(self, look: Look) -> None:
        self._sender = look.name
        self._post = Post(look)
        self._texting = sms.provider()

    def send(self, message: Message) -> None:
        if message.channel == Message.Channel.IN_APP:
            return  # it is where it is read
        if message.channel == Message.Channel.SMS:
            self._texting.send(sms.Sms(f"message-{message.id}", self._sender, message.address, message.body))
        else:
            self._post.send(message)

    def close(self) -> None:
        self._post.close()


def _may_go(message: Message) -> bool:
    """Ask once more, right before it goes. What may not go waits for its hour, or ends here."""
    if not message.is_marketing:
        return True
    answer = permission.ask(message, at=clock.now())
    if answer.is_given:
        return True
    if answer.waits_until:
        # It was not tried, so that it does not count as an attempt.
        _settle(message, state=Message.State.QUEUED, due_at=answer.waits_until, attempts=message.attempts - 1)
    else:
        _settle(message, state=answer.state, error=answer.reason)
    return False


def _send(message: Message, carrier: _Carrier) -> None:
    try:
        carrier.send(message)
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
        _settle(message, state=Message.State.SENT, sent_at=clock.now(), error="")


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
