"""Proving at a till that it is the member who spends. Knowing a phone or a member number is not enough.

Three ways: a QR code on the member's phone that changes every half minute and is taken once, a code sent to the member,
or their PIN. A voucher needs none: its own code is the proof.
"""

import hashlib
import hmac
import secrets
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import events
from core.errors import InvalidInput, LoyaltyError
from members import numbers
from members.models import Member
from messaging import outbox
from messaging.models import Message
from messaging.outbox import Draft
from rewards.codes import ALPHABET
from rewards.models import Proving, SpendingCode

# A QR code is shown so long, and taken in its own window and the next one: nobody must hurry, and no picture lasts.
WINDOW_SECONDS = 30
QR_PREFIX = "SP"
QR_SECRET_LENGTH = 8
CODE_DIGITS = 6
CODE_LASTS = timedelta(minutes=10)
CODE_TRIES = 3
# As many codes a member may be sent within an hour: who asks for more annoys somebody, or guesses.
CODES_AN_HOUR = 5
PIN_TRIES = 5
PIN_LENGTHS = range(4, 7)


class Kind(StrEnum):
    """How somebody proves that it is them."""

    QR = "qr"
    CODE = "code"
    PIN = "pin"


@dataclass(frozen=True, slots=True)
class Proof:
    """What a member showed or said at the till."""

    kind: Kind
    value: str


@dataclass(frozen=True, slots=True)
class Qr:
    """What the member's phone shows: taken until `valid_until`, to be shown anew from `changes_at` on."""

    text: str
    changes_at: datetime
    valid_until: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """A code is on its way: by which channel, to which address (masked), and until when it is good."""

    channel: str
    address: str
    expires_at: datetime


class NotProved(LoyaltyError):
    """What was shown does not prove that it is the member."""

    status = 422


class QrNotTaken(NotProved):
    """The QR code is not this member's, is older than a minute, or was used before."""

    code = "qr_not_taken"
    sentence = _("This QR code is no longer valid. Please ask the member to show it anew.")


class CodeWrong(NotProved):
    """The code is not the one sent last, was used before, or is too old. `left`: how many tries it still has."""

    code = "code_wrong"
    sentence = _("This code is not valid. Please check it, or have a new one sent.")


class PinWrong(NotProved):
    """The PIN is wrong. `left`: how many tries are left before it is locked."""

    code = "pin_wrong"
    sentence = _("This PIN is wrong. Tries left: %(left)s.")


class PinLocked(NotProved):
    """The PIN was wrong too often. The member sets a new one in the portal."""

    code = "pin_locked"
    sentence = _("This PIN was wrong too often. The member can set a new one in the portal.")


class PinNotSet(NotProved):
    """The member has no PIN."""

    code = "pin_not_set"
    sentence = _("This member has no PIN. They can show their QR code, or be sent a code.")


class WeakPin(InvalidInput):
    """A PIN that is not four to six digits, or that everybody would try first."""

    code = "weak_pin"
    sentence = _("Choose four to six digits that are not all the same and do not count up or down.")


class NoAddress(LoyaltyError):
    """The member has neither phone nor e-mail, so no code can be sent."""

    code = "no_address"
    sentence = _("This member has neither phone nor e-mail, so no code can be sent.")


class TooManyCodes(LoyaltyError):
    """The member was sent enough codes within an hour."""

    code = "too_many_codes"
    status = 429
    lasting = False
    sentence = _("Enough codes were sent to this member. Please try again in an hour, or use the QR code.")


def issue_qr(member: Member, *, at: datetime) -> Qr:
    """The QR code that proves for the next half minute that it is MEMBER who spends, once."""
    proving = _proving(member.pk)
    window = _window(at)
    return Qr(
        text=qr_text(member.number, bytes(proving.salt), at=at),
        changes_at=_begins_at(window + 1),
        valid_until=_begins_at(window + 2),
    )


