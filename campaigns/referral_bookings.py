"""Booking what referrals come to, and keeping it, in the transaction of whoever decided it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.models import Referral, ReferralMilestone
from core import db, events
from core.models import Programme
from points import ledger, terms
from points.ledger import Accrual, Grant
from points.models import PointType

ACTOR = "referrals"
FOR_INVITING = _("For bringing a friend")
FOR_JOINING = _("A friend invited you")
FOR_MILESTONE = _("For %(friends)d friends brought")
Words = Mapping[str, str]

KEEP = """
    update campaigns_referral r
    set state = d.state, reason = d.reason, withheld = d.withheld,
        referrer_given = d.referrer_given, friend_given = d.friend_given,
        purchase_id = case when d.state <> 'joined' then r.purchase_id end,
        due_at = case when d.state <> 'joined' then r.due_at end,
        done_at = case when d.state <> 'joined' then %(at)s end
    from jsonb_to_recordset(%(done)s::jsonb)
        as d(id bigint, state text, reason text, withheld text, referrer_given int, friend_given int)
    where r.id = d.id
    returning r.id
"""


@dataclass(slots=True)
class Settled:
    """What becomes of a referral: its state, why, what both get, and the milestones (friends, points) reached by it."""

    referral: Referral
    state: str = ""
    reason: str = ""
    withheld: str = ""
    referrer_points: int = 0
    friend_points: int = 0
    milestones: list[tuple[int, int]] = field(default_factory=list)


def book(
    rewarded: Sequence[Settled], accounts: Mapping[int, int], main: PointType, programme: Programme, at: datetime
) -> None:
    """Give both sides their points, usable at once, on accounts that the caller has opened. Tells "referral.rewarded".

    References: "referral:12" with both, "referral:12:milestone:3" with the member who invited.
    """
    expires_at = terms.expires_at(main, at, at, programme)
    accruals: list[Accrual] = []

    def give(member: int, points: int, reference: str, words: Words) -> None:
        if points:
            grant = Grant(points, "referral", 0, words, at, expires_at)
            accruals.append(Accrual(accounts[member], reference, [grant], at, at, ACTOR))

    inviting, joining = _words(FOR_INVITING), _words(FOR_JOINING)
    for each in rewarded:
        reference = f"referral:{each.referral.pk}"
        give(each.referral.friend_id, each.friend_points, reference, joining)
        give(each.referral.referrer_id, each.referrer_points, reference, inviting)
        for friends, points in each.milestones:
            words = _words(FOR_MILESTONE, friends=friends)
            give(each.referral.referrer_id, points, f"{reference}:milestone:{friends}", words)
    ledger.accrue(accruals)
    ReferralMilestone.objects.bulk_create(
        ReferralMilestone(
            referrer_id=each.referral.referrer_id, friends=friends, points=points, referral=each.referral, at=at
        )
        for each in rewarded
        for friends, points in each.milestones
    )
    events.tell_many([fact for each in rewarded for fact in _facts(each, main, at)])


def keep(settled: Sequence[Settled], at: datetime) -> None:
    """Write down what became of referrals. One statement."""
    done = [
        {
            "id": each.referral.pk,
            "state": each.state,
            "reason": each.reason,
            "withheld": each.withheld,
            "referrer_given": each.referrer_points,
            "friend_given": each.friend_points,
        }
        for each in settled
    ]
    db.rows(KEEP, {"at": at, "done": db.as_json(done)})


def _facts(each: Settled, main: PointType, at: datetime) -> list[dict[str, Any]]:
    """To each who got points: how many, what they are called, as which of the two, and how many the friend got."""
    none: list[tuple[int, int]] = []
    given = [
        ("friend", each.referral.friend_id, each.friend_points, none),
        ("referrer", each.referral.referrer_id, each.referrer_points, each.milestones),
    ]
    unit = {code: _in(code, main, "name_plural") for code in settings.MODELTRANSLATION_LANGUAGES}
    return [
        events.fact(
            "referral.rewarded",
            reference=f"referral:{each.referral.pk}",
            occurred_at=at,
            member_id=member,
            payload={
                "referral": each.referral.pk,
                "as": role,
                "points": points,
                "friend_points": each.friend_points,
                "milestones": [{"friends": friends, "points": more} for friends, more in milestones],
                "unit": unit,
            },
        )
        for role, member, points, milestones in given
        if points or milestones
    ]


def _in(language: str, row: PointType, name: str) -> str:
    with translation.override(language):
        return str(getattr(row, name))


def _words(sentence: Promise | str, **values: int) -> dict[str, str]:
    """A reason in all languages."""
    found = {}
    for language in settings.MODELTRANSLATION_LANGUAGES:
        with translation.override(language):
            found[language] = str(sentence) % values if values else str(sentence)
    return found
