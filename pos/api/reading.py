"""Reading the fields of a body, strictly: unknown ones are refused, and all that is wrong is told at once."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.characters import UNWRITABLE
from pos.api.problems import FieldError, InvalidBody

DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,39})(?:\.([0-9]{1,12}))?")
MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)
LONGEST_NAME_SHOWN = 60
NOTHING = Decimal(0)
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
# Far from the ends of the calendar, where a time zone or a day more would leave it.
YEARS = range(1970, 2200)

SENTENCES: dict[str, str | Promise] = {
    "required": _("This is missing."),
    "unknown_field": _("This field is not known."),
    "unknown_parameter": _("This parameter is not known."),
    "not_an_object": _("This must be an object."),
    "not_a_list": _("This must be a list."),
    "not_text": _("This must be text."),
    "not_a_whole_number": _("This must be a whole number from %(least)s to %(most)s."),
    "not_a_truth_value": _("This must be true or false."),
    "not_a_decimal": _('Send a decimal number as text, such as "12.50".'),
    "not_a_moment": _("Send date, time and offset, such as 2026-11-22T10:30:00+08:00."),
    "not_a_date": _("Send a date, such as 2026-11-22."),
    "not_one_of": _("This must be one of: %(choices)s."),
    "blank": _("This must not be empty."),
    "too_long": _("At most %(most)s characters are allowed."),
    "unwritable": _("Control characters and marks of writing direction are not allowed."),
    "negative": _("This must not be negative."),
    "not_positive": _("This must be more than 0."),
    "too_large": _("At most %(most)s is allowed."),
    "too_many_places": _("At most %(most)s digits after the point are allowed."),
    "too_few": _("At least one is needed."),
    "too_many": _("At most %(most)s are allowed."),
    "in_the_future": _("This lies in the future. Check the till's clock."),
    "too_old": _("This is older than %(days)s days."),
    "foreign_currency": _("The programme's currency is %(currency)s."),
    "total_differs": _("The lines add up to %(sum)s."),
    "twice": _("This stands here twice."),
    "not_one_identifier": _("Name one of: number, phone, email, external_id."),
    "invalid_cursor": _("This cursor was not given by us."),
}


class Errors:
    """What is wrong with a body, as it is found."""

    def __init__(self) -> None:
        self._found: list[FieldError] = []

    def add(self, pointer: str, code: str, **details: Any) -> None:
        """Note what is wrong at POINTER: CODE is one of SENTENCES, whose placeholders DETAILS fill."""
        self._found.append(FieldError(pointer, code, SENTENCES[code], details))

    def raise_any(self) -> None:
        """Raise InvalidBody when anything was wrong."""
        if self._found:
            raise InvalidBody(self._found)


class Fields:
    """One object of a body. Each method reads a field; what is wrong is noted, and something harmless answered."""

    __slots__ = ("_at", "_errors", "_values")

    def __init__(self, value: Any, known: frozenset[str], errors: Errors, at: str = "") -> None:
        self._at = at
        self._errors = errors
        self._values: Mapping[str, Any] = value if isinstance(value, dict) else {}
        if self._values is not value:
            errors.add(at, "not_an_object")
            self._errors = Errors()  # of what is no object, no field is missing
        elif unknown := self._values.keys() - known:
            for name in sorted(unknown):
                self.wrong(_shown(name), "unknown_field")

    def __contains__(self, name: str) -> bool:
        """Whether the field is there; null is as good as absent."""
        return self._values.get(name) is not None

    def wrong(self, name: str, code: str, **details: Any) -> None:
        """Note what is wrong with the field NAME."""
        self._errors.add(f"{self._at}/{name}", code, **details)

    def wrong_itself(self, code: str, **details: Any) -> None:
        """Note what is wrong with the object as a whole."""
        self._errors.add(self._at, code, **details)

    def _given(self, name: str) -> Any:
        value = self._values.get(name)
        if value is None and name not in self._values:
            self.wrong(name, "required")
        return value

    def text(self, name: str, longest: int, *, blank: bool = False) -> str:
        """Text of at most LONGEST characters, trimmed."""
        value = self._values.get(name)
        if type(value) is not str:
            self.wrong(name, "not_text" if name in self._values else "required")
            return ""
        value = value.strip()
        if not value and not blank:
            self.wrong(name, "blank")
        elif len(value) > longest:
            self.wrong(name, "too_long", most=longest)
        elif UNWRITABLE.search(value):
            self.wrong(name, "unwritable")
        else:
            return value
        return ""

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        """One of CHOICES."""
        value = self._given(name)
        if name in self._values and value not in choices:
            self.wrong(name, "not_one_of", choices=", ".join(choices))
        return value if value in choices else choices[0]

    def decimal(self, name: str, *, places: int, most: Decimal, positive: bool = False) -> Decimal:
        """A decimal sent as text, from 0 (or more than 0) to MOST, with at most PLACES digits after the point."""
        value = self._values.get(name)
        match = DECIMAL.fullmatch(value) if type(value) is str else None
        if match is None:
            self.wrong(name, "not_a_decimal" if name in self._values else "required")
            return NOTHING
        number = Decimal(match[0])
        if number < 0:
            self.wrong(name, "negative")
        elif positive and not number:
            self.wrong(name, "not_positive")
        elif number > most:
            self.wrong(name, "too_large", most=f"{most:f}")
        elif match[1] and len(match[1]) > places:
            self.wrong(name, "too_many_places", most=places)
        else:
            return number
        return NOTHING

    def whole(self, name: str, least: int, most: int) -> int:
        """A whole number from LEAST to MOST."""
        value = self._given(name)
        if type(value) is int and least <= value <= most:
            return value
        if name in self._values:
            self.wrong(name, "not_a_whole_number", least=least, most=most)
        return least

    def truth(self, name: str) -> bool:
        """True or false."""
        value = self._given(name)
        if name in self._values and type(value) is not bool:
            self.wrong(name, "not_a_truth_value")
        return value is True

    def moment(self, name: str) -> datetime:
        """A moment as of RFC 3339 with its offset, in UTC."""
        value = self._values.get(name)
        if type(value) is str and MOMENT.fullmatch(value):
            try:
                moment = datetime.fromisoformat(value).astimezone(UTC)
                if moment.year in YEARS:
                    return moment
            except (ValueError, OverflowError):
                pass  # noted below, like any other text that is no moment
        self.wrong(name, "not_a_moment" if name in self._values else "required")
        return NEVER

    def inner(self, name: str, known: frozenset[str]) -> "Fields":
        """The object in the field NAME."""
        if name in self._values:
            return Fields(self._values[name], known, self._errors, f"{self._at}/{name}")
        self.wrong(name, "required")
        return Fields({}, known, Errors(), f"{self._at}/{name}")

    def each(self, name: str, known: frozenset[str], most: int) -> Iterator["Fields"]:
        """The objects of the list in the field NAME: 1 to MOST."""
        items = self._given(name)
        if name not in self._values:
            return
        if type(items) is not list:
            self.wrong(name, "not_a_list")
        elif not items:
            self.wrong(name, "too_few")
        elif len(items) > most:
            self.wrong(name, "too_many", most=most)
        else:
            for position, item in enumerate(items):
                yield Fields(item, known, self._errors, f"{self._at}/{name}/{position}")

    def texts(self, name: str, longest: int, most: int) -> list[str]:
        """The texts of the list in the field NAME: at most MOST, each of at most LONGEST characters, trimmed."""
        items = self._values.get(name)
        if type(items) is not list:
            self.wrong(name, "not_a_list")
            return []
        if len(items) > most:
            self.wrong(name, "too_many", most=most)
            return []
        places = {str(position): item for position, item in enumerate(items)}
        inner = Fields(places, frozenset(places), self._errors, f"{self._at}/{name}")
        return [inner.text(place, longest) for place in places]


def _shown(name: str) -> str:
    """The name of a field as part of a JSON pointer (RFC 6901), not longer than needed to find it."""
    return name[:LONGEST_NAME_SHOWN].replace("~", "~0").replace("/", "~1")
