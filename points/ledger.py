"""The only writer of the ledger.

Every verb locks the accounts it touches first, in id order, brings them to its moment (what is due matures and
expires), and then books postings, lots and movements in one call of a SQL function. All run inside the caller's
transaction: one business fact, one transaction. A verb repeated with the same reference answers the first posting
and moves nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from core import db, events
from core import programme as programmes
from core.errors import LoyaltyError
from points import terms
from points.models import PointType, Posting, PostingNote

Reasons = Sequence[Mapping[str, Any]]


class InsufficientPoints(LoyaltyError):
    """The member has fewer usable points than asked for."""

    code = "insufficient_points"
    sentence = _("Only %(available)s points can be used, %(wanted)s are needed.")


class MoreThanAccrued(LoyaltyError):
    """More points would be taken back than were accrued."""

    code = "more_than_accrued"
    sentence = _("More points would be taken back than were given.")


class MoreThanRedeemed(LoyaltyError):
    """More points would be given back than were redeemed."""

    code = "more_than_redeemed"
    sentence = _("More points would be given back than were used.")


@dataclass(frozen=True, slots=True)
class Grant:
    """So many points for one reason, in words for each language, and the dates they come with (None: for ever)."""

    points: int
    rule: str
    version: int
    words: Mapping[str, str]
    available_at: datetime
    expires_at: datetime | None

    def as_reason(self) -> dict[str, Any]:
        return {"points": self.points, "rule": self.rule, "version": self.version, "words": dict(self.words)}


@dataclass(frozen=True, slots=True)
class Accrual:
    """Grants to book on one account under one reference. `at` is the moment it is booked for."""

    account_id: int
    reference: str
    grants: Sequence[Grant]
    occurred_at: datetime
    at: datetime
    actor: str
    kind: str = Posting.Kind.ACCRUE

    def as_row(self) -> dict[str, Any]:
        """The accrual as the SQL function ledger_book takes it. Grants with the same dates share a lot."""
        return {
            "account": self.account_id,
            "kind": self.kind,
            "reference": self.reference,
            "occurred_at": self.occurred_at,
            "at": self.at,
            "actor": self.actor,
            "reasons": [grant.as_reason() for grant in self.grants],
            "lots": _lots(self.grants),
        }


@dataclass(frozen=True, slots=True)
class Booking:
    """A posting as booked (or found, when it is a repeat), and the account's balance after it."""

    posting_id: int
    account_id: int
    number: int
    points: int
    is_repeat: bool
    pending: int
    available: int
    held: int
    debt: int


@dataclass(frozen=True, slots=True)
class Opened:
    """An account as locked and touched."""

    account_id: int
    member_id: int
    point_type_id: int
    pending: int
    available: int
    held: int
    debt: int
    last_number: int


def open_accounts(wanted: Sequence[tuple[int, int, datetime]]) -> dict[tuple[int, int], Opened]:
    """Lock the accounts of (member, point type, moment), each once, in id order, and touch them. Missing are made."""
    if len({(member, point_type) for member, point_type, _moment in wanted}) != len(wanted):
        raise ValueError("each account once, please")
    found = db.rows(
        "select * from ledger_open(%s::bigint[], %s::bigint[], %s::timestamptz[])",
        [[w[0] for w in wanted], [w[1] for w in wanted], [w[2] for w in wanted]],
    )
    return {(row["member_id"], row["point_type_id"]): Opened(**row) for row in found}


def hold_accounts(wanted: Iterable[tuple[int, int]]) -> None:
    """Lock the accounts of (member, point type) in id order, missing ones made, without touching them.

    For who will open them one after another in this transaction, and must not meet others who take them in order.
    """
    pairs = sorted(set(wanted))
    given = [[member for member, _type in pairs], [point_type for _member, point_type in pairs]]
    # Making and locking are two statements: one that waited for somebody else's new account would not see it.
    db.value(
        """
        with made as (
            insert into points_account (member_id, point_type_id)
            select w.member_id, w.type_id from unnest(%s::bigint[], %s::bigint[]) as w(member_id, type_id)
            where not exists (
                select from points_account a where a.member_id = w.member_id and a.point_type_id = w.type_id)
            order by 1, 2 on conflict do nothing returning 1
        ) select count(*) from made
        """,
        given,
    )
    db.value(
        """
        select ledger_lock(array_agg(a.id)) from unnest(%s::bigint[], %s::bigint[]) as w(member_id, type_id)
        join points_account a on a.member_id = w.member_id and a.point_type_id = w.type_id
        """,
        given,
    )


def accrue(accruals: Sequence[Accrual]) -> list[Booking]:
    """Book accruals, each with at least one grant, in one statement. Usable points repay debt at once.

    Grants with the same dates share a lot. Answers a booking for each, in order.
    """
    if not accruals:
        return []
    found = db.rows("select * from ledger_accrue(%s::jsonb)", [db.as_json([a.as_row() for a in accruals])])
    return [Booking(**{k: v for k, v in row.items() if k != "place"}) for row in found]


def _lots(grants: Sequence[Grant]) -> list[dict[str, Any]]:
    lots: dict[tuple[datetime, datetime | None], int] = {}
    for grant in grants:
        dates = (grant.available_at, grant.expires_at)
        lots[dates] = lots.get(dates, 0) + grant.points
    return [{"points": points, "available_at": a, "expires_at": e} for (a, e), points in lots.items()]


