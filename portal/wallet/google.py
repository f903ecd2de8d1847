"""Pure: the link by which Google Wallet takes up a card. It holds all of the card, signed; Google is asked nothing."""

import base64
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from django.utils.text import Truncator

from portal import figures
from portal.wallet.contents import Contents, Words
from portal.wallet.credentials import Issuer

SAVE = "https://pay.google.com/gp/v/save/"
LANGUAGES = {"en": "en", "zh-hans": "zh-CN"}
# Google asks for a token of at most 1800 characters, because browsers may cut a longer link; and phones show about
# twenty of a name.
LONGEST_NAME = 20


def link(contents: Contents, issuer: Issuer, *, at: datetime) -> str:
    """Where a member is sent to add the card."""
    claims = {
        "iss": issuer.email,
        "aud": "google",
        "typ": "savetowallet",
        "iat": int(at.timestamp()),
        "origins": [],
        "payload": {"loyaltyObjects": [_card(contents, issuer)]},
    }
    signed = f"{_part({'alg': 'RS256', 'typ': 'JWT'})}.{_part(claims)}"
    return f"{SAVE}{signed}.{_base64(issuer.key.sign(signed.encode(), PKCS1v15(), hashes.SHA256()))}"


def _card(contents: Contents, issuer: Issuer) -> dict[str, Any]:
    def said(choose: Callable[[Words], str]) -> dict[str, Any]:
        return _localized({language: choose(words) for language, words in contents.words.items()})

    return {
        "id": f"{issuer.id}.{contents.serial}",
        "classId": f"{issuer.id}.{issuer.loyalty_class}",
        "state": "ACTIVE",
        "accountId": contents.number,
        **({"accountName": _short(contents.name)} if contents.name else {}),
        "loyaltyPoints": {
            # The day stands beside the label: there is no room in a link for a field of its own.
            "localizedLabel": said(lambda words: f"{words.points} · {contents.on.isoformat()}"),
            # As text: a whole number of theirs ends at 2,147,483,647.
            "balance": {"string": figures.number(contents.balance)},
        },
        "barcode": {"type": "QR_CODE", "value": contents.number, "alternateText": contents.number_written},
        "textModulesData": [
            {
                "id": "tier",
                "localizedHeader": said(lambda words: words.tier),
                "localizedBody": said(lambda words: _short(words.tier_name)),
            },
        ],
    }


def _short(name: str) -> str:
    return Truncator(name).chars(LONGEST_NAME)


def _localized(texts: dict[str, str]) -> dict[str, Any]:
    default, *others = LANGUAGES
    return {
        "defaultValue": {"language": LANGUAGES[default], "value": texts[default]},
        "translatedValues": [{"language": LANGUAGES[other], "value": texts[other]} for other in others],
    }


def _part(value: dict[str, Any]) -> str:
    return _base64(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
