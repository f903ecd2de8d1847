"""Pure: the conditions of a segment, as typed data: what can be asked about a member, how, and with which values.

They are kept as JSON: a test is {"about": "purchases", "how": "at_least", "number": 3, "period": "last", "days": 90},
a group {"join": "all", "parts": [...]}; either may say "is_not": true. What is read here is all that there is: nothing
else ever reaches a statement. Shops, tiers, categories and segments are named by their codes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core import money
from core.errors import InvalidInput

DEEPEST = 4
MOST_TESTS = 40
MOST_DAYS = 3660
YEARS = range(1900, 2200)
MOST_POINTS = 10**9
LONGEST_TEXT = 80

Text = str | Promise


class About(StrEnum):
    """What a test asks about."""

    STATUS = "status"
    LANGUAGE = "language"
    AGE = "age"
    BIRTH_MONTH = "birth_month"
    CONTACT = "contact"
    JOINED = "joined"
    JOINED_AT = "joined_at"
    TIER = "tier"
    TIER_ENDS = "tier_ends"
    PURCHASES = "purchases"
    SPENT = "spent"
    LAST_PURCHASE = "last_purchase"
    POINTS = "points"
    POINTS_EXPIRE = "points_expire"
    CONSENT = "consent"
    SEGMENT = "segment"
    TRAIT = "trait"


class Join(StrEnum):
    """Whether all parts of a group must hold, or one of them."""

    ALL = "all"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Test:
    """One question about a member. Which of the values it has, SHAPES says. AMOUNT is in the programme's currency."""

    about: About
    how: str
    number: int = 0
    amount: Decimal = Decimal(0)
    days: int = 0
    period: str = "ever"
    since: date | None = None
    until: date | None = None
    codes: tuple[str, ...] = ()
    stores: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    name: str = ""
    text: str = ""
    is_not: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Several conditions that must all hold, or of which one must."""

    join: Join
    parts: tuple["Test | Group", ...]
    is_not: bool = False


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What conditions may name, by code: what it is called, and its id where the database has one."""

    titles: Mapping[str, Mapping[str, str]]
    ids: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    currency: str = "GBP"
    lowest_tier: int = 0
    point_type: int = 0


@dataclass(frozen=True, slots=True)
class Shape:
    """How a test is asked: its topic and name, its HOWS with the values that each takes, what its codes are of."""

    topic: Text
    title: Text
    hows: Mapping[str, tuple[Text, tuple[str, ...]]]
    codes: str = ""


_MEMBER, _BOUGHT, _POINTS = gettext_lazy("Member"), gettext_lazy("Purchases"), gettext_lazy("Points")
_TIERS, _SAID, _KNOWN = gettext_lazy("Tiers"), gettext_lazy("Consent"), gettext_lazy("Segments and traits")
_IS, _LEAST, _MOST = pgettext_lazy("condition", "is one of"), gettext_lazy("at least"), gettext_lazy("at most")
_LAST, _BEFORE = gettext_lazy("in the last … days"), gettext_lazy("more than … days ago")
_WHERE = ("stores", "categories")
_OF_CODES = {"is": (_IS, ("codes",))}

