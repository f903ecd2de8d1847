"""The programme's colours as style rules: pages name a class or a token, and no style stands inside a page."""

from collections.abc import Callable

from core.models import Programme
from core.revisions import PerRevision
from portal.colours import Colour, contrast
from tiers.models import Tier

# A little above WCAG's 4.5, because browsers round.
READABLE = 4.6
STEP = 0.01

# The grounds of static/portal/tokens.css on which coloured text stands, and the inks on coloured buttons.
WHITE = Colour(0.985, 0.014, 85)
INK = Colour(0.2, 0.03, 172)
LIGHT_GROUNDS = (Colour(0.943, 0.018, 92), Colour(0.974, 0.013, 92), Colour(0.993, 0.006, 92))
DARK_GROUNDS = (Colour(0.195, 0.016, 172), Colour(0.235, 0.02, 172), Colour(0.275, 0.022, 172))
# A button must not drown in the ground: its lightness stays between these.
LIGHT_BUTTON, DARK_BUTTON = (0.0, 0.9), (0.5, 0.9)


def palette(text: str) -> tuple[dict[str, str], dict[str, str]]:
    """The tokens that a theme colour (#rrggbb) gives the light pages and the dark ones. Every text can be read."""
    theme = Colour.of(text)
    light_wash, dark_wash = theme.at(0.94, most_chroma=0.035), theme.at(0.29, most_chroma=0.045)
    light = {
        **_button(theme, *LIGHT_BUTTON),
        "seal-ink": _ink(theme.at(0.5), (*LIGHT_GROUNDS, light_wash), darker=True),
        "seal-wash": light_wash.text,
        "tea": theme.at(0.41, most_chroma=0.11).text,
        "tea-ink": _ink(theme.at(0.41, most_chroma=0.11), (*LIGHT_GROUNDS, light_wash), darker=True),
        "tea-wash": light_wash.text,
        "card": theme.at(0.3, most_chroma=0.085).text,
        "card-deep": theme.at(0.21, most_chroma=0.06).text,
    }
    dark = {
        **_button(theme, *DARK_BUTTON),
        "seal-ink": _ink(theme.at(0.75), (*DARK_GROUNDS, dark_wash), darker=False),
        "seal-wash": dark_wash.text,
        "tea": theme.at(0.68, most_chroma=0.11).text,
        "tea-ink": _ink(theme.at(0.8, most_chroma=0.1), (*DARK_GROUNDS, dark_wash), darker=False),
        "tea-wash": dark_wash.text,
        "card": theme.at(0.33, most_chroma=0.08).text,
        "card-deep": theme.at(0.25, most_chroma=0.06).text,
    }
    return light, dark


def button(text: str) -> tuple[str, str]:
    """The colour of a button on light pages, and of what stands on it."""
    found = _button(Colour.of(text), *LIGHT_BUTTON)
    return found["seal"], found["on-seal"]


def _button(theme: Colour, least: float, most: float) -> dict[str, str]:
    """The theme colour as a button, its look under the pointer, and the ink that can be read on both."""
    own = theme.at(min(most, max(least, theme.lightness)))
    is_bright = contrast(own, INK) >= READABLE and contrast(own, WHITE) < READABLE
    ink, pressed = (INK, own.lightness + 0.05) if is_bright else (WHITE, own.lightness - 0.06)
    shown = _until(own, lambda tried: contrast(tried, ink) >= READABLE, darker=not is_bright)
    pointed = _until(theme.at(pressed), lambda tried: contrast(tried, ink) >= READABLE, darker=not is_bright)
    return {"seal": shown.text, "seal-strong": pointed.text, "on-seal": ink.text}


def _ink(theme: Colour, grounds: tuple[Colour, ...], *, darker: bool) -> str:
    return _until(
        theme, lambda tried: all(contrast(tried, ground) >= READABLE for ground in grounds), darker=darker
    ).text


def _until(colour: Colour, is_enough: Callable[[Colour], bool], *, darker: bool) -> Colour:
    """COLOUR, made darker (or lighter) step by step until it is enough."""
    while not is_enough(colour) and 0 < colour.lightness < 1:
        colour = colour.at(colour.lightness - STEP if darker else colour.lightness + STEP)
    return colour


def _rules(programme: Programme) -> str:
    return _theme(programme.theme_colour) + _tiers()


def _theme(text: str) -> str:
    if not text:
        return ""
    light, dark = palette(text)
    by_night = _tokens(dark)
    return (
        f":root{{{_tokens(light)}}}\n"
        f"@media (prefers-color-scheme:dark){{:root:not([data-look=light]){{{by_night}}}}}\n"
        f":root[data-look=dark]{{{by_night}}}\n"
    )


def _tokens(values: dict[str, str]) -> str:
    return "".join(f"--{name}:{value};" for name, value in values.items())


def _tiers() -> str:
    # Code and colour are a slug and six hex digits by the columns' own validators; what isn't never gets here.
    return "".join(
        f".tier-{tier.code}{{--tier:{tier.colour}}}\n"
        for tier in Tier.objects.all()
        if tier.code.replace("-", "").replace("_", "").isalnum() and len(tier.colour) == len("#rrggbb")
    )


rules = PerRevision(_rules)
