"""Founding a programme on an empty install: from the one form of the set-up page to the first sale."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access import audit
from access.models import User
from campaigns import journeys
from core.errors import LoyaltyError
from core.models import Programme
from points import rules
from points.models import EarningRule, PointType
from portal import figures
from pos import terminals
from sales.models import Store, Terminal
from tiers import ladder

ADMINISTRATOR = "administrator"
# What the third and fourth tier ask for, as a multiple of the second.
MOON, SUN = 3, 8
# The code of the terminal at which staff sell in the browser.
PAGE = "page"


class AlreadyFounded(LoyaltyError):
    """There is a programme: an install has one."""

    code = "already_founded"
    sentence = _("This programme has been set up already.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Charter:
    """What somebody decides who founds a programme. Amounts are in its currency; no expiry_months: points last."""

    name_en: str
    name_zh_hans: str
    language: str
    country: str
    currency: str
    time_zone: str
    day_ends_at: int
    point_en: str
    points_en: str
    points_zh_hans: str
    worth: Decimal
    rule_points: int
    rule_amount: Decimal
    pending_days: int
    expiry_months: int | None
    second_tier: Decimal
    store_code: str
    store_name: str
    terminal_code: str
    email: str
    password: str


@dataclass(frozen=True, slots=True)
class Founded:
    """A programme that can sell. The terminal's key is known now and never again."""

    programme: Programme
    terminal: Terminal
    terminal_key: str
    administrator: User


def found(charter: Charter, *, at: datetime) -> Founded:
    """Make a programme with its points, first rule, four tiers, first store and till, its administrator, and the
    journeys that tell of points before they expire.

    All of it or nothing. Raises AlreadyFounded on any second call.
    """
    try:
        with transaction.atomic():
            programme = _programme(charter)
            _points(charter, at)
            ladder.set_up(star=charter.second_tier, moon=charter.second_tier * MOON, sun=charter.second_tier * SUN)
            administrator = _administrator(charter)
            _journeys(charter, administrator)
            store = Store.objects.create(code=charter.store_code, name=charter.store_name)
            terminal, key = terminals.issue_key(store, charter.terminal_code, actor=administrator)
            terminals.open_page(store, PAGE, name=gettext("Till page"), actor=administrator)
            audit.record("programme.found", subject="programme:1", actor=administrator)
            return Founded(programme, terminal, key, administrator)
    except IntegrityError as error:
        if Programme.objects.exists():
            raise AlreadyFounded from error
        raise


def _programme(charter: Charter) -> Programme:
    programme: Programme = Programme.objects.create(
        id=1,
        name_en=charter.name_en,
        name_zh_hans=charter.name_zh_hans,
        language=charter.language,
        country=charter.country,
        currency=charter.currency,
        time_zone=charter.time_zone,
        day_ends_at=charter.day_ends_at,
    )
    return programme


def _points(charter: Charter, at: datetime) -> None:
    point_type = PointType.objects.create(
        code="points",
        name_en=charter.point_en,
        name_plural_en=charter.points_en,
        name_zh_hans=charter.points_zh_hans,
        name_plural_zh_hans=charter.points_zh_hans,
        is_default=True,
        worth=charter.worth,
        pending_days=charter.pending_days,
        expiry_months=charter.expiry_months,
    )
    names = _rule_names(charter)
    rules.publish(
        EarningRule.objects.create(code="base", point_type=point_type),
        name_en=names["en"],
        name_zh_hans=names["zh-hans"],
        points=charter.rule_points,
        per_amount=charter.rule_amount,
        begins_at=at,
        at=at,
    )


def _rule_names(charter: Charter) -> Mapping[str, str]:
    """The rule's name in each language, such as "1 point for each £1 spent"."""
    units = {
        "en": charter.point_en if charter.rule_points == 1 else charter.points_en,
        "zh-hans": charter.points_zh_hans,
    }
    names = {}
    for language, unit in units.items():
        with translation.override(language):
            names[language] = gettext("%(points)s %(unit)s for each %(amount)s spent") % {
                "points": figures.number(charter.rule_points),
                "unit": unit,
                "amount": figures.amount(charter.rule_amount, charter.currency, whole=True),
            }
    return names


def _journeys(charter: Charter, administrator: User) -> None:
    with translation.override(charter.language):
        for code in journeys.FROM_THE_BEGINNING:
            journeys.make(code, on=True, actor=administrator)


def _administrator(charter: Charter) -> User:
    user = User.objects.create_superuser(charter.email, charter.email, charter.password)
    user.groups.add(Group.objects.get(name=ADMINISTRATOR))
    return user
