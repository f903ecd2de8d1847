"""Writing messages: in the transaction of the fact they tell, sent later by `messaging.delivery`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from core import db
from core import programme as programmes
from core.models import Programme
from messaging import texts
from messaging.daytime import DAY, Hours, daytime
from messaging.kinds import KINDS
from messaging.models import Message
from messaging.queries import Contact, sending_hours
from messaging.texts import Text

# A code was read by then, or is not valid any more.
SECRETS_KEPT = timedelta(minutes=15)

INSERT = """
    insert into messaging_message (reference, member_id, kind, channel, address, language, subject, body, is_secret,
                                   state, attempts, error, created_at, due_at, expires_at,
                                   is_marketing, time_zone, local_on, html)
    select reference, member_id, kind, channel, address, language, subject, body, is_secret,
           state, 0, error, at, due_at, expires_at, is_marketing, time_zone, local_on, html
    from jsonb_to_recordset(%s::jsonb)
        as m(reference text, member_id bigint, kind text, channel text, address text, language text, subject text,
             body text, is_secret boolean, state text, error text, at timestamptz, due_at timestamptz,
             expires_at timestamptz, is_marketing bool, time_zone text, local_on date, html text)
    on conflict do nothing
    returning id, reference, state
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message to be written. KIND is one of `messaging.kinds`, REFERENCE names the occasion and is told once.

    WORDS fill the templates, unless it has a TEXT of its own; HTML is what an e-mail shows where that is more than the
    text in paragraphs. `time_zone` says when it is day for the reader, empty:
    the programme's. `expires_at` is when it is of no use any more, if not as its kind says. `refused`: the member does
    not want it, which is recorded instead of sent. `is_marketing`: sent by consent only, once a day of the member's;
    `local_on` is that day.
    """

    kind: str
    reference: str
    channel: str
    address: str
    language: str
    words: Mapping[str, Any] = field(default_factory=dict)
    time_zone: str = ""
    member_id: int | None = None
    expires_at: datetime | None = None
    refused: bool = False
    text: Text | None = None
    html: str = ""
    is_marketing: bool = False
    local_on: date | None = None


def to(
    contact: Contact, kind: str, *, reference: str, words: Mapping[str, Any], expires_at: datetime | None = None
) -> Draft:
    """A draft of KIND for a member, greeted by name, over the channel they are reached by."""
    return Draft(
        kind=kind,
        reference=f"{reference}:{contact.channel}",
        channel=contact.channel,
        address=contact.address,
        language=contact.language,
        words={"name": contact.name, "number": contact.number, **words},
        time_zone=contact.time_zone,
        member_id=contact.member_id,
        expires_at=expires_at,
    )


def queue(drafts: Sequence[Draft], *, at: datetime) -> int:
    """Write messages at AT, to be sent at once or when day comes; answer how many. What was told before is left."""
    return len(write(drafts, at=at))


def write(drafts: Sequence[Draft], *, at: datetime) -> dict[str, int]:
    """As `queue`, answering the message of each reference that was queued. A second marketing message for a member's
    day and channel is left like one that was told before."""
    if not drafts:
        return {}
    programme = programmes.current()
    hours = sending_hours() if any(KINDS[draft.kind].waits_for_day for draft in drafts) else {}
    written = db.rows(INSERT, [db.as_json([_row(draft, programme, hours, at) for draft in drafts])])
    return {row["reference"]: row["id"] for row in written if row["state"] == Message.State.QUEUED}


def _row(draft: Draft, programme: Programme, hours: Mapping[str, Hours], at: datetime) -> dict[str, Any]:
    kind = KINDS[draft.kind]
    zone = draft.time_zone or programme.time_zone
    due_at = daytime(at, zone, hours.get(draft.channel, DAY)) if kind.waits_for_day else at
    text = draft.text or Text("", "")
    if not draft.refused and draft.text is None:
        text = texts.write(draft.kind, draft.channel, draft.language, programme, draft.words)
    return {
        "reference": draft.reference,
        "member_id": draft.member_id,
        "kind": draft.kind,
        "channel": draft.channel,
        "address": draft.address,
        "language": draft.language,
        "subject": text.subject[:200],
        "body": text.body,
        "is_secret": kind.is_secret,
        "state": Message.State.SUPPRESSED if draft.refused else Message.State.QUEUED,
        "error": "refused by the member" if draft.refused else "",
        "at": at,
        "due_at": due_at,
        "expires_at": draft.expires_at or due_at + kind.useful_for,
        "is_marketing": draft.is_marketing,
        "time_zone": zone if draft.is_marketing else "",
        "local_on": draft.local_on,
        "html": draft.html,
    }


def wipe_served(*, at: datetime) -> int:
    """Wipe the text of secret messages a quarter of an hour after they were written; answer how many."""
    served = Message.objects.filter(is_secret=True, created_at__lte=at - SECRETS_KEPT).exclude(body="")
    return served.update(subject="", body="", html="")
