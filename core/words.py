"""How numbers, amounts and reasons are written on staff pages."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from core import money

MINUS = "\u2212"
NOTHING = "–"


def points(number: int | None) -> str:
    """12,345. The same grouping in every language; a dash for none."""
    return NOTHING if not number else f"{number:,}".replace("-", MINUS)


def signed(number: int) -> str:
    """+12,345 or −12,345."""
    return f"{number:+,}".replace("-", MINUS)


def amount(value: Decimal | None, currency: str) -> str:
    """£1,234.50, as money.shown has it; a dash for none."""
    return NOTHING if value is None else money.shown(value, currency)


def quantity(value: Decimal) -> str:
    """2 or 0.75, without needless zeros."""
    return f"{value.normalize():f}"


def moment(at: datetime) -> str:
    """Date and time, in the reader's language and the programme's time zone."""
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")


def in_language(words: Mapping[str, str]) -> str:
    """The reader's language, or whichever there is."""
    return words.get(get_language() or "") or next((text for text in words.values() if text), "")


def reasons(found: Sequence[Mapping[str, Any]]) -> SafeString | str:
    """The reasons of a posting, one a line: points, words, and the rule's version that gave them."""
    if not found:
        return NOTHING
    lines = ((signed(reason["points"]), in_language(reason["words"]), _origin(reason)) for reason in found)
    return format_html(
        "<ul class='staff-reasons'>{}</ul>", format_html_join("", "<li><b>{}</b> {} <i>{}</i></li>", lines)
    )


def listed(texts: Iterable[str]) -> str:
    """A, B, C; in Chinese A、B、C."""
    return gettext(", ").join(texts)


def first_reason(found: Sequence[Mapping[str, Any]]) -> str:
    """The reasons of a posting in one line."""
    return gettext("; ").join(in_language(reason["words"]) for reason in found) or NOTHING


def _origin(reason: Mapping[str, Any]) -> str:
    return f"{reason['rule']} v{reason['version']}" if reason.get("version") else ""
