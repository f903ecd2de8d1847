"""What a member's pass shows, in both languages: the same on every phone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone, translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.models import Programme
from members import numbers
from members.models import Member
from points import queries
from portal import emblem, overview
from tiers.models import Tier


class Words(NamedTuple):
    """The pass in one language: labels, and what has a name in each."""

    description: str
    points: str
    tier: str
    tier_name: str
    member: str
    number: str
    as_of: str
    help: str


@dataclass(frozen=True, slots=True)
class Contents:
    """A member's card as of a day. `serial` can't be guessed and stays the same for as long as the member does."""

    serial: str
    programme: str
    name: str
    number: str
    balance: int
    on: date
    words: Mapping[str, Words]
    ground: str
    ink: str

    @property
    def number_written(self) -> str:
        """The member number in groups, as on the card."""
        return numbers.written(self.number)


def of(member: Member, programme: Programme, *, at: datetime) -> Contents:
    """The member's card as of AT. Two queries."""
    tier = overview.climb(member, programme, at=at).tier
    ground, ink = emblem.colours(programme)
    return Contents(
        serial=str(member.uuid),
        programme=programme.name,
        name=member.name,
        number=member.number,
        balance=queries.balance(member.pk, at).available,
        on=timezone.localdate(at),
        words={language: _words(programme, tier, language) for language, _name in settings.LANGUAGES},
        ground=ground,
        ink=ink,
    )


def _words(programme: Programme, tier: Tier, language: str) -> Words:
    with translation.override(language):
        return Words(
            description=_("Membership card of %(programme)s") % {"programme": programme.name},
            points=capfirst(overview.units(programme)[language][1]),
            tier=_("Tier"),
            tier_name=tier.name,
            member=_("Member"),
            number=_("Member number"),
            as_of=_("As of"),
            help=_(
                "Show this card at the till before you pay. To use points, open your card on our website. "
                "The balance is that of the day shown; add the card again to renew it."
            ),
        )
