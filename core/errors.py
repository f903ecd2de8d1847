"""Refusals with a stable code: what the programme says no to, and why."""

from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class LoyaltyError(Exception):
    """A refusal: nothing was changed. `code` is for programs and never changes, the sentence is for people.

    `lasting` says that asking again cannot help, so that an idempotent answer may be kept and repeated.
    The sentence is translated when it is read; `details` fills its placeholders and goes to the caller as data.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    lasting: ClassVar[bool] = True
    sentence: ClassVar[str | Promise] = _("This can't be done.")

    def __init__(self, **details: Any) -> None:
        self.details = details
        super().__init__(self.code)

    @property
    def pointers(self) -> list[str]:
        """The fields that it names, as JSON pointers; a parameter of an address as "?name"."""
        one = self.details.get("pointer")
        return list(self.details.get("pointers") or ([] if one is None else [one]))

    def __str__(self) -> str:
        return str(self.sentence) % self.details if self.details else str(self.sentence)


class InvalidInput(LoyaltyError):
    """What was sent can't be understood or makes no sense. `pointer` names the field, as a JSON pointer."""

    code = "invalid_input"
    status = 400
    lasting = False
    sentence = _("The data is not valid.")
