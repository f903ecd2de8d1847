"""The words of a message, out of the templates of its kind, in the language of the person who reads them."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.template import Context, Engine
from django.utils import translation

from core.models import Programme
from messaging.models import Message


class Text(NamedTuple):
    """What is sent: an SMS has no subject."""

    subject: str
    body: str


def write(kind: str, channel: str, language: str, programme: Programme, words: Mapping[str, Any]) -> Text:
    """The text of KIND for CHANNEL in LANGUAGE. WORDS fill the templates, which also know the programme's name."""
    with translation.override(language):
        context = {"name": "", "programme": programme.name, **words}
        if channel == Message.Channel.SMS:
            return Text("", _in_one_line(_render(f"{kind}.sms.txt", context)))
        subject = _in_one_line(_render(f"{kind}.subject.txt", context))
        return Text(subject, _in_paragraphs(_render(f"{kind}.txt", context)))


def _render(name: str, words: Mapping[str, Any]) -> str:
    # Plain text: what is <b> in a name stays <b>.
    return Engine.get_default().get_template(f"messaging/{name}").render(Context(dict(words), autoescape=False))


def _in_one_line(text: str) -> str:
    return " ".join(text.split())


def _in_paragraphs(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", text.strip())
