"""Pure: a card as a pass of Apple Wallet (.pkpass): a zip of what it shows, the digest of each file, a signature."""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder

from portal.wallet.contents import Contents, Words
from portal.wallet.credentials import Signing

CONTENT_TYPE = "application/vnd.apple.pkpass"
FOLDERS = {"en": "en.lproj", "zh-hans": "zh-Hans.lproj"}
# Side lengths in points; phones take the file of their own resolution.
PICTURES = {"icon": 29, "logo": 50}
SCALES = {"": 1, "@2x": 2, "@3x": 3}
# Every picture that a pass needs, and its side in pixels.
SIZES = {f"{name}{mark}.png": side * scale for name, side in PICTURES.items() for mark, scale in SCALES.items()}
# Wallet puts a text of pass.strings wherever a value is its key: no person's name may be one.
KEY = "changke."


def build(contents: Contents, pictures: Mapping[str, bytes], signing: Signing) -> bytes:
    """The pass, signed. PICTURES are PNGs by the names in SIZES."""
    files = {
        "pass.json": _json(_description(contents, signing)),
        **{f"{FOLDERS[language]}/pass.strings": _strings(words) for language, words in contents.words.items()},
        **pictures,
    }
    # SHA-1 is what the format asks for.
    manifest = _json({name: hashlib.sha1(data, usedforsecurity=False).hexdigest() for name, data in files.items()})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in {**files, "manifest.json": manifest, "signature": _signature(manifest, signing)}.items():
            package.writestr(name, data)
    return out.getvalue()


def _signature(manifest: bytes, signing: Signing) -> bytes:
    return (
        PKCS7SignatureBuilder()
        .set_data(manifest)
        .add_signer(signing.certificate, signing.key, hashes.SHA256())
        .add_certificate(signing.intermediate)
        .sign(Encoding.DER, [PKCS7Options.DetachedSignature, PKCS7Options.Binary])
    )


def _description(contents: Contents, signing: Signing) -> dict[str, Any]:
    return {
        "formatVersion": 1,
        "passTypeIdentifier": signing.pass_type,
        "teamIdentifier": signing.team,
        "serialNumber": contents.serial,
        "organizationName": contents.programme,
        "description": f"{KEY}description",
        "logoText": contents.programme,
        "backgroundColor": _colour(contents.ground),
        "foregroundColor": _colour(contents.ink),
        "labelColor": _colour(contents.ink),
        # It is one person's: another phone should not get it by a tap.
        "sharingProhibited": True,
        "barcodes": [_barcode(contents)],
        "storeCard": {
            "headerFields": [_field("tier", f"{KEY}tier_name")],
            "primaryFields": [_field("points", contents.balance, numberStyle="PKNumberStyleDecimal")],
            "secondaryFields": [
                *([_field("member", contents.name)] if contents.name else []),
                _field(
                    "as_of",
                    f"{contents.on.isoformat()}T00:00:00Z",
                    dateStyle="PKDateStyleMedium",
                    timeStyle="PKDateStyleNone",
                    ignoresTimeZone=True,
                ),
            ],
            "backFields": [
                _field("number", contents.number_written),
                {"key": "help", "value": f"{KEY}help"},
            ],
        },
    }


def _barcode(contents: Contents) -> dict[str, str]:
    return {
        "format": "PKBarcodeFormatQR",
        "message": contents.number,
        "messageEncoding": "iso-8859-1",
        "altText": contents.number_written,
    }


def _field(key: str, value: str | int, **style: str | bool) -> dict[str, Any]:
    return {"key": key, "label": KEY + key, "value": value, **style}


def _strings(words: Words) -> bytes:
    lines = [f'"{KEY}{key}" = "{_escaped(text)}";\n' for key, text in words._asdict().items()]
    return "".join(lines).encode("utf-16")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _colour(text: str) -> str:
    """#0b6e4f as rgb(11, 110, 79)."""
    return "rgb({}, {}, {})".format(*bytes.fromhex(text.removeprefix("#")))
