"""E-mails as HTML: one layout in the programme's colour, with its logo, around what a message says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from django.conf import settings
from django.template import Context, Engine, Template
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import mark_safe

from core import branding
from core.models import Programme
from messaging import markup
from messaging.models import Message

OUR_COLOUR = "#0f766e"
LOGO_HEIGHT, LOGO_WIDTH = 40, 200


@dataclass(frozen=True, slots=True)
class Look:
    """What is the programme's own about its letters: its NAME, and its NAMES by language where they differ. LOGO is an
    address, "" where there is none; its size in pixels."""

    name: str
    names: Mapping[str, str] = field(default_factory=dict)
    colour: str = OUR_COLOUR
    logo: str = ""
    logo_width: int = 0
    logo_height: int = 0


def look(programme: Programme) -> Look:
    """How the programme's letters look."""
    colour = programme.theme_colour or OUR_COLOUR
    names = {}
    for language in settings.MODELTRANSLATION_LANGUAGES:
        with translation.override(language):
            names[language] = programme.name
    logo = branding.logo(programme)
    if logo is None:
        return Look(programme.name, names, colour)
    share = min(LOGO_HEIGHT / logo.height, LOGO_WIDTH / logo.width)
    width, height = (max(1, round(side * share)) for side in (logo.width, logo.height))
    return Look(programme.name, names, colour, f"{settings.SITE_URL}{reverse('logo')}", width, height)


def page(message: Message, of: Look) -> str:
    """The whole e-mail as HTML."""
    return dressed(message.subject, message.html or markup.paragraphs(message.body), message.language, of)


def dressed(subject: str, html: str, language: str, of: Look) -> str:
    """HTML of ours in the layout. SUBJECT is escaped, HTML is not."""
    # Safe: paragraphs() escapes, and what staff wrote was written anew by messaging.ownhtml, with values escaped.
    said = mark_safe(html)  # noqa: S308
    name = of.names.get(language, of.name)
    words = {"subject": subject, "html": said, "language": language, "look": of, "name": name}
    return _layout().render(Context(words))


@cache
def _layout() -> Template:
    return Engine.get_default().get_template("messaging/layout.html")