def redeem(account_id: int, points: int, *, reference: str, at: datetime, actor: str, reasons: Reasons = ()) -> Booking:
    """Use POINTS (> 0) of what is available, soonest-expiring first. Raises InsufficientPoints."""
    return _withdraw(account_id, points, Posting.Kind.REDEEM, "redeemed", reference, at, actor, reasons)


def _withdraw(
    account_id: int,
    points: int,
    kind: str,
    bucket: str,
    reference: str,
    at: datetime,
    actor: str,
    reasons: Reasons,
) -> Booking:
    _positive(points)
    row = db.rows(
        "select * from ledger_redeem(%s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb)",
        [account_id, kind, reference, points, bucket, at, at, actor, db.as_json(list(reasons))],
    )[0]
    if row["posting_id"] is None:
        raise InsufficientPoints(available=row["available"], wanted=points)
    return Booking(account_id=account_id, **row)


@dataclass(frozen=True, slots=True)
class Reversal:
    """POINTS (> 0) of one posting to take back, under one reference. `at` is the moment it is booked for."""

    posting_id: int
    points: int
    reference: str
    occurred_at: datetime
    at: datetime
    actor: str
    reasons: Reasons = ()


def reverse(reversals: Sequence[Reversal]) -> list[Booking]:
    """Take back accrued points: from the posting's own lots, then others soonest-expiring first, then as debt.

    What of its own lots has expired meanwhile is taken from there and costs the member nothing. One statement for all;
    the caller has opened their accounts. Raises MoreThanAccrued when a posting's reversals would pass what it accrued.
    """
    if not reversals:
        return []
    for reversal in reversals:
        _positive(reversal.points)
    batch = [
        {
            "posting": r.posting_id,
            "reference": r.reference,
            "points": r.points,
            "occurred_at": r.occurred_at,
            "at": r.at,
            "actor": r.actor,
            "reasons": list(r.reasons),
        }
        for r in reversals
    ]
    found = db.rows(
        """
        select r.*, p.account_id
        from rows from (jsonb_to_recordset(%s::jsonb) as (posting bigint, reference text, points bigint,
            occurred_at timestamptz, at timestamptz, actor text, reasons jsonb))
            with ordinality as b(posting, reference, points, occurred_at, at, actor, reasons, place)
        join points_posting p on p.id = b.posting
        cross join lateral ledger_reverse(b.posting, b.reference, b.points, b.occurred_at, b.at, b.actor, b.reasons) r
        order by b.place
        """,
        [db.as_json(batch)],
    )
    if any(row["posting_id"] is None for row in found):
        raise MoreThanAccrued
    return [Booking(**row) for row in found]


def restore(
    posting_id: int, points: int, *, reference: str, at: datetime, actor: str, reasons: Reasons = ()
) -> Booking:
    """Give back POINTS (> 0) of a redemption to the lots that were spent, latest-expiring first.

    What has expired meanwhile comes back once more, until the programme's grace ends. Raises MoreThanRedeemed.
    """
    _positive(points)
    programme = programmes.current()
    row = db.rows(
        "select r.*, p.account_id from points_posting p, ledger_restore(p.id, %s, %s, %s, %s, %s, %s, %s::jsonb) r"
        " where p.id = %s",
        [
            reference,
            points,
            terms.grace_until(at, programme),
            at,
            at,
            actor,
            db.as_json(list(reasons)),
            posting_id,
        ],
    )[0]
    if row["posting_id"] is None:
        raise MoreThanRedeemed
    return Booking(**row)


def adjust(
    member_id: int,
    point_type: PointType,
    points: int,
    *,
    reference: str,
    words: Mapping[str, str],
    at: datetime,
    actor: str,
    note_for_member: str = "",
    internal_note: str = "",
) -> Booking:
    """Give (points > 0) or take (points < 0) points by hand, for a reason in words. Raises InsufficientPoints.

    Given points are usable at once and expire like others of their type. Tells "points.adjusted".
    """
    programme = programmes.current()
    account = open_accounts([(member_id, point_type.pk, at)])[member_id, point_type.pk]
    reason = {"points": points, "rule": "adjustment", "version": 0, "words": dict(words)}
    if points > 0:
        grant = Grant(points, "adjustment", 0, words, at, terms.expires_at(point_type, at, at, programme))
        booking = accrue([Accrual(account.account_id, reference, [grant], at, at, actor, Posting.Kind.ADJUST)])[0]
    else:
        booking = _withdraw(
            account.account_id, -points, Posting.Kind.ADJUST, "adjusted", reference, at, actor, [reason]
        )
    if not booking.is_repeat:
        if note_for_member or internal_note:
            PostingNote.objects.create(
                posting_id=booking.posting_id, for_member=note_for_member, internal=internal_note
            )
        events.tell(
            "points.adjusted",
            reference=reference,
            occurred_at=at,
            member_id=member_id,
            payload={"posting": booking.posting_id, "points": points, "point_type": point_type.code},
        )
    return booking


def _positive(points: int) -> None:
    if points <= 0:
        raise ValueError(f"points to move must be positive, not {points}")
