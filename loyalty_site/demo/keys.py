"""The demo's keys and passwords: made from the site's secret, so that they can be shown again without being stored.

Each install has its own. With another SECRET_KEY they are others, and those of before can't be shown any more.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True, slots=True)
class TerminalKey:
    """A till's key: its prefix is kept, and a hash of its secret."""

    prefix: str
    secret: str

    def __str__(self) -> str:
        return f"{self.prefix}.{self.secret}"

    @property
    def key_hash(self) -> str:
        return hashlib.sha256(self.secret.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class StaffKey:
    """How somebody of the staff signs in: a password, and the secret of an authenticator app (base32)."""

    password: str
    totp_secret: str


def of_terminal(store_code: str, code: str) -> TerminalKey:
    """The key of a demo terminal."""
    prefix = f"demo{store_code}{code}".replace("-", "").lower()
    return TerminalKey(prefix, _made(f"terminal {store_code}/{code}", 20).lower())


def of_staff(username: str) -> StaffKey:
    """The password and second factor of a demo user."""
    return StaffKey(_made(f"password {username}", 10).lower(), _made(f"totp {username}", 20))


def _made(purpose: str, size: int) -> str:
    """SIZE bytes of the purpose's own, in base32 (which has no characters that are easily confused)."""
    digest = hmac.new(settings.SECRET_KEY.encode(), f"changke demo: {purpose}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:size]).decode().rstrip("=")
