"""Bringing friends: a member's own code, whoever joins by it, and staff who refuse. Rewarding is `rewarding`'s work."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from access import audit
from access.models import User
from campaigns import referral_words
from campaigns.models import Referral, ReferralCode, ReferralScheme
from core import events
from core.errors import InvalidInput, LoyaltyError
from core.models import Programme
from core.revisions import PerRevision
from members.enrolment import ReasonMissing
from members.models import Member
from points import rules
from rewards import codes

# Seven random characters and the one that finds mistyped ones.
LENGTH = 8
ATTEMPTS = 5
State, Reason = Referral.State, Referral.Reason


class InvalidReferralCode(InvalidInput):
    """An invitation's code that was mistyped: its length or check character is wrong."""

    code = "invalid_referral_code"
    sentence = _("This is not an invitation code. Please check what was typed.")


class UnknownReferralCode(LoyaltyError):
    """Nobody who takes part has this invitation code."""

    code = "unknown_referral_code"
    status = 404
    lasting = False
    sentence = _("This invitation code is not known, or no longer valid.")


class NoReferrals(LoyaltyError):
    """Members invite nobody at the moment: the scheme is switched off."""

    code = "no_referrals"
    lasting = False
    sentence = _("Invitations are not taken at the moment.")


class ReferralSettled(LoyaltyError):
    """The referral was rewarded or refused before, and stays so."""

    code = "referral_settled"
    sentence = _("This referral is settled and stays as it is.")


@dataclass(frozen=True, slots=True)
class Invitation:
    """A code that counts: who invites, and on which terms."""

    code: str
    referrer: Member
    scheme: ReferralScheme


def _scheme(_programme: Programme) -> ReferralScheme:
    return ReferralScheme.objects.get()


# The scheme as it stands, kept by each process until it changes.
scheme = PerRevision(_scheme)


def code_of(member: Member, *, at: datetime) -> str:
    """The member's own code, made when it is first asked for. A repeat answers the same."""
    for _attempt in range(ATTEMPTS):
        known = ReferralCode.objects.filter(member=member).values_list("code", flat=True).first()
        if known:
            return known
        ReferralCode.objects.bulk_create(
            [ReferralCode(member=member, code=codes.draw(LENGTH), made_at=at)], ignore_conflicts=True
        )
    raise IntegrityError("no code was free")


def invitation(text: str, programme: Programme) -> Invitation:
    """The invitation that somebody typed or followed. One query.

    Raises InvalidReferralCode, UnknownReferralCode (also of members whose membership rests or has ended), NoReferrals.
    """
    code = codes.plain(text)
    if not codes.is_valid(code, LENGTH):
        raise InvalidReferralCode(pointer="/referral_code")
    terms = scheme(programme)
    if not terms.is_active:
        raise NoReferrals(pointer="/referral_code")
    found = ReferralCode.objects.select_related("member").filter(code=code, member__status=Member.Status.ACTIVE).first()
    if found is None:
        raise UnknownReferralCode(pointer="/referral_code")
    return Invitation(code, found.member, terms)


def join(
    friend: Member, by: Invitation, programme: Programme, *, via: str, at: datetime, devices: Collection[int] = ()
) -> Referral:
    """Note that FRIEND, enrolled just now in this transaction, joined by an invitation, on the terms of this moment.

    DEVICES: the members who were signed in before in the browser in which the friend joined. Whoever invites
    themselves (same mailbox, phone or device) joins all the same; the referral is noted as refused, and why. Tells
    "referral.joined" otherwise. A repeat answers the first referral.
    """
    if known := Referral.objects.filter(friend=friend).first():
        return known
    terms, main = by.scheme, rules.rulebook(programme).main
    reason = Reason.SAME_DEVICE.value if by.referrer.pk in devices else same_person(by.referrer, friend)
    made = Referral.objects.create(
        friend=friend,
        referrer=by.referrer,
        via=via,
        referrer_points=terms.referrer_points,
        friend_points=terms.friend_points,
        minimum=terms.minimum,
        days=max(terms.days, main.pending_days if main else 0),
        joined_at=at,
        buy_until=at + timedelta(days=terms.within_days),
        state=State.REFUSED if reason else State.JOINED,
        reason=reason,
        done_at=at if reason else None,
    )
    if not reason:
        events.tell(
            "referral.joined",
            reference=f"referral:{made.pk}",
            occurred_at=at,
            member_id=by.referrer.pk,
            payload={"referral": made.pk},
        )
    return made


def same_person(one: Member, other: Member) -> str:
    """Why two members are taken for one person; "" where nothing speaks for it."""
    if one.email and other.email and referral_words.mailbox(one.email) == referral_words.mailbox(other.email):
        return Reason.SAME_EMAIL
    if one.phone and one.phone == other.phone:
        return Reason.SAME_PHONE
    return ""


def refuse(referral: Referral, *, reason: str, at: datetime, actor: User) -> None:
    """Refuse a referral that is not settled yet: nobody gets anything for it. Audited with its reason.

    Raises ReasonMissing, ReferralSettled (also for a repeat).
    """
    if not reason.strip():
        raise ReasonMissing(pointer="/reason")
    with transaction.atomic():
        current = Referral.objects.select_for_update().get(pk=referral.pk)
        if current.state not in (State.JOINED, State.WAITING):
            raise ReferralSettled
        current.state, current.reason, current.done_at = State.REFUSED, Reason.STAFF, at
        current.save(update_fields=["state", "reason", "done_at"])
        audit.record("referral.refused", subject=f"referral:{current.pk}", actor=actor, reason=reason.strip())