def qr_text(number: str, salt: bytes, *, at: datetime) -> str:
    """What the QR code of a member says at a moment, by their salt. Pure, but for the site's key."""
    return f"{QR_PREFIX}{number}{_qr_secret(salt, _window(at))}"


def number_in(text: str) -> str:
    """The member number in a QR code as scanned, "" when the text is no such code."""
    plain = text.strip().upper()
    whole = len(QR_PREFIX) + numbers.LENGTH + QR_SECRET_LENGTH
    if not (plain.startswith(QR_PREFIX) and plain.isascii() and len(plain) == whole):
        return ""
    number = plain[len(QR_PREFIX) :][: numbers.LENGTH]
    return number if numbers.is_valid(number) else ""


def send_code(member: Member, *, at: datetime, place: str) -> Sent:
    """Send MEMBER a code that proves at the till that it is them; PLACE (a store's name) stands in the message.

    By SMS, else by e-mail, whatever they consented to: they ask for it. The one before is void.
    Raises NoAddress, TooManyCodes.
    """
    channel, address = _way(member)
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    with transaction.atomic():
        Proving.objects.select_for_update().get(pk=_proving(member.pk).pk)  # two at once would both count four
        if SpendingCode.objects.filter(member=member, sent_at__gt=at - timedelta(hours=1)).count() >= CODES_AN_HOUR:
            raise TooManyCodes(seconds=3600)
        sent = SpendingCode.objects.create(
            member=member, digest=_code_digest(member.pk, code), sent_at=at, expires_at=at + CODE_LASTS
        )
        draft = Draft(
            kind="spending_code",
            reference=f"spending_code:{uuid.uuid4()}",
            channel=channel,
            address=address,
            language=member.language,
            words={"name": member.name, "code": code, "place": place},
            member_id=member.pk,
            expires_at=sent.expires_at,
        )
        outbox.queue([draft], at=at)
    return Sent(channel, _masked(channel, address), sent.expires_at)


def set_pin(member: Member, pin: str, *, at: datetime) -> None:
    """Give MEMBER a PIN, or a new one; unlocks it. Tells "member.pin_set". Raises WeakPin."""
    if _is_weak(pin):
        raise WeakPin(pointer="/pin")
    with transaction.atomic():
        _proving(member.pk)
        Proving.objects.filter(pk=member.pk).update(pin_hash=make_password(pin), pin_set_at=at, pin_failures=0)
        events.tell("member.pin_set", reference=f"member:{member.pk}", occurred_at=at, member_id=member.pk)


def remove_pin(member: Member, *, at: datetime) -> None:
    """Take MEMBER's PIN away. Tells "member.pin_removed". Repeated, it does nothing."""
    with transaction.atomic():
        had = Proving.objects.filter(pk=member.pk).exclude(pin_hash="")
        if had.update(pin_hash="", pin_set_at=None, pin_failures=0):
            events.tell("member.pin_removed", reference=f"member:{member.pk}", occurred_at=at, member_id=member.pk)


def has_pin(member_id: int) -> bool:
    """Whether the member has a PIN, locked or not."""
    return Proving.objects.filter(pk=member_id).exclude(pin_hash="").exists()


def is_pin_locked(member_id: int) -> bool:
    """Whether the member's PIN was wrong too often."""
    return Proving.objects.filter(pk=member_id, pin_failures__gte=PIN_TRIES).exclude(pin_hash="").exists()


def check(member_id: int, proof: Proof, *, at: datetime) -> NotProved | None:
    """Whether PROOF proves that it is the member: None, or why not. What proved it once proves nothing again.

    In the caller's transaction. Answers a refusal instead of raising it, because the caller must commit: a wrong try
    counts. What is proved is used up in that transaction, so that work that is rolled back leaves the proof good.
    """
    if proof.kind == Kind.QR:
        return _check_qr(member_id, proof.value, at)
    if proof.kind == Kind.CODE:
        return _check_code(member_id, proof.value, at)
    return _check_pin(member_id, proof.value)


