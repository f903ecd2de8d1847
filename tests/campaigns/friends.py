"""Members who bring friends, in as few words as a story needs."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction

from campaigns import referrals
from campaigns.models import Referral, ReferralScheme
from core import programme as programmes
from core.models import Programme
from members import enrolment
from members.models import Member


def scheme(**changes: Any) -> Programme:
    """Switch it on: 500 points for who invites, 300 for the friend, after £20, 14 days later; CHANGES over that.

    Answers the programme as it stands then.
    """
    values: dict[str, Any] = {"is_active": True, "milestones": []}
    ReferralScheme.objects.filter(pk=1).update(**values | changes)
    return programmes.current()


def joins(by: Member, *, at: datetime, devices: Collection[int] = (), **profile: Any) -> Referral:
    """A new friend joins by BY's code: Grace by default, under an address that counts up."""
    programme = programmes.current()
    told = {"name": "Grace Hopper", "email": f"grace{Member.objects.count()}@example.com", "language": "en"}
    with transaction.atomic():
        invitation = referrals.invitation(referrals.code_of(by, at=at), programme)
        friend = enrolment.enrol(via="portal", at=at, **told | profile).member
        return referrals.join(friend, invitation, programme, via="portal", at=at, devices=devices)
