"""What a member sees first: points, dates, tier, what happened last. All is counted here, nothing in pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from core import clock
from core.models import Programme
from core.revisions import PerRevision
from members.models import Member
from points import queries, rules
from points.models import PointType
from points.queries import Balance
from portal import movements
from portal.movements import Movement
from tiers import qualification
from tiers.models import Scheme, Tier
from tiers.qualification import Progress

LATEST = 4
PER_CENT = 100


def _ladder(_programme: Programme) -> list[Tier]:
    return list(Tier.objects.order_by("rank"))


def _scheme(_programme: Programme) -> Scheme:
    return Scheme.objects.get()


# All tiers from the lowest to the highest, and how they are reached.
ladder = PerRevision(_ladder)
scheme = PerRevision(_scheme)


@dataclass(frozen=True, slots=True)
class Climb:
    """Where a member stands on the ladder: what is missing to the next tier, and what keeps this one, until when."""

    progress: Progress
    per_cent: int

    @property
    def tier(self) -> Tier:
        return self.progress.tier


class Dated(NamedTuple):
    """So many points become usable on a business date, or can be used until the end of it."""

    on: date
    points: int


@dataclass(frozen=True, slots=True)
class Overview:
    """The home page. `soon`: whether the next points to expire do so within the programme's notice."""

    balance: Balance
    worth: Decimal
    debt_worth: Decimal
    pending: Sequence[Dated]
    expiring: Sequence[Dated]
    soon: bool
    climb: Climb
    latest: Sequence[Movement]


def _units(programme: Programme) -> dict[str, tuple[str, str]]:
    main = point_type(programme)
    names = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            names[language] = (main.name, main.name_plural) if main else (_("point"), _("points"))
    return names


# What one point and many points are called, by language.
units = PerRevision(_units)


def point_type(programme: Programme) -> PointType | None:
    """The programme's main points."""
    return rules.rulebook(programme).main


def of(member: Member, programme: Programme, *, at: datetime) -> Overview:
    """What the member sees first, as of AT."""
    balance = queries.balance(member.pk, at)
    main = point_type(programme)
    worth = main.worth if main else Decimal(0)
    expiring = queries.expiring(member.pk, at)
    notice = at + timedelta(days=programme.expiry_notice_days)
    return Overview(
        balance=balance,
        worth=balance.available * worth,
        debt_worth=balance.debt * worth,
        pending=[Dated(clock.business_date(due.at, programme), due.points) for due in queries.maturing(member.pk, at)],
        expiring=[Dated(movements.last_day(due.at, programme), due.points) for due in expiring],
        soon=bool(expiring) and expiring[0].at <= notice,
        climb=climb(member, programme, at=at),
        latest=movements.of(member.pk, programme, limit=LATEST),
    )


def climb(member: Member, programme: Programme, *, at: datetime) -> Climb:
    """The member's tier, and what is missing to the next one. One query."""
    progress = qualification.progress(member.pk, at, ladder=ladder(programme))
    return Climb(progress, _per_cent(progress.total, progress.next_tier))


def _per_cent(total: Decimal, higher: Tier | None) -> int:
    """How much of the next tier's threshold is reached. 100 only when it is."""
    if higher is None:
        return PER_CENT
    return max(0, min(PER_CENT - 1, int(total * PER_CENT / higher.threshold)))