SHAPES: Mapping[About, Shape] = {
    About.STATUS: Shape(_MEMBER, gettext_lazy("Status"), _OF_CODES, "statuses"),
    About.LANGUAGE: Shape(_MEMBER, gettext_lazy("Language"), _OF_CODES, "languages"),
    About.AGE: Shape(
        _MEMBER,
        gettext_lazy("Age reached this year"),
        {"at_least": (_LEAST, ("number",)), "at_most": (_MOST, ("number",))},
    ),
    About.BIRTH_MONTH: Shape(_MEMBER, gettext_lazy("Month of the birthday (solar)"), _OF_CODES, "months"),
    About.CONTACT: Shape(_MEMBER, gettext_lazy("Gave us"), _OF_CODES, "contacts"),
    About.JOINED: Shape(
        _MEMBER,
        gettext_lazy("Joined"),
        {
            "last": (_LAST, ("days",)),
            "before": (_BEFORE, ("days",)),
            "between": (gettext_lazy("from … until"), ("since", "until")),
        },
    ),
    About.JOINED_AT: Shape(_MEMBER, gettext_lazy("Store of joining"), _OF_CODES, "stores"),
    About.TIER: Shape(_TIERS, gettext_lazy("Tier"), _OF_CODES, "tiers"),
    About.TIER_ENDS: Shape(
        _TIERS, gettext_lazy("Tier runs out"), {"within": (gettext_lazy("within … days"), ("days",))}
    ),
    About.PURCHASES: Shape(
        _BOUGHT,
        gettext_lazy("Number of purchases"),
        {"at_least": (_LEAST, ("number", "period", *_WHERE)), "at_most": (_MOST, ("number", "period", *_WHERE))},
    ),
    About.SPENT: Shape(
        _BOUGHT,
        gettext_lazy("Amount spent"),
        {"at_least": (_LEAST, ("amount", "period", *_WHERE)), "at_most": (_MOST, ("amount", "period", *_WHERE))},
    ),
    About.LAST_PURCHASE: Shape(
        _BOUGHT,
        gettext_lazy("Latest purchase"),
        {"last": (_LAST, ("days", *_WHERE)), "before": (_BEFORE, ("days", *_WHERE))},
    ),
    About.POINTS: Shape(
        _POINTS,
        gettext_lazy("Usable points"),
        {"at_least": (_LEAST, ("number",)), "at_most": (_MOST, ("number",))},
    ),
    About.POINTS_EXPIRE: Shape(
        _POINTS, gettext_lazy("Points that expire soon"), {"at_least": (_LEAST, ("number", "days"))}
    ),
    About.CONSENT: Shape(
        _SAID,
        gettext_lazy("Consent to marketing"),
        {
            "yes": (gettext_lazy("said yes to"), ("codes",)),
            "no": (gettext_lazy("said no to"), ("codes",)),
            "never": (gettext_lazy("was never asked about"), ("codes",)),
        },
        "channels",
    ),
    About.SEGMENT: Shape(_KNOWN, gettext_lazy("In segment"), _OF_CODES, "segments"),
    About.TRAIT: Shape(_KNOWN, gettext_lazy("Trait"), {"is": (pgettext_lazy("condition", "is"), ("name", "text"))}),
}
UNSAID = {"about": "", "how": "", "period": "ever"}
PERIODS: Mapping[str, Text] = {
    "ever": gettext_lazy("at any time"),
    "last": _LAST,
    "between": gettext_lazy("from … until"),
}


class UnusableConditions(InvalidInput):
    """Conditions that say nothing that could be asked. `problems`: where ("2.1" is the first of the second), why."""

    code = "unusable_conditions"
    sentence = gettext_lazy("These conditions can't be used. %(told)s")

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        told = " ".join(
            _("%(place)s: %(reason)s") % {"place": at, "reason": why} if at else why for at, why in problems
        )
        super().__init__(problems=list(problems), told=told)


class _Wrong(Exception):
    """What is wrong with one value."""


def read(raw: object, known: Vocabulary) -> Group:
    """The conditions that RAW holds, as JSON gives it. Raises UnusableConditions, which names all that is wrong."""
    problems: list[tuple[str, str]] = []
    found = _group(raw, known, "", 1, problems)
    if not problems and len(tests(found)) > MOST_TESTS:
        problems.append(("", _("More than %(most)d conditions are too many.") % {"most": MOST_TESTS}))
    if problems:
        raise UnusableConditions(problems)
    return found


def tests(group: Group) -> list[Test]:
    """All questions of a group, those of the groups in it too."""
    return [each for part in group.parts for each in ([part] if isinstance(part, Test) else tests(part))]


def plain(part: Test | Group) -> dict[str, Any]:
    """A condition as JSON keeps it: what says nothing is left out."""
    if isinstance(part, Group):
        kept: dict[str, Any] = {"join": str(part.join), "parts": [plain(each) for each in part.parts]}
    else:
        named = _taken(part.about, part.how, part.period)
        kept = {"about": str(part.about), "how": part.how}
        kept |= {name: _plain(value) for name in named if (value := getattr(part, name)) not in (None, (), "", "ever")}
    return {**kept, "is_not": True} if part.is_not else kept


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return list(value)
    return value if isinstance(value, int | str) else str(value)


def _taken(about: About, how: str, period: str) -> tuple[str, ...]:
    """The values that a test takes: those of its shape, and those of its period."""
    names = SHAPES[about].hows[how][1]
    if "period" in names:
        names += {"last": ("days",), "between": ("since", "until")}.get(period, ())
    return names


def _group(raw: object, known: Vocabulary, place: str, depth: int, problems: list[tuple[str, str]]) -> Group:
    parts: list[Test | Group] = []
    given = raw if isinstance(raw, dict) else {}
    join, inner = given.get("join"), given.get("parts")
    if join not in tuple(Join) or not isinstance(inner, list) or set(given) - {"join", "parts", "is_not"}:
        problems.append((place, _("This is not a group of conditions.")))
    elif not inner:
        problems.append((place, _("There is no condition in it: add one.")))
    elif depth > DEEPEST:
        problems.append((place, _("Groups stand in each other more than %(most)d deep.") % {"most": DEEPEST}))
    else:
        for number, part in enumerate(inner, start=1):
            at = f"{place}.{number}".lstrip(".")
            if isinstance(part, dict) and "parts" in part:
                parts.append(_group(part, known, at, depth + 1, problems))
            elif (test := _test(part, known, at, problems)) is not None:
                parts.append(test)
    return Group(Join.ANY if join == Join.ANY else Join.ALL, tuple(parts), given.get("is_not") is True)


