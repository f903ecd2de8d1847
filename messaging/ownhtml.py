"""Pure: HTML that staff write for an e-mail. What is known and harmless is written anew, anything else refused by name.

Refused, above all: scripts, forms and their fields, frames, objects, style sheets, comments, events such as onclick,
pictures and links by anything but https (links also http, mailto and tel), styles that load or place something, and
tags that are not closed in the order in which they were opened. Nothing is dropped silently: staff see what they saved.
"""

import re
from html import escape
from html.parser import HTMLParser

from django.utils.translation import gettext_lazy as _

from core.errors import InvalidInput

EMPTY = {"br", "hr", "img"}
TAGS = EMPTY | {
    "a", "b", "strong", "i", "em", "u", "s", "small", "sup", "sub", "p", "div", "span", "center", "blockquote", "pre",
    "code", "h1", "h2", "h3", "h4", "ul", "ol", "li", "table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption",
}  # fmt: skip
EVERYWHERE = {"style", "title", "lang", "dir", "align", "valign", "width", "height", "bgcolor", "role"}
ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt", "border"},
    "table": {"border", "cellpadding", "cellspacing"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
ADDRESSES = {"href": ("https://", "http://", "mailto:", "tel:"), "src": ("https://",)}
STYLES = re.compile(
    r"(?:background|background-color|color|border|border-(?:top|right|bottom|left|color|style|width|radius|collapse|"
    r"spacing)|direction|display|font|font-(?:family|size|style|variant|weight)|height|letter-spacing|line-height|"
    r"list-style|list-style-type|margin|margin-(?:top|right|bottom|left)|max-width|min-width|padding|"
    r"padding-(?:top|right|bottom|left)|text-align|text-decoration|text-indent|text-transform|vertical-align|"
    r"white-space|width|word-break)"
)
# Words, numbers, colours, rgb(): no url(), no escapes.
STYLE_VALUE = re.compile(r"(?:[\w\s.,#%'\"!+-]|\brgba?\([\d\s.,%]+\))*")
MOST = 50_000


class RefusedHtml(InvalidInput):
    """HTML with something that we don't send. `wrong`: what."""

    code = "refused_html"
    sentence = _("This can't be sent in an e-mail: %(wrong)s")


class HtmlTooLong(InvalidInput):
    """More HTML than mail programs show before they cut it off."""

    code = "html_too_long"
    sentence = _("This is too long: mail programs cut off what is longer than %(most)s characters.")


def clean(html: str) -> str:
    """The same HTML, written anew. Raises RefusedHtml, HtmlTooLong."""
    if len(html) > MOST:
        raise HtmlTooLong(most=f"{MOST:,}")
    reader = _Reader()
    try:
        reader.feed(html)
        reader.close()
    except AssertionError as error:  # the reader's way to say that it can make nothing of "<![x"
        raise RefusedHtml(wrong="<![ …") from error
    if reader.open:
        raise RefusedHtml(wrong=f"<{reader.open[-1]}> …")
    return "".join(reader.written).strip()


class _Reader(HTMLParser):
    """Reads tag by tag and writes anew what is allowed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.written: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            raise RefusedHtml(wrong=f"<{tag}>")
        said = "".join(f' {name}="{escape(_checked(tag, name, value or ""))}"' for name, value in attrs)
        self.written.append(f"<{tag}{said}>")
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in EMPTY:
            return
        if not self.open or self.open.pop() != tag:
            raise RefusedHtml(wrong=f"</{tag}>")
        self.written.append(f"</{tag}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_data(self, data: str) -> None:
        if data.count("{") != data.count("}"):  # a placeholder with a tag inside it
            raise RefusedHtml(wrong=data.strip()[:60])
        self.written.append(escape(data, quote=False))

    def handle_comment(self, data: str) -> None:
        raise RefusedHtml(wrong="<!-- … -->")

    def handle_decl(self, decl: str) -> None:
        raise RefusedHtml(wrong=f"<!{decl[:20]}>")

    def unknown_decl(self, data: str) -> None:
        raise RefusedHtml(wrong=f"<![{data[:20]}")

    def handle_pi(self, data: str) -> None:
        raise RefusedHtml(wrong=f"<?{data[:20]}")


def _checked(tag: str, name: str, value: str) -> str:
    """The value of an attribute, where both may stand."""
    wrong = f'{name}="{value[:60]}"'
    if name not in EVERYWHERE | ATTRIBUTES.get(tag, set()) or "{" in value:
        raise RefusedHtml(wrong=wrong)
    if name in ADDRESSES:
        value = value.strip()
        if not value.lower().startswith(ADDRESSES[name]) or any(ord(each) <= ord(" ") for each in value):
            raise RefusedHtml(wrong=wrong)
    if name == "style":
        for declaration in filter(None, (each.strip() for each in value.split(";"))):
            prop, colon, rest = declaration.partition(":")
            if not colon or not STYLES.fullmatch(prop.strip().lower()) or not STYLE_VALUE.fullmatch(rest):
                raise RefusedHtml(wrong=declaration[:60])
    return value
