"""The list of addresses that get no marketing: who unsubscribed, who complained, and where nobody is.

It keeps digests, made by the SQL function messaging_digest, and outlives members. Who unsubscribed and says yes again
later, in person (in the portal, at a till, to staff), is written to again; a yes out of a file does not count.
"""

from datetime import datetime

from core import db
from messaging.models import Suppression

SUPPRESS = """
    insert into messaging_suppression (channel, digest, reason, at)
    values (%(channel)s, messaging_digest(%(address)s), %(reason)s, %(at)s)
    on conflict (channel, digest) do update set reason = excluded.reason, at = excluded.at
    where messaging_suppression.reason = 'unsubscribed'
    returning id
"""


def suppress(channel: str, address: str, reason: Suppression.Reason, *, at: datetime) -> None:
    """Write no marketing to ADDRESS any more. What is worse than having unsubscribed stays as it is."""
    db.value(SUPPRESS, {"channel": channel, "address": address, "reason": reason, "at": at})


def reason(channel: str, address: str) -> str:
    """Why an address stands on the list; "" when it does not."""
    found = db.value(
        "select reason from messaging_suppression where channel = %s and digest = messaging_digest(%s)",
        [channel, address],
    )
    return found or ""
