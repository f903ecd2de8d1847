"""Joining: nothing is written before the code proves the address, and nothing of anybody else's is touched."""

from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client

from core.models import Event
from members.models import Acceptance, Consent, Member
from messaging.models import Message
from tests import factories
from tests.portal.people import code_sent_to, give_code, sign_in, text

pytestmark = pytest.mark.django_db

FORM = {"address": "new@example.com", "name": "Grace  Hopper", "language": "en", "accepted": "on"}


@pytest.fixture(autouse=True)
def shop() -> None:
    factories.shop()


def join(client: Client, **changes: Any) -> Any:
    return client.post("/join/", {**FORM, **changes})


def test_somebody_joins_by_email(client: Client) -> None:
    asked = join(client, marketing=["email"])
    before = Member.objects.count()
    shown = text(client.get(asked["Location"]))
    answered = give_code(client, code_sent_to("new@example.com"))

    assert before == 0
    assert "is on its way to new@example.com" in shown
    assert answered["Location"] == "/"
    member = Member.objects.get()
    assert (member.name, member.email, member.phone, member.language) == ("Grace Hopper", "new@example.com", None, "en")
    assert (member.enrolled_via, member.status) == ("portal", "active")
    assert member.user is not None
    said = Consent.objects.values_list("channel", "purpose", "granted", "source")
    assert list(said) == [("email", "marketing", True, "portal")]
    assert set(Acceptance.objects.values_list("wording__kind", "source")) == {
        ("terms", "portal"),
        ("privacy", "portal"),
    }
    assert Event.objects.filter(kind="member.enrolled", member_id=member.pk).count() == 1
    assert "Good to see you, Grace Hopper" in text(client.get("/"))


def test_a_lunar_birthday_without_year_is_kept_as_told(client: Client) -> None:
    join(client, address="07700 900123", calendar="lunar", month="4", day="12", is_leap_month="on")
    give_code(client, code_sent_to("+447700900123"))

    member = Member.objects.get()
    assert (member.birth_calendar, member.birth_month, member.birth_day) == ("lunar", 4, 12)
    assert (member.birth_is_leap_month, member.birth_year) == (True, None)
    assert str(member.phone) == "+447700900123"


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"accepted": ""}, "accepted", "Without your yes to the terms we can't make you a member."),
        ({"address": "@"}, "address", "This is not an e-mail address."),
        ({"month": "2", "day": "30"}, "day", "There is no such day in the calendar."),
        ({"month": "2"}, "day", "Please choose both month and day."),
        ({"month": "2", "day": "3", "year": "2999"}, "year", "Nobody living was born in that year."),
        ({"language": "fr"}, "language", "Select a valid choice. fr is not one of the available choices."),
        (
            {"name": "a\x07b"},
            "name",
            "This text is longer than 120 characters, or holds characters that can't be shown.",
        ),
    ],
)
def test_what_is_not_right_is_said_beside_its_field(
    client: Client, changes: dict[str, str], field: str, sentence: str
) -> None:
    response = join(client, **changes)

    assert response.status_code == HTTPStatus.OK
    assert response.context["form"].errors == {field: [sentence]}
    assert Message.objects.count() == 0


def test_who_never_gives_the_code_back_leaves_no_member_and_consented_to_nothing(client: Client) -> None:
    join(client, marketing=["email", "sms"])
    give_code(client, "000000")

    assert Member.objects.count() == 0
    assert Consent.objects.count() == 0
    assert client.get("/me/").status_code == HTTPStatus.FOUND


def test_a_stranger_who_joins_with_a_members_address_changes_nothing_of_theirs(client: Client) -> None:
    ada = factories.member(name="", phone="+447700900123")

    join(client, address="+447700900123", name="Mallory", marketing=["sms"], month="1", day="1")

    ada.refresh_from_db()
    assert (ada.name, ada.birth_month, ada.user) == ("", None, None)
    assert Consent.objects.count() == 0
    assert Member.objects.count() == 1


def test_joining_with_an_address_known_looks_the_same_as_with_a_new_one(client: Client) -> None:
    factories.member(phone="+447700900123")
    other = Client()

    answers = []
    for browser, phone in ((client, "+447700900123"), (other, "+447700900999")):
        asked = join(browser, address=phone)
        answers.append((asked.status_code, text(browser.get(asked["Location"])).replace(phone, "PHONE")))

    assert answers[0] == answers[1]


def test_a_member_enrolled_at_a_till_who_joins_is_found_and_only_what_was_empty_is_filled(client: Client) -> None:
    ada = factories.member(name="Ada Lovelace", phone="+447700900123")

    join(client, address="+447700900123", name="A. L.", month="12", day="10", marketing=["sms"])
    give_code(client, code_sent_to("+447700900123"))

    ada.refresh_from_db()
    assert Member.objects.get() == ada
    assert (ada.name, ada.birth_month, ada.birth_day) == ("Ada Lovelace", 12, 10)
    assert ada.user is not None
    assert Consent.objects.get().granted is True
    assert ada.acceptances.count() == 2


def test_somebody_too_young_joins_without_marketing(client: Client) -> None:
    join(client, month="6", day="1", year="2020", marketing=["email"])
    give_code(client, code_sent_to("new@example.com"))

    assert Member.objects.get().birth_year == 2020
    assert Consent.objects.count() == 0


def test_a_closed_membership_is_not_opened_again_by_joining(client: Client) -> None:
    factories.member(phone="+447700900123", status=Member.Status.CLOSED)

    join(client, address="+447700900123")
    answered = give_code(client, code_sent_to("+447700900123"))

    assert answered["Location"] == "/sign-in/"
    assert "This membership has ended." in text(client.get("/sign-in/"))
    assert Member.objects.get().user is None


def test_who_joins_and_then_signs_in_with_another_address_takes_nothing_along(client: Client) -> None:
    ada = factories.member(phone="+447700900123", name="")
    join(client, name="Grace", marketing=["email"])

    sign_in(client, "+447700900123")

    ada.refresh_from_db()
    assert ada.name == ""
    assert Consent.objects.count() == 0
