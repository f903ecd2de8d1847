from datetime import UTC, datetime

import pytest

from core.models import Event
from members import consent, wordings
from members.consent import BelowAgeOfConsent, UnknownPurpose
from members.models import Consent, Member
from tests import factories

AT = datetime(2026, 11, 22, 10, tzinfo=UTC)
LATER = datetime(2026, 11, 23, 10, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Member:
    factories.programme(age_of_consent=16)
    return factories.member()


def said() -> list[tuple[object, ...]]:
    return list(
        Consent.objects.order_by("id").values_list("channel", "purpose", "granted", "at", "source", "wording__version")
    )


def test_marketing_needs_a_yes_and_service_messages_a_no(ada: Member) -> None:
    assert not consent.allows(ada, "email", "marketing", at=AT)
    assert consent.allows(ada, "email", "service", at=AT)

    consent.give(ada, "email", "marketing", source="portal", at=AT)
    consent.withdraw(ada, "email", "service", source="portal", at=AT)

    assert consent.allows(ada, "email", "marketing", at=AT)
    assert not consent.allows(ada, "email", "service", at=AT)
    assert not consent.allows(ada, "sms", "marketing", at=AT)
    assert consent.allows(ada, "sms", "service", at=AT)


def test_what_was_said_is_kept_with_time_place_and_words(ada: Member) -> None:
    consent.give(ada, "sms", "marketing", source="till:LON-1/T1", at=AT)
    consent.withdraw(ada, "sms", "marketing", source="portal", at=LATER)

    assert said() == [
        ("sms", "marketing", True, AT, "till:LON-1/T1", 1),
        ("sms", "marketing", False, LATER, "portal", 1),
    ]
    assert {key: given.granted for key, given in consent.current(ada).items()} == {("sms", "marketing"): False}
    assert list(Event.objects.order_by("id").values_list("kind", "member_id", "payload")) == [
        ("consent.given", ada.pk, {"channel": "sms", "purpose": "marketing", "wording": 1}),
        ("consent.withdrawn", ada.pk, {"channel": "sms", "purpose": "marketing", "wording": 1}),
    ]


def test_a_repeat_is_kept_once_per_wording(ada: Member) -> None:
    first = consent.give(ada, "email", "marketing", source="portal", at=AT)

    assert consent.give(ada, "email", "marketing", source="staff", at=LATER) == first
    wordings.publish("marketing", text_en="May we write?", text_zh_hans="可以联系您吗？", at=LATER)
    consent.give(ada, "email", "marketing", source="portal", at=LATER)

    assert said() == [
        ("email", "marketing", True, AT, "portal", 1),
        ("email", "marketing", True, LATER, "portal", 2),
    ]
    assert Event.objects.count() == 2


def test_a_no_is_kept_even_when_nothing_was_said_before(ada: Member) -> None:
    consent.withdraw(ada, "email", "marketing", source="portal", at=AT)
    consent.withdraw(ada, "email", "marketing", source="portal", at=LATER)

    assert said() == [("email", "marketing", False, AT, "portal", 1)]


@pytest.mark.parametrize(
    ("born", "may"),
    [
        ({"birth_year": 2010, "birth_month": 11, "birth_day": 22}, True),
        ({"birth_year": 2010, "birth_month": 11, "birth_day": 23}, False),
        ({"birth_month": 11, "birth_day": 23}, True),
        # The 15th of the tenth lunar month of 2010 was 20 November, the 18th was 23 November.
        ({"birth_year": 2010, "birth_month": 10, "birth_day": 15, "birth_calendar": "lunar"}, True),
        ({"birth_year": 2010, "birth_month": 10, "birth_day": 18, "birth_calendar": "lunar"}, False),
    ],
)
def test_members_below_the_age_of_consent_get_no_marketing(born: dict[str, object], may: bool) -> None:
    factories.programme(age_of_consent=16)
    member = factories.member(**born)

    if may:
        consent.give(member, "email", "marketing", source="portal", at=AT)
    else:
        with pytest.raises(BelowAgeOfConsent) as refusal:
            consent.give(member, "email", "marketing", source="portal", at=AT)
        assert str(refusal.value) == "Members below the age of 16 receive no marketing."

    assert consent.allows(member, "email", "marketing", at=AT) is may
    assert Consent.objects.count() == int(may)
    consent.give(member, "email", "service", source="portal", at=AT)
    assert consent.allows(member, "email", "service", at=AT)


def test_a_yes_rests_when_the_member_turns_out_to_be_too_young(ada: Member) -> None:
    consent.give(ada, "email", "marketing", source="portal", at=AT)
    Member.objects.update(birth_year=2012, birth_month=1, birth_day=1)

    assert not consent.allows(ada, "email", "marketing", at=AT)
    assert consent.allows(ada, "email", "marketing", at=datetime(2028, 1, 1, tzinfo=UTC))


def test_many_members_are_asked_about_at_once(ada: Member, django_assert_max_num_queries: object) -> None:
    adult = factories.member(birth_year=1980, birth_month=1, birth_day=1)
    child = factories.member()
    refuser = factories.member()
    for member in (ada, adult, child, refuser):
        consent.give(member, "email", "marketing", source="portal", at=AT)
    consent.withdraw(refuser, "email", "marketing", source="portal", at=LATER)
    Member.objects.filter(pk=child.pk).update(birth_year=2015, birth_month=1, birth_day=1)
    everybody = [ada.pk, adult.pk, child.pk, refuser.pk]

    with django_assert_max_num_queries(3):  # type: ignore[operator]
        assert consent.allowing(everybody, "email", "marketing", at=LATER) == {ada.pk, adult.pk}
    assert consent.allowing(everybody, "sms", "marketing", at=LATER) == set()
    assert consent.allowing(everybody, "email", "service", at=LATER) == set(everybody)
    assert consent.allowing([], "email", "marketing", at=LATER) == set()


@pytest.mark.parametrize(("channel", "purpose"), [("fax", "marketing"), ("email", "fun")])
def test_there_are_no_other_channels_and_purposes(ada: Member, channel: str, purpose: str) -> None:
    with pytest.raises(UnknownPurpose):
        consent.give(ada, channel, purpose, source="portal", at=AT)
    with pytest.raises(UnknownPurpose):
        consent.allows(ada, channel, purpose, at=AT)

    assert Consent.objects.count() == 0
