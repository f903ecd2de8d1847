"""Tills and their keys. A key is shown once: kept are the part before its dot, to find it, and a hash of the rest.

Terminals of the till page have no key: staff sign in themselves.
"""

import hashlib
import secrets
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
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
    wanted = Terminal(store=store, code=code, name=name, key_prefix=prefix, key_hash=_digest(secret))
    changes = {"terminal": str(wanted), "key_prefix": prefix}
    return _put(wanted, "terminal.key_issued", changes, actor), f"{prefix}.{secret}"


def open_page(store: Store, code: str, *, name: str = "", actor: User | None) -> Terminal:
    """Put a terminal for the till page into a store: staff sell on it in the browser, and no key opens it. Audited.

    Raises TerminalExists.
    """
    prefix, _secret = _new_key()
    wanted = Terminal(store=store, code=code, name=name, key_prefix=prefix, key_hash="", is_page=True)
    return _put(wanted, "terminal.page_opened", {"terminal": str(wanted)}, actor)


def pages() -> list[Terminal]:
    """The terminals of the till page that work, of the stores that take part, store by store. One query."""
    return list(_pages().order_by("store__name", "code"))


def page(terminal_id: int) -> Terminal | None:
    """One of those; None when it does not work any more. One query."""
    return _pages().filter(pk=terminal_id).first()


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


def _pages() -> QuerySet[Terminal]:
    working = Terminal.objects.filter(is_page=True, is_active=True, revoked_at=None, store__is_active=True)
    return working.select_related("store")


def _put(terminal: Terminal, action: str, changes: dict[str, Any], actor: User | None) -> Terminal:
    try:
        with transaction.atomic():
            terminal.save(force_insert=True)
            audit.record(action, subject=f"terminal:{terminal.pk}", actor=actor, changes=changes)
    except IntegrityError as error:
        raise TerminalExists from error
    return terminal


def _new_key() -> tuple[str, str]:
    prefix = "ck_" + "".join(secrets.choice(ALPHABET) for _letter in range(PREFIX_LENGTH))
    return prefix, secrets.token_urlsafe(SECRET_BYTES)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
