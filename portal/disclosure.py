"""What we know about a member, as a page tells it: part by part, row by row, in the reader's words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from campaigns.models import Occasion, Referral
from core import naming
from members.models import Card, Consent, Member, Wording
from messaging.kinds import KINDS
from messaging.models import Message
from points.models import Posting
from rewards.models import Voucher
from tiers.models import TierChange

MOST_ROWS = 100

# What stands for itself in a file for programs, in words.
VALUES: dict[str, dict[str, str | Promise]] = {
    "status": dict([*Member.Status.choices, *Card.Status.choices]),
    "calendar": dict(Member.Calendar.choices),
    "channel": dict(Message.Channel.choices),
    "purpose": dict(Consent.Purpose.choices),
    "kind": {**dict(Posting.Kind.choices), **{code: kind.title for code, kind in KINDS.items()}},
    "state": dict([*Occasion.State.choices, *Referral.State.choices, *Message.State.choices, *Voucher.State.choices]),
    "reason": dict(Occasion.Reason.choices),
    "cause": dict(TierChange.Cause.choices),
    "text": dict(Wording.Kind.choices),
    "language": dict(settings.LANGUAGES),
}
# What says by whom or where something came about.
SOURCES = ("enrolled_via", "where")

TITLES = {
    "member": gettext_lazy("Who you are"),
    "cards": gettext_lazy("Your cards"),
    "accepted": gettext_lazy("Texts you accepted"),
    "consents": gettext_lazy("What you said yes or no to"),
    "traits": gettext_lazy("Facts noted about you"),
    "tier": gettext_lazy("Your tier"),
    "tier_changes": gettext_lazy("How your tier changed"),
    "balances": gettext_lazy("Your points"),
    "postings": gettext_lazy("How your points changed"),
    "purchases": gettext_lazy("Your purchases"),
    "messages": gettext_lazy("What we wrote to you"),
    "vouchers": gettext_lazy("Your vouchers"),
    "has_pin": gettext_lazy("Your PIN"),
    "occasions": gettext_lazy("Days of yours on which we greet"),
    "awards": gettext_lazy("Offers that you won"),
    "challenges": gettext_lazy("Stamp cards and challenges that you completed"),
    "invitation": gettext_lazy("Your invitation"),
    "friends_invited": gettext_lazy("Friends whom you invited"),
    "invited_by_a_friend": gettext_lazy("How a friend invited you"),
}
NAMES = {
    "address": gettext_lazy("address"),
    "amount": gettext_lazy("amount"),
    "at": gettext_lazy("when"),
    "available": gettext_lazy("usable"),
    "birthday": gettext_lazy("birthday"),
    "awarded_at": gettext_lazy("when"),
    "booked_at": gettext_lazy("written down"),
    "calendar": gettext_lazy("calendar"),
    "category": gettext_lazy("category"),
    "cause": gettext_lazy("cause"),
    "change": gettext_lazy("change"),
    "channel": gettext_lazy("channel"),
    "code": gettext_lazy("code"),
    "created_at": gettext_lazy("made"),
    "currency": gettext_lazy("currency"),
    "day": gettext_lazy("day"),
    "done_at": gettext_lazy("settled"),
    "email": gettext_lazy("e-mail"),
    "enrolled_at": gettext_lazy("enrolled"),
    "enrolled_via": gettext_lazy("enrolled via"),
    "expires_at": gettext_lazy("expires"),
    "external_id": gettext_lazy("external id"),
    "friend_given": gettext_lazy("points"),
    "from": pgettext_lazy("of a change", "from"),
    "granted": gettext_lazy("yes"),
    "has_pin": gettext_lazy("chosen"),
    "held": gettext_lazy("reserved"),
    "is_leap_month": gettext_lazy("leap month"),
    "issued_at": gettext_lazy("issued"),
    "kind": gettext_lazy("kind"),
    "joined_at": gettext_lazy("joined"),
    "key": gettext_lazy("occasion"),
    "language": gettext_lazy("language"),
    "lines": gettext_lazy("goods"),
    "month": gettext_lazy("month"),
    "moved": gettext_lazy("moved"),
    "name": gettext_lazy("name"),
    "number": gettext_lazy("number"),
    "occurred_at": gettext_lazy("happened"),
    "on": gettext_lazy("on"),
    "owed": gettext_lazy("owed"),
    "pending": gettext_lazy("pending"),
    "phone": gettext_lazy("phone"),
    "points": gettext_lazy("points"),
    "round": gettext_lazy("round"),
    "purpose": gettext_lazy("purpose"),
    "quantity": gettext_lazy("quantity"),
    "read_at": gettext_lazy("read"),
    "reason": gettext_lazy("why not"),
    "reasons": gettext_lazy("reasons"),
    "receipt": gettext_lazy("receipt"),
    "reference": gettext_lazy("reference"),
    "referrer_given": gettext_lazy("points"),
    "replaced_at": gettext_lazy("replaced"),
    "returns": gettext_lazy("returns"),
    "reward": gettext_lazy("reward"),
    "sent_at": gettext_lazy("sent"),
    "since": gettext_lazy("since"),
    "sku": gettext_lazy("SKU"),
    "state": gettext_lazy("state"),
    "status": gettext_lazy("status"),
    "store": gettext_lazy("store"),
    "subject": pgettext_lazy("of a message", "subject"),
    "text": gettext_lazy("text"),
    "time_zone": gettext_lazy("time zone"),
    "to": pgettext_lazy("recipient", "to"),
    "used_at": gettext_lazy("used"),
    "valid_from": gettext_lazy("valid from"),
    "valid_to": gettext_lazy("valid to"),
    "valid_until": gettext_lazy("valid until"),
    "value": gettext_lazy("value"),
    "version": gettext_lazy("version"),
    "where": gettext_lazy("where"),
    "year": gettext_lazy("year"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of what is told: the latest rows of it, and how many MORE there are. COUNT is None for a single thing."""

    title: str
    rows: Sequence[Sequence[tuple[str, str]]]
    count: int | None
    more: int


def parts(told: Mapping[str, Any]) -> list[Part]:
    """The parts of what care.dossier.export tells."""
    return [_part(name, told[name]) for name in TITLES if name in told]


def _part(name: str, value: Any) -> Part:
    title = str(TITLES[name])
    if not isinstance(value, list):
        row = value if isinstance(value, Mapping) else {name: value}
        return Part(title, [_row(row)] if value else [], None, 0)
    rows = [_row(row) for row in value[::-1][:MOST_ROWS]]
    return Part(title, rows, len(value), len(value) - len(rows))


def _row(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    told = ((name, _words(_known(name, value))) for name, value in row.items())
    return [(str(NAMES.get(name, name)), words) for name, words in told if words]


def _known(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return naming.source(value) if name in SOURCES else VALUES.get(name, {}).get(value, value)


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "DATETIME_FORMAT")
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {words}" for name, words in _row(value))
    if isinstance(value, list):
        return " · ".join(filter(None, map(_words, value)))
    return "" if value is None else str(value)
