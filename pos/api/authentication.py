"""Who asks: a terminal, by its key. One statement finds it, its store and the programme's revision."""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

from django.db import InterfaceError, OperationalError, connection
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from core import db
from core import programme as programmes
from core.errors import LoyaltyError
from core.models import Programme

FIND = "select * from pos_terminal(%s)"
LONGEST_KEY = 200
NOBODY = hashlib.sha256(b"").hexdigest()


class Unauthenticated(LoyaltyError):
    """No terminal key, or one that is not valid."""

    code = "unauthenticated"
    status = 401
    lasting = False
    sentence = _("This till has no valid key. Ask for a new one.")


class TerminalRevoked(LoyaltyError):
    """The terminal's key was revoked, or the terminal switched off."""

    code = "terminal_revoked"
    status = 401
    lasting = False
    sentence = _("The key of this till was revoked. Ask for a new one.")


class StoreInactive(LoyaltyError):
    """The terminal's store takes part no more."""

    code = "store_inactive"
    status = 403
    lasting = False
    sentence = _("This store doesn't take part at the moment.")


@dataclass(frozen=True, slots=True)
class Till:
    """A terminal that proved its key, at its store, in the programme as it stands."""

    terminal_id: int
    terminal_code: str
    store_id: int
    store_code: str
    time_zone: str
    day_ends_at: int
    programme: Programme

    is_authenticated = True

    @property
    def actor(self) -> str:
        """The words that postings and events know it by."""
        return f"till:{self.store_code}/{self.terminal_code}"


class TerminalKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer PREFIX.SECRET`: found by the prefix, proved by a digest of the secret in constant time."""

    def authenticate(self, request: Request) -> tuple[Till, None]:
        """The till that asks. Raises Unauthenticated, TerminalRevoked, StoreInactive, NotSetUp."""
        prefix, secret = _key(request.META.get("HTTP_AUTHORIZATION", ""))
        row = _row(prefix)
        proof = hashlib.sha256(secret.encode()).hexdigest()
        if not hmac.compare_digest(proof, row["key_hash"] if row else NOBODY) or row is None:
            raise Unauthenticated
        if not row["is_valid"]:
            raise TerminalRevoked
        if not row["is_open"]:
            raise StoreInactive
        till = _till(row)
        if "HTTP_ACCEPT_LANGUAGE" not in request.META:
            translation.activate(till.programme.language)
        return till, None

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="till"'


def _row(prefix: str) -> dict[str, Any] | None:
    """The terminal whose key begins so. A connection that the database gave up since the last request is renewed."""
    try:
        found = db.rows(FIND, [prefix])
    except (OperationalError, InterfaceError):
        if connection.in_atomic_block:
            raise
        connection.close()
        found = db.rows(FIND, [prefix])
    return found[0] if found else None


def _key(header: str) -> tuple[str, str]:
    """Prefix and secret of an Authorization header."""
    scheme, _, token = header.partition(" ")
    prefix, _, secret = token.strip().partition(".")
    if scheme.lower() != "bearer" or not prefix or not secret or len(token) > LONGEST_KEY or not token.isascii():
        raise Unauthenticated
    if "\0" in prefix:
        raise Unauthenticated
    return prefix, secret


def _till(row: dict[str, Any]) -> Till:
    if row["revision"] is None:
        raise programmes.NotSetUp
    programme = programmes.known(row["revision"])
    return Till(
        terminal_id=row["id"],
        terminal_code=row["code"],
        store_id=row["store_id"],
        store_code=row["store_code"],
        time_zone=row["time_zone"] or programme.time_zone,
        day_ends_at=programme.day_ends_at,
        programme=programme,
    )
