"""Second factors of staff: who has one, and the authenticator codes of users whose secret is known (the demo's)."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import encrypt

from access.models import User
from core import events

PERIOD_SECONDS = 30
KINDS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def is_enrolled(user: User) -> bool:
    """Whether USER has set up an authenticator app or a passkey. One query."""
    return bool(Authenticator.objects.filter(user=user, type__in=KINDS).exists())


def new_secret() -> str:
    """A fresh secret for an authenticator app, in base32."""
    return str(totp.generate_totp_secret())


def enrol(user: User, secret: str) -> Authenticator:
    """Give USER an authenticator app with SECRET (base32), in place of one they had. A repeat changes nothing."""
    found, _is_new = Authenticator.objects.update_or_create(
        user=user, type=Authenticator.Type.TOTP, defaults={"data": {"secret": encrypt(secret)}}
    )
    return found


def code(secret: str, *, at: datetime) -> str:
    """The six digits that an authenticator app with SECRET shows at the moment AT."""
    return str(totp.format_hotp_value(totp.hotp_value(secret, int(at.timestamp()) // PERIOD_SECONDS)))


def tell_changed(user: User, change: str, *, language: str, at: datetime) -> None:
    """Tell "staff.factor_changed": whoever else has got in must not do this unnoticed (messaging.fanout writes).

    CHANGE: "totp_activated", "totp_deactivated", "webauthn_added", "webauthn_removed", "recovery_codes_generated", or
    "removed" by an administrator.
    """
    payload = {"user": user.pk, "change": change, "language": language}
    events.tell("staff.factor_changed", reference=f"user:{user.pk}", occurred_at=at, payload=payload)
