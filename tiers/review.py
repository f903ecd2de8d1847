"""The nightly review: every window is summed anew, and every standing brought in line with its days.

In small sets of members, each in its own transaction. What was reviewed before comes to the same, so that a review
may be stopped, repeated, or late: steps down that were missed are performed one after the other on their true dates.
It finds what no purchase could tell: standings that have run out, and what a change of thresholds or scheme means.
Rises and dates follow the new thresholds at once; who no longer reaches a threshold that was raised keeps the tier to
the end of the month after the review.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from core import clock, db, programme

MEMBERS_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class Reviewed:
    """How many members rose, stepped down, kept what they hold; and the last member reviewed (ids rise)."""

    raised: int = 0
    lowered: int = 0
    kept: int = 0
    last_member_id: int = 0

    def __add__(self, other: "Reviewed") -> "Reviewed":
        return Reviewed(
            self.raised + other.raised,
            self.lowered + other.lowered,
            self.kept + other.kept,
            max(self.last_member_id, other.last_member_id),
        )


def review(
    on: date,
    *,
    at: datetime | None = None,
    since: date | None = None,
    report: Callable[[Reviewed], None] | None = None,
) -> Reviewed:
    """Review all members as of the business date ON. REPORT is told what each set of members came to.

    AT is the moment it is done, the beginning of ON where not given. Nobody is reviewed as of a date that has passed
    by then: what happened since would be undone. With SINCE, windows that have ended since that date count as well:
    for days that were written without `record`, whose standings would otherwise be found only while the window lasts.
    """
    total = Reviewed()
    for part in parts(on, at=at or clock.start_of(on, programme.current()), since=since):
        total += part
        if report:
            report(part)
    return total


def parts(
    on: date, *, at: datetime, since: date | None = None, after: int = 0, members: int = MEMBERS_AT_ONCE
) -> Iterator[Reviewed]:
    """The review in sets of MEMBERS members, beginning after the member AFTER, each committed before the next."""
    today = max(on, clock.business_date(at, programme.current()))
    while True:
        with transaction.atomic():
            row = db.rows(
                "select * from tiers_review(%s, %s, %s, %s, %s)", [after, members, today, since or today, at]
            )[0]
        if row["upto"] is None:
            return
        after = row["upto"]
        kept = row["reviewed"] - row["raised"] - row["lowered"]
        yield Reviewed(row["raised"], row["lowered"], kept, after)
