"""Joining in the portal: what was filled in waits in the session until the code proves the address."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction

from access.models import User
from campaigns import referrals
from campaigns.models import Referral
from core import programme as programmes
from core.errors import LoyaltyError
from members import consent, enrolment, wordings
from members.birthdays import Birthday
from members.models import Consent, Member
from members.profiles import Profile
from portal.claiming import Address

SOURCE = "portal"


@dataclass(frozen=True, slots=True)
class Joining:
    """What somebody who joins has told. `marketing`: the channels they said yes to. Terms and privacy are accepted.

    `referral`: the code of the friend who invited them.
    """

    username: str
    address: Address
    name: str
    language: str
    birthday: Birthday | None
    marketing: tuple[str, ...]
    referral: str = ""

    def stored(self) -> dict[str, Any]:
        """In the shape that a session keeps."""
        return asdict(self)

    @classmethod
    def restored(cls, kept: dict[str, Any]) -> "Joining":
        """Out of the shape that a session keeps."""
        return cls(
            **{
                **kept,
                "address": Address(**kept["address"]),
                "birthday": Birthday(**kept["birthday"]) if kept["birthday"] else None,
                "marketing": tuple(kept["marketing"]),
            }
        )


class Joined(NamedTuple):
    """Who has joined, whether they are new, and the referral that was noted."""

    member: Member
    is_new: bool
    referral: Referral | None


def join(joining: Joining, user: User, *, at: datetime, devices: Collection[int] = ()) -> Joined:
    """Enrol the person who has proved their address, as USER; with a known address, the member that has it.

    A member already known keeps what they had: only what was empty is filled. Both accept the present terms, and
    say yes to marketing where they ticked it, unless they are too young for that. An invitation counts for who is new;
    DEVICES are the members who were signed in in the same browser. A repeat changes nothing.
    Raises MemberClosed, and the refusals of members.enrolment.
    """
    told: Profile = {
        "phone": joining.address.phone or None,
        "email": joining.address.email or None,
        "name": joining.name,
        "language": joining.language,
        "birthday": joining.birthday,
    }
    with transaction.atomic():
        enrolled = enrolment.enrol(via=SOURCE, at=at, **told)
        member, referral = enrolled.member, None
        Member.objects.filter(pk=member.pk, user=None).update(user=user)
        wordings.accept(member, source=SOURCE, at=at)
        for channel in joining.marketing:
            _say_yes(member, channel, at=at)
        if enrolled.is_new and joining.referral:
            referral = _note_invitation(member, joining.referral, devices, at=at)
    return Joined(member, enrolled.is_new, referral)


def _note_invitation(member: Member, code: str, devices: Collection[int], *, at: datetime) -> Referral | None:
    """An invitation that ended since the form was sent is no reason not to join."""
    programme = programmes.current()
    try:
        by = referrals.invitation(code, programme)
    except LoyaltyError:
        return None
    return referrals.join(member, by, programme, via=SOURCE, at=at, devices=devices)


def _say_yes(member: Member, channel: str, *, at: datetime) -> None:
    try:
        consent.give(member, channel, Consent.Purpose.MARKETING, source=SOURCE, at=at)
    except consent.BelowAgeOfConsent:
        # The yes of somebody so young doesn't count; they are welcome all the same.
        return
