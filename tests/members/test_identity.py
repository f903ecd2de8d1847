from datetime import UTC, datetime

import pytest
from django.utils import translation

from members import cards, identity
from members.contacts import InvalidPhone
from members.identity import (
    CardReplaced,
    InvalidNumber,
    MemberClosed,
    MemberSuspended,
    NotOneIdentifier,
    UnknownMember,
)
from members.models import Member
from tests import factories

AT = datetime(2026, 11, 22, 10, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Member:
    factories.programme()
    return factories.member(
        number="000000005724", name="Ada Lovelace", phone="+447700900123", email="ada@example.com", external_id="CRM-7"
    )


@pytest.mark.parametrize(
    "identifier",
    [
        {"number": "000000005724"},
        {"number": "0000 0000 5724"},
        {"phone": "+447700900123"},
        {"phone": "+44 (0)7700 900123"},
        {"email": " ADA@example.com"},
        {"external_id": "CRM-7"},
    ],
)
def test_a_member_is_found_by_one_statement(
    ada: Member, identifier: dict[str, str], django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        found = identity.find(**identifier)

    assert found == identity.Found(
        member_id=ada.pk,
        uuid=ada.uuid,
        number="000000005724",
        status="active",
        name="Ada Lovelace",
        language="en",
        time_zone="",
        phone="+447700900123",
        email="ada@example.com",
        external_id="CRM-7",
    )


def test_a_national_phone_number_is_dialled_in_the_programmes_country(ada: Member) -> None:
    assert identity.find(phone="07700 900123").member_id == ada.pk
    assert identity.find(phone="07700 900123", country="GB").member_id == ada.pk
    with pytest.raises(InvalidPhone):
        identity.find(phone="07700 900123", country="FR")


@pytest.mark.parametrize(
    "identifier",
    [{"number": "000000000000"}, {"phone": "+447700900124"}, {"email": "bob@example.com"}, {"external_id": "CRM-8"}],
)
def test_who_is_not_enrolled_is_unknown(ada: Member, identifier: dict[str, str]) -> None:
    with pytest.raises(UnknownMember) as refusal:
        identity.find(**identifier)

    assert (refusal.value.code, refusal.value.status) == ("unknown_member", 404)


def test_a_mistyped_number_is_told_from_an_unknown_one(ada: Member) -> None:
    with pytest.raises(InvalidNumber) as refusal:
        identity.find(number="000000005725")

    assert refusal.value.details == {"pointer": "/number"}


@pytest.mark.parametrize("identifiers", [{}, {"number": ""}, {"phone": "+447700900123", "email": "ada@example.com"}])
def test_a_search_is_by_one_identifier(ada: Member, identifiers: dict[str, str]) -> None:
    with pytest.raises(NotOneIdentifier):
        identity.find(**identifiers)


def test_a_replaced_card_is_refused_and_the_new_one_found(ada: Member) -> None:
    new = cards.replace(ada, reason="lost", at=AT, actor=None)

    with pytest.raises(CardReplaced) as refusal:
        identity.find(number="000000005724")
    assert (refusal.value.code, refusal.value.status) == ("card_replaced", 410)
    assert str(refusal.value) == (
        "This card was replaced by a new one and is no longer valid. "
        "Please ask for the new card, or look the member up by phone or e-mail."
    )
    assert identity.find(number=new.number).member_id == ada.pk
    assert identity.find(phone="+447700900123").number == new.number


@pytest.mark.parametrize(("status", "refusal"), [("suspended", MemberSuspended), ("closed", MemberClosed)])
def test_who_takes_no_part_is_found_but_refused(ada: Member, status: str, refusal: type[Exception]) -> None:
    Member.objects.update(status=status)

    found = identity.find(phone="+447700900123")

    assert found.status == status
    with pytest.raises(refusal):
        identity.require_active(found)


def test_an_active_member_takes_part(ada: Member) -> None:
    identity.require_active(ada)
    identity.require_active(identity.find(phone="+447700900123"))


def test_the_refusal_of_a_suspended_member_is_polite() -> None:
    with translation.override("en"):
        assert str(MemberSuspended()) == (
            "This membership is on hold, so points can't be collected or used at the moment. "
            "The sale itself can go on. Please ask the member to contact us; we will be glad to help."
        )