def _check_qr(member_id: int, text: str, at: datetime) -> NotProved | None:
    proving = Proving.objects.select_for_update().filter(pk=member_id).first()
    if proving is None or not number_in(text):
        return QrNotTaken()
    shown = text.strip().upper()[-QR_SECRET_LENGTH:]
    for window in (_window(at), _window(at) - 1):
        if window > proving.last_window and hmac.compare_digest(_qr_secret(bytes(proving.salt), window), shown):
            proving.last_window = window
            proving.save(update_fields=["last_window"])
            return None
    return QrNotTaken()


def _check_code(member_id: int, code: str, at: datetime) -> NotProved | None:
    sent = SpendingCode.objects.select_for_update().filter(member_id=member_id).order_by("-id").first()
    if sent is None or sent.used_at or sent.expires_at <= at or sent.failures >= CODE_TRIES:
        return CodeWrong(left=0)
    if not hmac.compare_digest(_code_digest(member_id, "".join(code.split())), sent.digest):
        sent.failures += 1
        sent.save(update_fields=["failures"])
        return CodeWrong(left=CODE_TRIES - sent.failures)
    sent.used_at = at
    sent.save(update_fields=["used_at"])
    return None


def _check_pin(member_id: int, pin: str) -> NotProved | None:
    """The row is locked while the PIN is compared, so that many tries at once are no more than five."""
    proving = Proving.objects.select_for_update().filter(pk=member_id).exclude(pin_hash="").first()
    if proving is None:
        return PinNotSet()
    if proving.pin_failures >= PIN_TRIES:
        return PinLocked()
    is_right = check_password(pin, proving.pin_hash)
    if is_right and not proving.pin_failures:
        return None
    proving.pin_failures = 0 if is_right else proving.pin_failures + 1
    proving.save(update_fields=["pin_failures"])
    if is_right:
        return None
    left = PIN_TRIES - proving.pin_failures
    return PinWrong(left=left) if left else PinLocked()


def forget_codes(*, at: datetime) -> int:
    """Delete codes that were sent more than a day ago, and say how many."""
    return SpendingCode.objects.filter(sent_at__lt=at - timedelta(days=1)).delete()[0]


def _proving(member_id: int) -> Proving:
    return Proving.objects.get_or_create(pk=member_id, defaults={"salt": secrets.token_bytes(32)})[0]


def _window(at: datetime) -> int:
    return int(at.timestamp()) // WINDOW_SECONDS


def _begins_at(window: int) -> datetime:
    return datetime.fromtimestamp(window * WINDOW_SECONDS, tz=UTC)


def _qr_secret(salt: bytes, window: int) -> str:
    """Forty bits of the member's key at a window of time. Who reads our tables has the salt, but not the site's key."""
    key = hmac.digest(settings.SECRET_KEY.encode(), b"rewards.proofs.qr" + salt, hashlib.sha256)
    number = int.from_bytes(hmac.digest(key, window.to_bytes(8, "big"), hashlib.sha256)[:5], "big")
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(QR_SECRET_LENGTH)))


def _code_digest(member_id: int, code: str) -> str:
    message = f"rewards.proofs.code {member_id} {code}"
    return hmac.new(settings.SECRET_KEY.encode(), message.encode(), hashlib.sha256).hexdigest()


def _way(member: Member) -> tuple[str, str]:
    if member.phone:
        return Message.Channel.SMS, member.phone.as_e164
    if member.email:
        return Message.Channel.EMAIL, member.email
    raise NoAddress


def _masked(channel: str, address: str) -> str:
    """So much of an address that its owner knows it: ***0123, a***@example.com."""
    if channel == Message.Channel.SMS:
        return f"***{address[-4:]}"
    name, _at, domain = address.partition("@")
    return f"{name[:1]}***@{domain}"


def _is_weak(pin: str) -> bool:
    if len(pin) not in PIN_LENGTHS or not (pin.isascii() and pin.isdigit()):
        return True
    steps = {int(after) - int(before) for before, after in pairwise(pin)}
    return len(steps) == 1 and steps <= {-1, 0, 1}
