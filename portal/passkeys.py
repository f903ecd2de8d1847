"""Members' passkeys: another way to sign in, kept by allauth. Staff's second factors are not touched here."""

from collections.abc import Sequence
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth

from access.models import User


def of(user: User) -> Sequence[Authenticator]:
    """The user's passkeys, the oldest first. One query."""
    return list(Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).order_by("created_at"))


def options(user: User) -> dict[str, Any]:
    """What the browser needs to make a new passkey for USER."""
    return dict(auth.begin_registration(user, passwordless=True))


def add(user: User, *, name: str, credential: dict[str, Any]) -> None:
    """Keep a passkey that was checked."""
    auth.WebAuthn.add(user, name, credential)


def remove(user: User, passkey_id: int) -> bool:
    """Forget a passkey of USER. False where there is no such one: somebody else's is never touched."""
    found = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN, pk=passkey_id)
    return bool(found.delete()[0])


def remove_all(user: User) -> None:
    """Forget all passkeys of a member who leaves."""
    Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).delete()
