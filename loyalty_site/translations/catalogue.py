"""The catalogue of Chinese: written for translators (.po), compiled for Django (.mo), and what is wrong with it."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import polib

from loyalty_site.translations.sources import LOCALE, Message, Use

HEADER = {
    "Project-Id-Version": "Changke",
    "Language": LOCALE,
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}
_PLACEHOLDER = re.compile(r"%\(\w+\)[#0 +-]*[\d.]*[a-zA-Z]|%%|%[srd]|\{[\w.:,!]*\}|</?\w[^>]*>")
_CHINESE = r"[\u3400-\u4dbf\u4e00-\u9fff]"
_CLUMSY = {
    "a half-width mark beside Chinese": re.compile(
        rf"{_CHINESE}[,;:!?]|{_CHINESE}\.(?:\s|$)|[,;!?]{_CHINESE}|\({_CHINESE}|{_CHINESE}\)"
    ),
    "a space beside a Chinese mark": re.compile(r"[ \t][，。；：！？、）》”]|[，。；：！？、（《“][ \t]"),
    "a space between Chinese characters": re.compile(rf"{_CHINESE}[ \t]+{_CHINESE}"),
    "straight quotation marks": re.compile(rf"""{_CHINESE}["']|(?<!=)["']{_CHINESE}"""),
}


def folder(root: Path) -> Path:
    """Where the two files are."""
    return root / LOCALE / "LC_MESSAGES"


def read(root: Path) -> polib.POFile:
    """The catalogue as translators see it; empty when there is none yet."""
    path = folder(root) / "django.po"
    return polib.pofile(str(path), wrapwidth=110) if path.exists() else polib.POFile(wrapwidth=110)


def renewed(known: polib.POFile, messages: Mapping[Message, Use]) -> polib.POFile:
    """The catalogue of just these messages, with the translations that are known. New ones are empty."""
    translations = {Message(entry.msgid, entry.msgctxt or ""): entry for entry in known if not entry.obsolete}
    catalogue = polib.POFile(wrapwidth=110)
    catalogue.metadata = dict(HEADER)
    for message, use in messages.items():
        entry = polib.POEntry(
            msgid=message.text,
            msgctxt=message.context or None,
            occurrences=[(name, "") for name in use.files],
            flags=["python-format"] if re.search(r"%\(\w+\)|%[srd]", message.text) else [],
        )
        old = translations.get(message)
        text = (old.msgstr or old.msgstr_plural.get(0, "")) if old else ""
        if use.plural:
            entry.msgid_plural, entry.msgstr_plural = use.plural, {0: text}
        else:
            entry.msgstr = text
        entry.tcomment = old.tcomment if old else ""
        if old and old.fuzzy:
            entry.flags.append("fuzzy")
        catalogue.append(entry)
    return catalogue


def write(catalogue: polib.POFile, root: Path) -> None:
    """Keep both files. The same catalogue always gives the same bytes."""
    folder(root).mkdir(parents=True, exist_ok=True)
    (folder(root) / "django.po").write_text(f"{catalogue}", encoding="utf-8")
    (folder(root) / "django.mo").write_bytes(catalogue.to_binary())


def problems(root: Path, messages: Mapping[Message, Use]) -> Iterator[str]:
    """All that keeps the catalogue from being complete, current and well written, as sentences."""
    catalogue = read(root)
    entries = {Message(entry.msgid, entry.msgctxt or ""): entry for entry in catalogue if not entry.obsolete}
    for message, use in messages.items():
        if message not in entries:
            yield f"{use.files[0]}: {message.text!r} is not in the catalogue."
        elif use.plural != entries[message].msgid_plural:
            yield f"{use.files[0]}: {message.text!r} has another plural in the catalogue."
    for message, entry in entries.items():
        if message not in messages:
            yield f"{message.text!r} is in the catalogue, but nobody says it any more."
        else:
            yield from (f"{entry.occurrences[0][0]}: {message.text!r}: {what}" for what in wrong_with(entry))
    compiled = folder(root) / "django.mo"
    if not compiled.exists() or compiled.read_bytes() != catalogue.to_binary():
        yield "django.mo was not compiled from django.po as it is."


def wrong_with(entry: polib.POEntry) -> Iterator[str]:
    """What a translation lacks, or says in a way that reads badly."""
    chinese = entry.msgstr_plural.get(0, "") if entry.msgid_plural else entry.msgstr
    if not chinese.strip():
        yield "not translated."
        return
    if entry.fuzzy:
        yield "marked as fuzzy."
    english = entry.msgid_plural or entry.msgid
    if _placeholders(english) != _placeholders(chinese):
        yield f"other placeholders in {chinese!r}."
    if english.startswith("\n") != chinese.startswith("\n") or english.endswith("\n") != chinese.endswith("\n"):
        yield "begins or ends with a line break in one language only."
    yield from (f"{what} in {chinese!r}." for what, pattern in _CLUMSY.items() if pattern.search(chinese))


def _placeholders(text: str) -> tuple[set[str], Counter[str]]:
    """Those with a name, which may be said twice, and those without, with tags, which may not."""
    found = _PLACEHOLDER.findall(text)
    return {each for each in found if each.startswith("%(")}, Counter(each for each in found if each[:2] != "%(")
