"""Finds words that members or staff would read in English only: texts of templates and Python that nothing marks."""

import ast
import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser

from django.conf import settings
from django.template.base import Lexer, Token, TokenType

from loyalty_site.translations import sources

# Names and notations, the same in both languages.
SAME_EVERYWHERE = {
    "Changke",
    "QR",
    "SMS",
    "API",
    "OpenAPI",
    "CSV",
    "常客",
    "中文",
    "English",
    "简体中文",
    "ID",
    "px",
    "URL",
}
READ_ATTRIBUTES = {"alt", "title", "placeholder", "aria-label", "aria-description", "aria-roledescription", "label"}
UNREAD_ELEMENTS = {"script", "style", "code"}
# Arguments and class attributes of Python whose value people read.
READ_ARGUMENTS = {
    "help_text",
    "verbose_name",
    "verbose_name_plural",
    "label",
    "description",
    "short_description",
    "empty_label",
    "empty_value",
    "title",
    "subtitle",
}
# The API's schema is for the people who program tills, in English.
FOR_INTEGRATORS = ("pos/api/",)

_LEVELS = {"debug", "info", "success", "warning", "error", "add_message"}
_SILENT_BLOCKS = {"blocktranslate", "blocktrans", "comment"}
# What such a block holds goes into an attribute of the page above.
_CLASS_BLOCK = re.compile(r"block \w*class$")
_ENTITY = re.compile(r"&\w+;")
_QUOTED = re.compile(r"""(_\(\s*)?("[^"]*"|'[^']*')""")
_SENTENCE = re.compile(r"^\W*[A-Z][a-z]|[^\W\d_],? [^\W\d_]")
_WORD = re.compile(r"[^\W\d_]{2,}")
# Tags whose quoted words are read; those of others are names of templates, files, urls.
_SPEAKING_TAGS = {"include", "with", "firstof", "cycle", "now"}


def problems() -> Iterator[str]:
    """What is said in one language only, in our templates and in the Python of the faces."""
    for path in sources.files():
        name, source = path.relative_to(settings.BASE_DIR).as_posix(), path.read_text(encoding="utf-8")
        if path.suffix == ".py":
            found = in_python(source) if not name.startswith(FOR_INTEGRATORS) else iter(())
        else:
            found = in_template(source, is_markup=path.suffix != ".txt")
        yield from (f"{name}:{line}: {text!r} is not marked for translation." for line, text in found)


def in_template(source: str, *, is_markup: bool = True) -> Iterator[tuple[int, str]]:
    """Lines and texts of a template that stand outside of the tags that translate."""
    tokens = list(_spoken(Lexer(source).tokenize()))
    for token in tokens:
        if token.token_type in (TokenType.BLOCK, TokenType.VAR):
            yield from ((token.lineno or 0, text) for text in _quoted(token))
    shown = "".join(token.contents if token.token_type is TokenType.TEXT else "" for token in tokens)
    if is_markup:
        reader = _Reader()
        reader.feed(shown)
        reader.close()
        yield from reader.found
    else:
        yield from ((number, line) for number, line in enumerate(shown.splitlines(), 1) if _is_words(line))


def in_python(source: str) -> Iterator[tuple[int, str]]:
    """Lines and texts of Python code that are handed as they are to where people read them."""
    for node in ast.walk(ast.parse(source)):
        for value in _read_values(node):
            text = _bare_text(value)
            if _is_words(text):
                yield value.lineno, text


class _Reader(HTMLParser):
    """Reads a page as people and their screen readers do."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, str]] = []
        self.unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.unread += tag in UNREAD_ELEMENTS
        for name, value in attrs:
            if name in READ_ATTRIBUTES and _is_words(value or ""):
                self.found.append((self.getpos()[0], f"{name}={value}"))

    def handle_endtag(self, tag: str) -> None:
        self.unread -= tag in UNREAD_ELEMENTS

    def handle_data(self, data: str) -> None:
        if not self.unread and _is_words(data):
            self.found.append((self.getpos()[0], data.strip()))


def _spoken(tokens: Iterable[Token]) -> Iterator[Token]:
    """The tokens without what is translated and without comments; the lines stay where they are."""
    silent_until = ""
    for token in tokens:
        first = token.contents.split(maxsplit=1)[0] if token.contents.strip() else ""
        if silent_until:
            if token.token_type is TokenType.BLOCK and first == silent_until:
                silent_until = ""
            yield Token(TokenType.TEXT, "\n" * token.contents.count("\n"), lineno=token.lineno)
        elif token.token_type is TokenType.BLOCK and first in _SILENT_BLOCKS:
            silent_until = f"end{first}"
        elif token.token_type is TokenType.BLOCK and _CLASS_BLOCK.match(token.contents):
            silent_until = "endblock"
        else:
            yield token


def _quoted(token: Token) -> Iterator[str]:
    """Sentences in quotes that a tag or a filter would show as they are."""
    tag = token.contents.split(maxsplit=1)[0] if token.token_type is TokenType.BLOCK else ""
    if tag and tag not in _SPEAKING_TAGS:
        return
    for marked, quoted in _QUOTED.findall(token.contents):
        if not marked and _SENTENCE.search(quoted) and _is_words(quoted):
            yield quoted.strip("\"'")


def _read_values(node: ast.AST) -> Iterator[ast.expr]:
    match node:
        case ast.Call(keywords=keywords):
            yield from (each.value for each in keywords if each.arg in READ_ARGUMENTS)
            if _tells_people(node):
                yield from node.args
        case ast.Assign(targets=[ast.Name(id=name) | ast.Attribute(attr=name)], value=value) if name in READ_ARGUMENTS:
            yield value
        case ast.ClassDef(bases=bases, body=body) if any("Choices" in ast.unparse(base) for base in bases):
            pairs = [each.value for each in body if isinstance(each, ast.Assign)]
            yield from (pair.elts[1] for pair in pairs if isinstance(pair, ast.Tuple) and len(pair.elts) > 1)


def _tells_people(call: ast.Call) -> bool:
    name = sources.called(call)
    if name in ("ValidationError", "message_user"):
        return True
    return isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "messages" and name in _LEVELS


def _bare_text(value: ast.expr) -> str:
    match value:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_bare_text(part) for part in parts)
        case _:
            return ""


def _is_words(text: str) -> bool:
    return any(word not in SAME_EVERYWHERE for word in _WORD.findall(_ENTITY.sub(" ", text)))
