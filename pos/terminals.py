"""Tills and their keys. A key is shown once: kept are the part before its dot, to find it, and a hash of the rest."""

import hashlib
import secrets
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from access import audit
from access.models import User
from core.errors import LoyaltyError
from sales.models import Store, Terminal

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
PREFIX_LENGTH = 8
SECRET_BYTES = 32


class TerminalExists(LoyaltyError):
    """The store has a terminal of this code already."""

    code = "terminal_exists"
    sentence = _("The store has a terminal of this code already.")

    def __init__(self) -> None:
        super().__init__(pointer="/code")


def issue_key(store: Store, code: str, *, name: str = "", actor: User | None) -> tuple[Terminal, str]:
    """Put a till into a store: the terminal, and its key, which nobody can read again. Audited.

    Raises TerminalExists when the store has one of that code: `rotate` gives that one a new key.
    """
    prefix, secret = _new_key()
    try:
        with transaction.atomic():
            terminal = Terminal.objects.create(
                store=store, code=code, name=name, key_prefix=prefix, key_hash=_digest(secret)
            )
            audit.record(
                "terminal.key_issued",
                subject=f"terminal:{terminal.pk}",
                actor=actor,
                changes={"terminal": str(terminal), "key_prefix": prefix},
            )
    except IntegrityError as error:
        raise TerminalExists from error
    return terminal, f"{prefix}.{secret}"


def rotate(terminal: Terminal, *, actor: User | None) -> str:
    """Give a till a new key; the old one stops at once. A revoked terminal may work again. Audited."""
    prefix, secret = _new_key()
    with transaction.atomic():
        current = Terminal.objects.select_for_update().get(pk=terminal.pk)
        audit.record(
            "terminal.key_rotated",
            subject=f"terminal:{current.pk}",
            actor=actor,
            changes={"key_prefix": [current.key_prefix, prefix]},
        )
        current.key_prefix, current.key_hash, current.revoked_at = prefix, _digest(secret), None
        current.save(update_fields=["key_prefix", "key_hash", "revoked_at"])
    return f"{prefix}.{secret}"


def revoke(terminal: Terminal, *, reason: str, at: datetime, actor: User | None) -> None:
    """End a till's key: whoever holds it is refused from now on. Audited with its reason. A repeat changes nothing."""
    with transaction.atomic():
        current = Terminal.objects.select_for_update().get(pk=terminal.pk)
        if current.revoked_at is not None:
            return
        current.revoked_at = at
        current.save(update_fields=["revoked_at"])
        audit.record("terminal.revoked", subject=f"terminal:{current.pk}", actor=actor, reason=reason)


def _new_key() -> tuple[str, str]:
    prefix = "ck_" + "".join(secrets.choice(ALPHABET) for _letter in range(PREFIX_LENGTH))
    return prefix, secrets.token_urlsafe(SECRET_BYTES)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
