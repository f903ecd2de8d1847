"""Enrolling many people at once, each known by the number of another system: set-based, for files and demos."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction

from core import events, programme
from core.models import Programme
from members import numbers, profiles
from members.enrolment import ATTEMPTS
from members.models import Card, Member
from members.profiles import Profile


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody to enrol under EXTERNAL_ID, as from the moment AT."""

    external_id: str
    at: datetime
    profile: Profile = field(default_factory=Profile)


def enrol_all(people: Sequence[Newcomer], *, via: str) -> dict[str, Member]:
    """Enrol PEOPLE, and answer their members by external id. Five statements, however many they are.

    Who is known by external id already is answered as they are: nothing is filled, whatever their status. VIA says
    where, such as "file:LON-1". Tells "member.enrolled" for each new one. Raises the refusals of members.profiles,
    and IntegrityError when a phone or e-mail belongs to somebody else.
    """
    with transaction.atomic():
        settings = programme.current()
        for attempt in range(1, ATTEMPTS + 1):
            known = _known(people)
            new = [person for person in people if person.external_id not in known]
            try:
                with transaction.atomic():
                    return known | _create(new, settings, via)
            except IntegrityError:
                # Somebody else enrolled one of them, or drew the same number, at this very moment.
                if attempt == ATTEMPTS:
                    raise
        raise AssertionError  # the last attempt answered or raised


def _known(people: Sequence[Newcomer]) -> dict[str, Member]:
    wanted = [person.external_id for person in people]
    return {member.external_id or "": member for member in Member.objects.filter(external_id__in=wanted)}


def _create(people: Sequence[Newcomer], settings: Programme, via: str) -> dict[str, Member]:
    if not people:
        return {}
    members = [_member(person, settings, via) for person in people]
    Member.objects.bulk_create(members)
    Card.objects.bulk_create([Card(number=m.number, member=m, issued_at=m.enrolled_at) for m in members])
    events.tell_many(
        [
            events.fact(
                "member.enrolled",
                reference=f"member:{member.uuid}",
                occurred_at=member.enrolled_at,
                member_id=member.pk,
                payload={"via": via},
            )
            for member in members
        ]
    )
    return {person.external_id: member for person, member in zip(people, members, strict=True)}


def _member(person: Newcomer, settings: Programme, via: str) -> Member:
    told: Profile = {"language": "", **person.profile, "external_id": person.external_id}
    columns = profiles.columns(told, programme=settings, at=person.at)
    return Member(number=numbers.draw(), enrolled_at=person.at, enrolled_via=via, **columns)
