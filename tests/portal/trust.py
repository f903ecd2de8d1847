"""Keys and certificates of our own making, in the shape of Apple's and Google's, and a reader of what they signed."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)
from cryptography.hazmat.primitives.serialization.pkcs7 import load_der_pkcs7_certificates
from cryptography.x509.oid import NameOID

FROM, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
PASS_TYPE, TEAM = "pass.com.example.loyalty", "A1B2C3D4E5"
ISSUER, EMAIL = "3388000000012345678", "wallet@example-loyalty.iam.gserviceaccount.com"


class Trust(NamedTuple):
    """A root, the intermediate it vouches for, and the pass certificate that this vouches for."""

    root: x509.Certificate
    intermediate: x509.Certificate
    certificate: x509.Certificate
    key: RSAPrivateKey


@cache
def key(name: str) -> RSAPrivateKey:
    """The key called NAME: the same all through a run, since drawing one takes long."""
    return generate_private_key(65537, 2048)


@cache
def trust(maker: str = "Apple", pass_type: str = PASS_TYPE) -> Trust:
    """A chain of three, as Apple's is."""
    root, middle, own = key(f"{maker} root"), key(f"{maker} intermediate"), key("pass")
    ca = [(NameOID.COMMON_NAME, f"{maker} Root CA")]
    wwdr = [(NameOID.COMMON_NAME, f"{maker} Worldwide Developer Relations")]
    shop = [
        (NameOID.USER_ID, pass_type),
        (NameOID.COMMON_NAME, f"Pass Type ID: {pass_type}"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, TEAM),
    ]
    return Trust(
        _issued(ca, root, ca, root, is_ca=True),
        _issued(wwdr, middle, ca, root, is_ca=True),
        _issued(shop, own, wwdr, middle, is_ca=False),
        own,
    )


def pem(what: x509.Certificate | RSAPrivateKey, password: str = "") -> str:
    """A certificate or a key as text."""
    if isinstance(what, x509.Certificate):
        return what.public_bytes(Encoding.PEM).decode()
    locked: KeySerializationEncryption = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    return what.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked).decode()


def apple_settings(**changes: str) -> dict[str, str]:
    """Settings with which Apple passes are offered."""
    made = trust()
    given = {
        "certificate": pem(made.certificate),
        "key": pem(made.key),
        "key_password": "",
        "intermediate": pem(made.intermediate),
    }
    return given | changes


def google_settings(**changes: str) -> dict[str, str]:
    """Settings with which Google passes are offered."""
    account = json.dumps({"type": "service_account", "client_email": EMAIL, "private_key": pem(key("google"))})
    return {"issuer": ISSUER, "loyalty_class": "membership", "service_account": account} | changes


def verify(signature: bytes, signed: bytes, root: x509.Certificate) -> None:
    """Refuse a detached PKCS #7 signature that is not of SIGNED, or whose maker ROOT does not vouch for."""
    maker, intermediate = sorted(load_der_pkcs7_certificates(signature), key=_is_intermediate)
    intermediate.verify_directly_issued_by(root)
    maker.verify_directly_issued_by(intermediate)
    (content_info,) = _elements(signature)
    _kind, wrapped = _elements(content_info.body)
    (signed_data,) = _elements(wrapped.body)
    version, _digests, contents, _certificates, signers = _elements(signed_data.body)
    assert version.body == b"\x01"
    assert len(list(_elements(contents.body))) == 1  # detached: the kind of content, and none of it
    (signer,) = _elements(signers.body)
    _version, whose, _digest, attributes, _algorithm, value = _elements(signer.body)
    assert maker.issuer.public_bytes() + _integer(maker.serial_number) == whose.body
    digest = hashes.Hash(hashes.SHA256())
    digest.update(signed)
    said = {
        kind.body: next(_elements(values.body)).body for kind, values in map(_pair, _elements(attributes.body))
    }  # fmt: skip
    assert said[MESSAGE_DIGEST] == digest.finalize()
    assert SIGNING_TIME in said
    public = maker.public_key()
    assert isinstance(public, RSAPublicKey)
    # What is signed are the attributes, as a SET of their own.
    public.verify(value.body, b"\x31" + attributes.whole[1:], PKCS1v15(), hashes.SHA256())


MESSAGE_DIGEST = bytes.fromhex("2a864886f70d010904")
SIGNING_TIME = bytes.fromhex("2a864886f70d010905")


class Element(NamedTuple):
    """One element of DER: with its head, and without."""

    whole: bytes
    body: bytes


def _elements(data: bytes) -> Iterator[Element]:
    at = 0
    while at < len(data):
        size, head = data[at + 1], 2
        if size & 0x80:
            head += size & 0x7F
            size = int.from_bytes(data[at + 2 : at + head])
        yield Element(data[at : at + head + size], data[at + head : at + head + size])
        at += head + size


def _pair(element: Element) -> tuple[Element, Element]:
    kind, values = _elements(element.body)
    return kind, values


def _integer(value: int) -> bytes:
    body = value.to_bytes(value.bit_length() // 8 + 1)
    return bytes([2, len(body)]) + body


def _is_intermediate(certificate: x509.Certificate) -> bool:
    return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def _issued(
    subject: Any, subjects_key: RSAPrivateKey, issuer: Any, issuers_key: RSAPrivateKey, *, is_ca: bool
) -> x509.Certificate:
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(subjects_key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(FROM)
        .not_valid_after(UNTIL)
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .sign(issuers_key, hashes.SHA256())
    )


def _name(parts: list[tuple[x509.ObjectIdentifier, str]]) -> x509.Name:
    return x509.Name([x509.NameAttribute(kind, text) for kind, text in parts])
