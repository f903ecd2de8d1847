"""Pure: what must not stand in a log, masked in any text. Whoever reads logs must not be able to use what they read.

Addresses hold vouchers' codes and member numbers, their queries phones and receipt codes; messages of the database tell
values that were refused. What is recognised keeps its last four characters where that helps to find it again.
"""

import re
from collections.abc import Callable

from members import numbers
from rewards import codes

HIDDEN = "…"


def _end(text: str) -> str:
    return f"{HIDDEN}{text[-4:]}"


def _voucher(match: re.Match[str]) -> str:
    return codes.masked(codes.plain(match[0])) if codes.is_valid(codes.plain(match[0])) else match[0]


def _number(match: re.Match[str]) -> str:
    digits = "".join(match[0].split())
    return _end(digits) if numbers.is_valid(digits) else match[0]


# In this order: what an address holds is masked whole, also where it was mistyped; then what can be told by its form.
MASKS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"(?<=/api/v1/vouchers/)[^/\s?\"']+"), HIDDEN),
    (re.compile(r"(?<=/api/v1/members/)(?!lookup\b)[^/\s?\"']+"), HIDDEN),
    (re.compile(r"(?<=[\w/…])\?[^\s\"'<>]*=[^\s\"'<>]*"), f"?{HIDDEN}"),
    (re.compile(r"(?i)\b(Bearer)\s+[^\s\"']+"), rf"\1 {HIDDEN}"),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), f"{HIDDEN}@{HIDDEN}"),
    (re.compile(r"(?i)\bSP[0-9]{12}[0-9A-Z]{8}\b"), f"SP{HIDDEN}"),
    (re.compile(r"(?<![0-9A-Za-z-])(?:[0-9A-Za-z][ -]?){15}[0-9A-Za-z](?![0-9A-Za-z-])"), _voucher),
    (re.compile(r"(?<![0-9A-Za-z-])(?:[0-9]{4} ?){2}[0-9]{4}(?![0-9A-Za-z-])"), _number),
    (re.compile(r"\+[0-9][0-9 ().-]{5,18}[0-9]"), lambda match: f"+{_end(match[0])}"),
)


def masked(text: str) -> str:
    """TEXT without vouchers' codes, member numbers, phones, e-mail addresses, keys and queries of addresses."""
    for pattern, put in MASKS:
        text = pattern.sub(put, text)
    return text
