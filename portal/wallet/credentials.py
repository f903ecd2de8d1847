"""What passes are signed with, read from the settings; and the check that refuses settings that are half done.

Knows no rows: it is asked before Django has loaded any.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import NameOID
from django.apps import AppConfig
from django.conf import settings
from django.core import checks

from core import clock

TAG = "wallet"
HINT = "See “Wallet passes” in docs/deploy.md."


class Misconfigured(Exception):
    """The settings of a wallet can't be used; the sentence says which and why, to whoever runs the machine."""


@dataclass(frozen=True, slots=True)
class Signing:
    """The pass certificate with its key, and Apple's certificate that vouches for it."""

    certificate: x509.Certificate
    key: RSAPrivateKey
    intermediate: x509.Certificate

    @property
    def pass_type(self) -> str:
        """The pass type identifier, such as pass.com.example.loyalty."""
        return _named(self.certificate, NameOID.USER_ID)

    @property
    def team(self) -> str:
        """Apple's identifier of the company."""
        return _named(self.certificate, NameOID.ORGANIZATIONAL_UNIT_NAME)

    def is_valid(self, at: datetime) -> bool:
        """Whether a phone would take a pass signed AT that moment."""
        return all(
            one.not_valid_before_utc <= at <= one.not_valid_after_utc for one in (self.certificate, self.intermediate)
        )


@dataclass(frozen=True, slots=True)
class Issuer:
    """The company as Google Wallet knows it, and the service account that signs for it."""

    id: str
    loyalty_class: str
    email: str
    key: RSAPrivateKey


def apple(at: datetime) -> Signing | None:
    """What Apple passes are signed with; None without settings, and outside of the certificates' time.

    Raises Misconfigured.
    """
    signing = _signing(**settings.APPLE_WALLET)
    return signing if signing and signing.is_valid(at) else None


def google() -> Issuer | None:
    """Who signs for Google Wallet; None without settings. Raises Misconfigured."""
    return _issuer(**settings.GOOGLE_WALLET)


def check(app_configs: Sequence[AppConfig] | None, **_more: Any) -> list[checks.CheckMessage]:
    """Half a configuration stops the start; a certificate that has ended is told, and its pass no longer offered."""
    found: list[checks.CheckMessage] = []
    try:
        signing = _signing(**settings.APPLE_WALLET)
        if signing and not signing.is_valid(clock.now()):
            told = "The certificates of Apple Wallet are not valid today: members are not offered the pass."
            found.append(checks.Warning(told, hint=HINT, id="wallet.W001"))
    except Misconfigured as error:
        found.append(checks.Error(str(error), hint=HINT, id="wallet.E001"))
    try:
        google()
    except Misconfigured as error:
        found.append(checks.Error(str(error), hint=HINT, id="wallet.E002"))
    return found


# Reading a key takes longer than signing with it: once per process and setting.
@lru_cache(maxsize=4)
def _signing(*, certificate: str, key: str, key_password: str, intermediate: str) -> Signing | None:
    given = {
        "APPLE_PASS_CERTIFICATE": certificate,
        "APPLE_PASS_KEY": key,
        "APPLE_WWDR_CERTIFICATE": intermediate,
    }
    if not any(given.values()):
        return None
    _need_all(given)
    found = Signing(
        _certificate("APPLE_PASS_CERTIFICATE", certificate),
        _key("APPLE_PASS_KEY", _contents("APPLE_PASS_KEY", key), key_password),
        _certificate("APPLE_WWDR_CERTIFICATE", intermediate),
    )
    if not (found.pass_type.startswith("pass.") and found.team):
        raise Misconfigured("APPLE_PASS_CERTIFICATE is no Pass Type ID certificate of Apple.")
    if found.certificate.public_key() != found.key.public_key():
        raise Misconfigured("APPLE_PASS_KEY is not the key of APPLE_PASS_CERTIFICATE.")
    try:
        found.certificate.verify_directly_issued_by(found.intermediate)
    except (ValueError, TypeError, InvalidSignature) as error:
        raise Misconfigured("APPLE_WWDR_CERTIFICATE did not issue APPLE_PASS_CERTIFICATE.") from error
    return found


@lru_cache(maxsize=4)
def _issuer(*, issuer: str, loyalty_class: str, service_account: str) -> Issuer | None:
    given = {"GOOGLE_WALLET_ISSUER_ID": issuer, "GOOGLE_WALLET_SERVICE_ACCOUNT": service_account}
    if not any(given.values()):
        return None
    _need_all(given)
    if not issuer.isdecimal():
        raise Misconfigured("GOOGLE_WALLET_ISSUER_ID must be the number that Google's console shows.")
    try:
        told = json.loads(_contents("GOOGLE_WALLET_SERVICE_ACCOUNT", service_account))
        email, key = str(told["client_email"]), str(told["private_key"])
    except (ValueError, KeyError, TypeError) as error:
        raise Misconfigured("GOOGLE_WALLET_SERVICE_ACCOUNT is not the JSON key of a service account.") from error
    return Issuer(issuer, loyalty_class, email, _key("GOOGLE_WALLET_SERVICE_ACCOUNT", key.encode(), ""))


def _need_all(given: dict[str, str]) -> None:
    missing = [name for name, value in given.items() if not value]
    if missing:
        there = " and ".join(name for name in given if name not in missing)
        raise Misconfigured(f"{there} is set, but not {' and '.join(missing)}. Set all of them, or none.")


def _contents(name: str, value: str) -> bytes:
    """A setting that holds what it says, or names a file that does. What it holds is never repeated in a message."""
    if value.startswith(("-----BEGIN ", "{")):
        # Files of settings often can't hold a line's end. JSON has its own.
        return (value if value.startswith("{") else value.replace("\\n", "\n")).encode()
    try:
        return Path(value).read_bytes()
    except (OSError, ValueError) as error:
        raise Misconfigured(f"{name} names a file that can't be read.") from error


def _certificate(name: str, value: str) -> x509.Certificate:
    data = _contents(name, value)
    try:
        is_pem = b"-----BEGIN " in data
        return x509.load_pem_x509_certificate(data) if is_pem else x509.load_der_x509_certificate(data)
    except ValueError as error:
        raise Misconfigured(f"{name} can't be read as a certificate.") from error


def _key(name: str, pem: bytes, password: str) -> RSAPrivateKey:
    try:
        key = load_pem_private_key(pem, password.encode() or None)
    except (ValueError, TypeError) as error:
        raise Misconfigured(f"{name} can't be read as a private key, or its password is another.") from error
    if not isinstance(key, RSAPrivateKey):
        raise Misconfigured(f"{name} must be an RSA key.")
    return key


def _named(certificate: x509.Certificate, what: x509.ObjectIdentifier) -> str:
    return "".join(str(found.value) for found in certificate.subject.get_attributes_for_oid(what)[:1])
