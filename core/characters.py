"""Which characters a text of one line may hold: whatever can be seen, and nothing that turns or hides the rest.

Refused, never dropped: what was sent is what is kept, and two numbers that look alike are alike. Allowed are the
joiners that Persian, Indian scripts and emoji need (U+200C, U+200D).
"""

import re

from django.core.exceptions import ValidationError
from django.forms import CharField, Field
from django.utils.translation import gettext_lazy as _

# Control characters; halves of a pair, which no database takes; marks and overrides of the direction of writing; line
# and paragraph separators; what has no width.
_HIDDEN = "\x7f-\x9f\ud800-\udfff\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff"
UNWRITABLE = re.compile(f"[\x00-\x1f{_HIDDEN}]")
# Where a text may have several lines.
UNWRITABLE_IN_LINES = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f{_HIDDEN}]")


def require(value: object) -> None:
    """Raise ValidationError for a text with characters that can't be seen. For forms; line breaks are fine.

    Django's fields of text may make something else of it, such as a UUID.
    """
    if isinstance(value, str) and UNWRITABLE_IN_LINES.search(value):
        raise ValidationError(
            _("This holds characters that can't be seen, such as marks of writing direction. Type it anew."),
            code="unwritable",
        )


def watch(field: Field | None) -> None:
    """Have a field of a form refuse such texts, if it takes text."""
    if isinstance(field, CharField) and require not in field.validators:
        field.validators.append(require)
