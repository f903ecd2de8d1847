from datetime import UTC, datetime
from typing import Any

import pytest

from access.models import AuditEntry, User
from core.models import Event
from core.programme import NotSetUp
from members import cards, enrolment, identity, numbers
from members.birthdays import Birthday, NoSuchDay
from members.contacts import InvalidEmail, InvalidPhone
from members.enrolment import BelongsToAnother, ContactMissing, Enrolled, HasAnotherNumber, ReasonMissing
from members.identity import InvalidNumber, MemberClosed
from members.models import Card, Member
from members.profiles import UnknownLanguage, UnknownTimeZone
from tests import factories, racing

AT = datetime(2026, 11, 22, 10, tzinfo=UTC)
LATER = datetime(2026, 11, 23, 10, tzinfo=UTC)
TILL = "till:LON-1/T1"


@pytest.fixture
def programme(db: None) -> None:
    factories.programme()


@pytest.fixture
def sam(db: None) -> User:
    return factories.staff("sam")


def enrol(**profile: Any) -> Enrolled:
    return enrolment.enrol(via=TILL, at=AT, **profile)


def columns(member: Member, *names: str) -> dict[str, Any]:
    return dict(Member.objects.values(*names).get(pk=member.pk))


def events() -> list[tuple[str, str, dict[str, Any]]]:
    return list(Event.objects.order_by("id").values_list("kind", "reference", "payload"))


def test_a_phone_is_enough(programme: None) -> None:
    enrolled = enrol(phone="07700 900123")

    member = enrolled.member
    assert enrolled == Enrolled(member, is_new=True, filled=())
    assert columns(member, "phone", "email", "external_id", "name", "language", "status", "enrolled_via", "user") == {
        "phone": "+447700900123",
        "email": None,
        "external_id": None,
        "name": "",
        "language": "en",
        "status": "active",
        "enrolled_via": TILL,
        "user": None,
    }
    assert member.enrolled_at == AT
    assert numbers.is_valid(member.number)
    assert list(Card.objects.values("number", "member", "status", "issued_at", "replaced_at")) == [
        {"number": member.number, "member": member.pk, "status": "active", "issued_at": AT, "replaced_at": None}
    ]
    assert events() == [("member.enrolled", f"member:{member.uuid}", {"via": TILL})]


def test_enrolling_takes_few_statements(programme: None, django_assert_max_num_queries: Any) -> None:
    # The programme, who is known, member, card, event; and a savepoint around the last three.
    with django_assert_max_num_queries(9):
        enrol(phone="07700 900123")
    with django_assert_max_num_queries(6):
        enrol(phone="07700 900123")


def test_an_email_is_enough(programme: None) -> None:
    member = enrol(email=" Ada@Example.com").member

    assert columns(member, "phone", "email") == {"phone": None, "email": "ada@example.com"}


def test_everything_told_is_kept(programme: None) -> None:
    member = enrol(
        phone="+86 138 0013 8000",
        email="xm@example.com",
        external_id="CRM-7",
        name=" 王小明 ",
        language="zh-Hans",
        time_zone="Asia/Shanghai",
        birthday=Birthday(8, 15, calendar="lunar"),
    ).member

    assert columns(
        member,
        *("phone", "email", "external_id", "name", "language", "time_zone"),
        *("birth_month", "birth_day", "birth_year", "birth_calendar", "birth_is_leap_month"),
    ) == {
        "phone": "+8613800138000",
        "email": "xm@example.com",
        "external_id": "CRM-7",
        "name": "王小明",
        "language": "zh-hans",
        "time_zone": "Asia/Shanghai",
        "birth_month": 8,
        "birth_day": 15,
        "birth_year": None,
        "birth_calendar": "lunar",
        "birth_is_leap_month": False,
    }


