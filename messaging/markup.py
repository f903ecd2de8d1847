"""Pure: the little markup of texts, and the HTML of an e-mail that is made of one.

An empty line begins a paragraph, **two stars** make bold, addresses that begin with http:// or https:// become links.
All else is shown as it is.
"""

import re

from django.utils.html import escape

# Placeholders are whole or not part of it, and an address ends before one: they are filled afterwards.
_BOLD = re.compile(r"\*\*(?=\S)((?:\{[^{}]*\}|[^{}])+?)(?<=\S)\*\*")
_ADDRESS = re.compile(r"https?://[^\s<>\"'{}（）【】《》“”，。；！？]+")
# What ends a sentence rather than an address.
_AFTER = ".,;:!?)"


def has_marks(text: str) -> bool:
    """Whether a text says more than its bare paragraphs."""
    return bool(_BOLD.search(text))


def plain(text: str) -> str:
    """A text without its marks, as it is read where there is no bold."""
    return _BOLD.sub(r"\1", text)


def paragraphs(text: str) -> str:
    """A text as HTML. It is escaped; {placeholders} stay, to be filled with what was escaped."""
    found = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    return "".join(f"<p>{_BOLD.sub(_bold, _linked(each)).replace(chr(10), '<br>')}</p>" for each in found if each)


def _bold(found: re.Match[str]) -> str:
    return f"<b>{found[1]}</b>"


def _linked(text: str) -> str:
    parts, last = [], 0
    for found in _ADDRESS.finditer(text):
        address = found[0].rstrip(_AFTER)
        end = found.start() + len(address)
        parts += [escape(text[last : found.start()]), f'<a href="{escape(address)}">{escape(address)}</a>']
        last = end
    return "".join([*parts, escape(text[last:])])
