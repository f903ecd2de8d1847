"""Members' passkeys: another way to sign in, kept by allauth. Staff's second factors are not touched here."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django.db import transaction

from access.models import User
from core import events
from members.models import Member


def of(user: User) -> Sequence[Authenticator]:
    """The user's passkeys, the oldest first. One query."""
    return list(Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).order_by("created_at"))


def options(user: User) -> dict[str, Any]:
    """What the browser needs to make a new passkey for USER."""
    return dict(auth.begin_registration(user, passwordless=True))


def add(member: Member, *, name: str, credential: dict[str, Any], at: datetime) -> None:
    """Keep a passkey of MEMBER's that was checked, made on a device of that NAME. Tells "member.passkey_added"."""
    with transaction.atomic():
        auth.WebAuthn.add(member.user, name, credential)
        _tell("member.passkey_added", member, name, at)


def remove(member: Member, passkey_id: int, *, at: datetime) -> bool:
    """Forget a passkey of MEMBER's. False where there is no such one: somebody else's is never touched.

    Tells "member.passkey_removed".
    """
    with transaction.atomic():
        own = Authenticator.objects.filter(user=member.user, type=Authenticator.Type.WEBAUTHN)
        found = own.select_for_update().filter(pk=passkey_id).first()
        if found is None:
            return False
        name = found.wrap().name
        found.delete()
        _tell("member.passkey_removed", member, name, at)
    return True


def _tell(kind: str, member: Member, name: str, at: datetime) -> None:
    """Whoever else has got in must not be able to do this unnoticed: the member is written to (messaging.fanout)."""
    reference = f"member:{member.pk}"
    events.tell(kind, reference=reference, occurred_at=at, member_id=member.pk, payload={"device": name})


def remove_all(user: User) -> None:
    """Forget all passkeys of a member who leaves."""
    Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).delete()