@pytest.mark.parametrize(
    ("profile", "refusal"),
    [
        ({}, ContactMissing),
        ({"name": "Ada"}, ContactMissing),
        ({"phone": "", "email": None, "external_id": " "}, ContactMissing),
        ({"phone": "12"}, InvalidPhone),
        ({"email": "ada"}, InvalidEmail),
        ({"email": "ada@example.com", "language": "fr"}, UnknownLanguage),
        ({"email": "ada@example.com", "time_zone": "Europe/Atlantis"}, UnknownTimeZone),
        ({"email": "ada@example.com", "birthday": Birthday(2, 30)}, NoSuchDay),
        ({"email": "ada@example.com", "number": "000000005725"}, InvalidNumber),
    ],
)
def test_what_makes_no_sense_enrols_nobody(programme: None, profile: dict[str, Any], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        enrol(**profile)

    assert Member.objects.count() == 0
    assert events() == []


def test_nobody_can_enrol_before_the_programme_is_set_up(db: None) -> None:
    with pytest.raises(NotSetUp):
        enrol(phone="+447700900123")


def test_a_second_enrolment_finds_the_first_and_fills_what_was_empty(programme: None) -> None:
    first = enrol(phone="07700 900123", name="Ada").member

    again = enrol(
        phone="+447700900123",
        email="ada@example.com",
        name="Augusta",
        language="zh-hans",
        birthday=Birthday(12, 10, 1980),
    )

    assert again == Enrolled(
        first,
        is_new=False,
        filled=("birth_calendar", "birth_day", "birth_is_leap_month", "birth_month", "birth_year", "email"),
    )
    assert columns(first, "name", "email", "language", "birth_month", "birth_day", "birth_year") == {
        "name": "Ada",
        "email": "ada@example.com",
        "language": "en",
        "birth_month": 12,
        "birth_day": 10,
        "birth_year": 1980,
    }
    assert Member.objects.count() == Card.objects.count() == 1
    assert [kind for kind, _reference, _payload in events()] == ["member.enrolled", "member.updated"]


def test_a_repeat_changes_nothing(programme: None) -> None:
    profile = {"phone": "07700 900123", "name": "Ada", "birthday": Birthday(8, 15, calendar="lunar")}
    first = enrol(**profile)

    again = enrol(**profile)

    assert (first.is_new, again.is_new, again.filled) == (True, False, ())
    assert again.member == first.member
    assert len(events()) == 1


def test_a_birthday_is_filled_whole_or_not_at_all(programme: None) -> None:
    member = enrol(phone="07700 900123", birthday=Birthday(12, 10)).member

    again = enrol(phone="07700 900123", birthday=Birthday(8, 15, 1980, "lunar"))

    assert again.filled == ()
    assert columns(member, "birth_month", "birth_day", "birth_year", "birth_calendar") == {
        "birth_month": 12,
        "birth_day": 10,
        "birth_year": None,
        "birth_calendar": "solar",
    }


def test_contacts_of_different_members_are_refused_by_name(programme: None) -> None:
    enrol(phone="07700 900123")
    enrol(email="bob@example.com")
    enrol(external_id="CRM-7")

    with pytest.raises(BelongsToAnother) as refusal:
        enrol(phone="07700 900123", email="bob@example.com")
    assert refusal.value.details == {"pointers": ["/phone", "/email"]}
    assert str(refusal.value) == "This belongs to another member: the phone number, the e-mail address."

    with pytest.raises(BelongsToAnother) as refusal:
        enrol(phone="07700 900124", email="bob@example.com", external_id="CRM-7", name="Bob")
    assert refusal.value.details == {"pointers": ["/email", "/external_id"]}
    assert list(Member.objects.order_by("pk").values_list("phone", "email", "external_id", "name")) == [
        ("+447700900123", None, None, ""),
        (None, "bob@example.com", None, ""),
        (None, None, "CRM-7", ""),
    ]


def test_nobody_at_a_till_adds_a_contact_to_a_member_who_signs_in_to_the_portal(programme: None) -> None:
    member = enrol(phone="07700 900123").member
    Member.objects.filter(pk=member.pk).update(user=User.objects.create_user("ada"))

    again = enrol(phone="07700 900123", email="mallory@example.com", name="Ada")

    assert again.filled == ("name",)
    assert columns(member, "email", "name") == {"email": None, "name": "Ada"}


def test_a_suspended_member_is_found_and_left_alone(programme: None, sam: User) -> None:
    member = enrol(phone="07700 900123").member
    enrolment.suspend(member, reason="card shared", at=AT, actor=sam)

    again = enrol(phone="07700 900123", name="Ada")

    assert (again.member, again.is_new, again.filled, again.member.status) == (member, False, (), "suspended")
    assert columns(member, "name") == {"name": ""}


def test_a_closed_member_can_not_be_enrolled_again(programme: None) -> None:
    enrol(phone="07700 900123")
    Member.objects.update(status="closed")

    with pytest.raises(MemberClosed):
        enrol(phone="07700 900123")


def test_a_member_may_bring_a_card(programme: None) -> None:
    member = enrol(phone="07700 900123", number="0000 0000 5724").member
    other = enrol(phone="07700 900124").member

    assert identity.find(number="000000005724").member_id == member.pk
    assert enrol(phone="07700 900123", number="000000005724") == Enrolled(member, is_new=False)
    with pytest.raises(BelongsToAnother) as refusal:
        enrol(phone="07700 900124", number="000000005724")
    assert refusal.value.details == {"pointers": ["/number", "/phone"]}
    with pytest.raises(HasAnotherNumber):
        enrol(phone="07700 900124", number="000000000000")
    cards.replace(member, reason="lost", at=AT, actor=None)
    assert enrol(phone="07700 900123", number="000000005724").member == member
    assert Member.objects.count() == 2
    assert Card.objects.filter(member=other).count() == 1


def test_tills_that_enrol_the_same_phone_at_once_give_one_member(committed_db: None) -> None:
    factories.programme()

    enrolled = racing.run_in_threads(8, lambda number: enrol(phone="07700 900123", name=f"from till {number}"))

    member = Member.objects.get()
    assert [each.member for each in enrolled] == [member] * 8
    assert sum(each.is_new for each in enrolled) == 1
    assert [each.filled for each in enrolled] == [()] * 8
    assert member.name == f"from till {[each.is_new for each in enrolled].index(True)}"
    assert Card.objects.count() == 1
    assert [kind for kind, _reference, _payload in events()] == ["member.enrolled"]


def test_tills_that_enrol_crossed_contacts_at_once_leave_each_contact_with_one_member(committed_db: None) -> None:
    factories.programme()
    pairs = [
        {"phone": "07700 900123", "email": "ada@example.com"},
        {"phone": "07700 900123"},
        {"email": "ada@example.com"},
        {"phone": "07700 900124", "email": "ada@example.com"},
    ]

    outcomes = racing.outcomes(4, lambda number: enrol(**pairs[number]))

    refused = [each for each in outcomes if isinstance(each, Exception)]
    assert all(isinstance(each, BelongsToAnother) for each in refused)
    assert sum(each.is_new for each in outcomes if isinstance(each, Enrolled)) == Member.objects.count()
    assert Member.objects.filter(phone="+447700900123").count() == 1
    assert Member.objects.filter(email="ada@example.com").count() == 1


def test_an_update_sets_what_was_told_and_leaves_the_rest(programme: None, sam: User) -> None:
    member = enrol(phone="07700 900123", name="Ada", birthday=Birthday(12, 10, 1980)).member

    updated = enrolment.update(member, at=LATER, actor=sam, email="ada@example.com", phone=None, birthday=None)

    assert updated == member
    assert columns(member, "phone", "email", "name", "birth_month", "birth_year") == {
        "phone": None,
        "email": "ada@example.com",
        "name": "Ada",
        "birth_month": None,
        "birth_year": None,
    }
    fields = ["birth_day", "birth_month", "birth_year", "email", "phone"]
    assert events()[1:] == [("member.updated", f"member:{member.uuid}", {"fields": fields})]
    assert list(AuditEntry.objects.values("action", "subject", "actor", "changes")) == [
        {"action": "member.update", "subject": f"member:{member.pk}", "actor": sam.pk, "changes": {"fields": fields}}
    ]


def test_a_repeated_update_changes_nothing(programme: None, sam: User) -> None:
    member = enrol(phone="07700 900123", name="Ada").member

    enrolment.update(member, at=LATER, actor=sam, name="Ada", phone="+447700900123")

    assert len(events()) == 1
    assert AuditEntry.objects.count() == 0


def test_an_update_by_the_member_is_not_audited(programme: None) -> None:
    member = enrol(phone="07700 900123").member

    enrolment.update(member, at=LATER, name="Ada")

    assert columns(member, "name") == {"name": "Ada"}
    assert AuditEntry.objects.count() == 0


def test_an_update_can_not_take_a_contact_of_another_member(programme: None) -> None:
    enrol(phone="07700 900123", email="ada@example.com")
    bob = enrol(phone="07700 900124").member

    with pytest.raises(BelongsToAnother) as refusal:
        enrolment.update(bob, at=LATER, phone="07700 900123", email="ada@example.com", name="Bob")

    assert refusal.value.details == {"pointers": ["/phone", "/email"]}
    assert columns(bob, "phone", "email", "name") == {"phone": "+447700900124", "email": None, "name": ""}


def test_the_last_contact_can_not_go(programme: None) -> None:
    member = enrol(phone="07700 900123").member

    with pytest.raises(ContactMissing):
        enrolment.update(member, at=LATER, phone="")

    assert columns(member, "phone") == {"phone": "+447700900123"}


def test_a_membership_is_put_on_hold_and_back_with_reasons(programme: None, sam: User) -> None:
    member = enrol(phone="07700 900123").member

    assert enrolment.suspend(member, reason=" card shared ", at=AT, actor=sam).status == "suspended"
    assert enrolment.suspend(member, reason="again", at=AT, actor=sam).status == "suspended"
    assert enrolment.reactivate(member, reason="explained", at=LATER, actor=sam).status == "active"

    assert columns(member, "status") == {"status": "active"}
    assert list(AuditEntry.objects.order_by("id").values_list("action", "subject", "actor", "reason")) == [
        ("member.suspended", f"member:{member.pk}", sam.pk, "card shared"),
        ("member.reactivated", f"member:{member.pk}", sam.pk, "explained"),
    ]
    assert [kind for kind, _reference, _payload in events()] == [
        "member.enrolled",
        "member.suspended",
        "member.reactivated",
    ]


def test_a_hold_needs_a_reason_and_a_closed_membership_has_none(programme: None, sam: User) -> None:
    member = enrol(phone="07700 900123").member

    with pytest.raises(ReasonMissing):
        enrolment.suspend(member, reason=" ", at=AT, actor=sam)
    assert columns(member, "status") == {"status": "active"}

    Member.objects.update(status="closed")
    with pytest.raises(MemberClosed):
        enrolment.reactivate(member, reason="please", at=AT, actor=sam)
    assert columns(member, "status") == {"status": "closed"}
    assert AuditEntry.objects.count() == 0
