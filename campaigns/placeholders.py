"""Pure: the placeholders of greetings, {name} or {name|dear friend}: which there are, and what a text becomes.

What stands after the bar is written where there is nothing else. A text whose placeholder would stay empty is not sent.
"""

import re
from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.errors import InvalidInput

_PLACEHOLDER = re.compile(r"\{([^{}|]*)(?:\|([^{}|]*))?\}")
_NAME = re.compile(r"[a-z_]+")

MEANINGS: Mapping[str, str | Promise] = {
    "name": _("the member's name"),
    "number": _("the member number"),
    "programme": _("the programme's name"),
    "tier": _("the member's tier"),
    "points": _("how many points the member can use, the bonus among them"),
    "bonus": _("the bonus points"),
    "reward": _("what the voucher is for"),
    "festival": _("the festival"),
    "years": _("for how many years they have been a member"),
    "expiring": _("how many points expire, such as “120 points”"),
    "missing": _("what is missing to keep the tier, such as an amount"),
    "until": _("the last day on which the points can be used, or the tier is held"),
    "days": _("how many days they have not bought anything"),
    "store": _("the store of the purchase"),
}
# Those that belong to an occasion.
OF_KIND = {
    "holiday": ("festival",),
    "anniversary": ("years",),
    "first": ("store",),
    "return": ("store",),
    "missed": ("days",),
    "expiry": ("expiring", "until"),
    "at_risk": ("missing", "until"),
}


class UnknownPlaceholder(InvalidInput):
    """A text with a placeholder that there is none of. `wrong`: which; `allowed`: those of this greeting."""

    code = "unknown_placeholder"
    sentence = _("There is no placeholder %(wrong)s here. There are: %(allowed)s.")


class EmptyPlaceholder(Exception):
    """There is nothing to fill a placeholder with, so the text can't be sent."""


def allowed(*, kind: str, has_bonus: bool, has_reward: bool) -> list[str]:
    """The placeholders of a greeting: some belong to its occasion, some to what it gives."""
    found = ["name", "number", "programme", "tier", "points"]
    if has_bonus:
        found.append("bonus")
    if has_reward:
        found.append("reward")
    return found + list(OF_KIND.get(kind, ()))


def check(text: str, names: Iterable[str]) -> None:
    """Raise UnknownPlaceholder for the first thing in braces that is none of NAMES, or a brace that stands alone."""
    known = list(names)
    listed = ", ".join(f"{{{name}}}" for name in known)
    for found in _PLACEHOLDER.finditer(text):
        if not _NAME.fullmatch(found[1]) or found[1] not in known:
            raise UnknownPlaceholder(wrong=found[0], allowed=listed)
    rest = _PLACEHOLDER.sub("", text)
    if brace := next((character for character in rest if character in "{}"), ""):
        raise UnknownPlaceholder(wrong=brace, allowed=listed)


def fill(text: str, words: Mapping[str, str]) -> str:
    """TEXT with its placeholders filled. Raises EmptyPlaceholder."""

    def word(found: re.Match[str]) -> str:
        filled = words.get(found[1], "").strip() or (found[2] or "").strip()
        if not filled:
            raise EmptyPlaceholder(found[1])
        return filled

    return _PLACEHOLDER.sub(word, text)