def _test(raw: object, known: Vocabulary, place: str, problems: list[tuple[str, str]]) -> Test | None:
    given = raw if isinstance(raw, dict) else {}
    about, how, period = (str(given.get(name, unsaid)) for name, unsaid in UNSAID.items())
    is_known = about in tuple(About) and how in SHAPES[About(about)].hows and period in PERIODS
    if not is_known or set(given) - {each.name for each in fields(Test)}:
        problems.append((place, _("This is not a condition that we know.")))
        return None
    values: dict[str, Any] = {}
    for name in _taken(About(about), how, period):
        try:
            values[name] = _READERS[name](given.get(name), SHAPES[About(about)], known)
        except _Wrong as wrong:
            problems.append((place, str(wrong)))
            return None
    if {"since", "until"} <= set(values) and (problem := _backwards(values["since"], values["until"])):
        problems.append((place, problem))
        return None
    return Test(About(about), how, is_not=given.get("is_not") is True, **values)


def _backwards(since: date | None, until: date | None) -> str:
    if since is None and until is None:
        return _("Give one of the two dates at least.")
    return _("The first date is after the second one.") if since and until and since > until else ""


def _whole(most: int, least: int) -> Callable[[object, Shape, Vocabulary], int]:
    def read_it(raw: object, _shape: Shape, _known: Vocabulary) -> int:
        if isinstance(raw, str) and raw.isascii() and raw.isdigit() and len(raw) <= len(str(most)):
            raw = int(raw)
        if isinstance(raw, bool) or not isinstance(raw, int) or not least <= raw <= most:
            raise _Wrong(
                _("A whole number from %(least)s to %(most)s is needed.") % {"least": least, "most": f"{most:,}"}
            )
        return raw

    return read_it


def _amount(raw: object, _shape: Shape, known: Vocabulary) -> Decimal:
    try:
        found = Decimal(str(raw))
        if found.is_finite() and 0 <= found < Decimal(10) ** 12 and money.fits(found, known.currency):
            return found
    except InvalidOperation:
        pass
    raise _Wrong(
        _("An amount of money is needed, such as %(amount)s.") % {"amount": money.shown(Decimal(100), known.currency)}
    )


def _date(raw: object, _shape: Shape, _known: Vocabulary) -> date | None:
    if raw in (None, ""):
        return None
    try:
        found = date.fromisoformat(str(raw))
    except ValueError as error:
        raise _Wrong(_("This is not a date.")) from error
    if found.year not in YEARS:
        raise _Wrong(_("This is not a date."))
    return found


def _choices(what: str, *, needed: bool) -> Callable[[object, Shape, Vocabulary], tuple[str, ...]]:
    def read_it(raw: object, shape: Shape, known: Vocabulary) -> tuple[str, ...]:
        offered = known.titles.get(what or shape.codes, {})
        given = raw if isinstance(raw, list) else [] if raw is None else [raw]
        if strange := [each for each in given if not isinstance(each, str) or each not in offered]:
            raise _Wrong(_("There is no “%(code)s” any more, or there never was.") % {"code": str(strange[0])[:40]})
        if needed and not given:
            raise _Wrong(_("Choose one at least."))
        return tuple(code for code in offered if code in given)

    return read_it


def _words(*, needed: bool) -> Callable[[object, Shape, Vocabulary], str]:
    def read_it(raw: object, _shape: Shape, _known: Vocabulary) -> str:
        text = raw.strip() if isinstance(raw, str) else ""
        if (needed and not text) or len(text) > LONGEST_TEXT or not text.isprintable():
            raise _Wrong(_("A text of at most %(most)d characters is needed.") % {"most": LONGEST_TEXT})
        return text

    return read_it


def _period(raw: object, _shape: Shape, _known: Vocabulary) -> str:
    return str(raw or "ever")


_READERS: Mapping[str, Callable[[object, Shape, Vocabulary], Any]] = {
    "number": _whole(MOST_POINTS, 0),
    "days": _whole(MOST_DAYS, 1),
    "amount": _amount,
    "period": _period,
    "since": _date,
    "until": _date,
    "codes": _choices("", needed=True),
    "stores": _choices("stores", needed=False),
    "categories": _choices("categories", needed=False),
    "name": _words(needed=True),
    "text": _words(needed=False),
}
