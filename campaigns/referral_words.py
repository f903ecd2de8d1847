"""Pure: the referral scheme as sentences, a friend's name as the other one may read it, and who is one person."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Protocol

from django.utils.translation import get_language, gettext, ngettext

from core import money

# Providers that deliver to the same box whatever dots stand in the name.
DOTLESS = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}
# Chinese, Japanese and Korean names are written in one, the family's first.
_CJK = (("\u3400", "\u9fff"), ("\uac00", "\ud7af"), ("\U00020000", "\U0003134f"))


class Terms(Protocol):
    """What bringing a friend gives: the scheme, or what stood in it when somebody joined."""

    @property
    def referrer_points(self) -> int: ...
    @property
    def friend_points(self) -> int: ...
    @property
    def minimum(self) -> Decimal: ...
    @property
    def days(self) -> int: ...


class Scheme(Terms, Protocol):
    """The whole scheme."""

    @property
    def is_active(self) -> bool: ...
    @property
    def within_days(self) -> int: ...
    @property
    def most_a_year(self) -> int: ...
    @property
    def milestones(self) -> Sequence[Sequence[int]]: ...


def of(scheme: Scheme, *, currency: str, pending_days: int) -> str:
    """The scheme in full sentences, for staff. PENDING_DAYS: how long points of a purchase wait anyway."""
    days = max(scheme.days, pending_days)
    found = [
        gettext("Who invites gets %(referrer)s points, the friend %(friend)s.")
        % {"referrer": f"{scheme.referrer_points:,}", "friend": f"{scheme.friend_points:,}"},
        gettext("For the friend's first purchase of at least %(minimum)s, made within %(within)d days of joining.")
        % {"minimum": money.shown(scheme.minimum, currency), "within": scheme.within_days},
        ngettext(
            "The points come %(days)d day after it, if the goods are kept.",
            "The points come %(days)d days after it, if the goods are kept.",
            days,
        )
        % {"days": days},
        ngettext(
            "Who invites gets them for at most %(friends)d friend a year.",
            "Who invites gets them for at most %(friends)d friends a year.",
            scheme.most_a_year,
        )
        % {"friends": scheme.most_a_year},
    ]
    found += [
        ngettext(
            "With the first rewarded friend come %(points)s more points.",
            "With rewarded friend number %(friends)d come %(points)s more points.",
            friends,
        )
        % {"friends": friends, "points": f"{points:,}"}
        for friends, points in scheme.milestones
    ]
    if not scheme.is_active:
        found.insert(0, gettext("Off at the moment."))
    return ("" if (get_language() or "").startswith("zh") else " ").join(found)


def given_name(name: str) -> str:
    """So much of NAME as friends call each other by: Ada of Ada Lovelace, 小明 of 王小明. "" where there is none."""
    parts = name.split()
    if not parts:
        return ""
    first = parts[0]
    # A family name has one character, in names of four it has two.
    if all(any(low <= letter <= high for low, high in _CJK) for letter in first) and len(parts) == 1:
        return first[2:] if len(first) > 3 else first[1:] or first
    return first


def mailbox(address: str) -> str:
    """ADDRESS as the box that it is delivered to: without +tags, without dots where the provider ignores them."""
    name, _at, host = address.strip().lower().rpartition("@")
    name = name.partition("+")[0]
    if host in DOTLESS:
        name, host = name.replace(".", ""), DOTLESS[host]
    return f"{name}@{host}"
