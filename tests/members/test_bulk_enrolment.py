"""Many people at once: enrolled in a handful of statements, found when they are known, each told once."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError
from pytest_django import DjangoAssertNumQueries

from core.models import Event
from members import bulk_enrolment, numbers
from members.birthdays import Birthday
from members.bulk_enrolment import Newcomer
from members.contacts import InvalidPhone
from members.models import Card, Member
from tests import factories

AT = datetime(2011, 3, 1, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def programme(db: None) -> None:
    factories.programme()


def people(*external_ids: str) -> list[Newcomer]:
    return [Newcomer(external_id, AT) for external_id in external_ids]


def test_they_are_enrolled_with_card_and_event_as_from_their_moment() -> None:
    lin = Newcomer("crm:7", AT, {"name": "林晓梅", "phone": "07700 900123", "birthday": Birthday(2, 29)})
    found = bulk_enrolment.enrol_all([lin, *people("crm:8")], via="file:LON-1")
    member = Member.objects.get(external_id="crm:7")
    assert found["crm:7"] == member
    assert (member.name, str(member.phone), member.birth_month, member.birth_day) == ("林晓梅", "+447700900123", 2, 29)
    assert (member.enrolled_at, member.enrolled_via, member.language) == (AT, "file:LON-1", "en")
    assert numbers.is_valid(member.number)
    assert Card.objects.get(member=member).number == member.number
    event = Event.objects.get(member_id=member.pk)
    assert (event.kind, event.reference, event.occurred_at) == ("member.enrolled", f"member:{member.uuid}", AT)
    assert Event.objects.count() == 2


def test_who_is_known_is_answered_as_they_are() -> None:
    known = factories.member(external_id="crm:7", name="", status=Member.Status.SUSPENDED)
    newcomers = [Newcomer("crm:7", AT, {"name": "Somebody else"}), *people("crm:8")]
    first = bulk_enrolment.enrol_all(newcomers, via="file:LON-1")
    assert bulk_enrolment.enrol_all(newcomers, via="file:LON-1") == first
    known.refresh_from_db()
    assert (first["crm:7"], known.name, known.status) == (known, "", Member.Status.SUSPENDED)
    assert (Member.objects.count(), Event.objects.count()) == (2, 1)


def test_the_statements_do_not_grow_with_the_people(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    # Two savepoints more under test; the programme, who is known, members, cards, events.
    with django_assert_num_queries(9):
        bulk_enrolment.enrol_all(people("crm:1"), via="file:LON-1")
    with django_assert_num_queries(9):
        bulk_enrolment.enrol_all(people(*(f"crm:{number}" for number in range(2, 200))), via="file:LON-1")
    assert Member.objects.count() == 199


def test_a_number_that_somebody_has_already_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = factories.member().number
    fresh = numbers.draw()
    drawn = iter([taken, fresh])
    monkeypatch.setattr(numbers, "draw", lambda: next(drawn))
    assert bulk_enrolment.enrol_all(people("crm:7"), via="file:LON-1")["crm:7"].number == fresh


def test_a_phone_of_somebody_else_or_one_that_cannot_be_enrols_nobody() -> None:
    factories.member(phone="+447700900123")
    with pytest.raises(IntegrityError):
        bulk_enrolment.enrol_all([*people("crm:7"), Newcomer("crm:8", AT, {"phone": "+447700900123"})], via="x")
    with pytest.raises(InvalidPhone):
        bulk_enrolment.enrol_all([*people("crm:7"), Newcomer("crm:8", AT, {"phone": "12"})], via="x")
    assert Member.objects.count() == 1
