"""Signing in by a code: who gets one, what it proves, and what somebody who guesses learns (nothing)."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from access.models import User
from members.models import Member
from messaging.models import Message
from tests import factories
from tests.portal.people import ask_for_code, code_sent_to, give_code, sign_in, text

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def shop() -> None:
    factories.shop()


def test_a_member_enrolled_at_a_till_claims_the_portal_by_phone(client: Client) -> None:
    ada = factories.member(phone="+447700900123", enrolled_via="till:LON-1/T1")

    asked = ask_for_code(client, "07700 900123")
    before_the_code = Member.objects.get().user
    message = Message.objects.get()
    answered = give_code(client, code_sent_to("+447700900123"))

    assert (asked.status_code, asked["Location"]) == (HTTPStatus.FOUND, "/sign-in/code/")
    assert before_the_code is None
    assert (message.channel, message.kind, message.is_secret, message.member) == ("sms", "sign_in_code", True, ada)
    assert (answered.status_code, answered["Location"]) == (HTTPStatus.FOUND, "/")
    ada.refresh_from_db()
    assert ada.user is not None
    assert not ada.user.has_usable_password()
    assert "Ada Lovelace" in text(client.get("/"))


def test_a_member_signs_in_by_email_again_and_again_as_the_same_user(client: Client) -> None:
    ada = factories.member(phone=None, email="ada@example.com")

    sign_in(client, " Ada@Example.com ")
    first = Member.objects.get(pk=ada.pk).user
    client.post("/sign-out/")
    assert client.get("/me/").status_code == HTTPStatus.FOUND
    sign_in(client, "ada@example.com")

    assert client.get("/me/").status_code == HTTPStatus.OK
    assert first is not None
    assert Member.objects.get(pk=ada.pk).user == first
    assert User.objects.count() == 1


def test_somebody_unknown_gets_the_same_answers_and_no_message(client: Client) -> None:
    factories.member(phone="+447700900123")
    stranger = Client()

    pages = []
    for browser, phone in ((client, "+447700900123"), (stranger, "+447700900999")):
        asked = ask_for_code(browser, phone)
        shown = browser.get(asked["Location"])
        wrong = give_code(browser, "000000")
        again = browser.post("/sign-in/code/again/")
        told = browser.get(again["Location"])
        statuses = [answer.status_code for answer in (asked, shown, wrong, again, told)]
        pages.append((statuses, [text(page).replace(phone, "PHONE") for page in (shown, wrong, told)]))

    assert pages[0] == pages[1]
    assert pages[0][0] == [302, 200, 200, 302, 200]
    assert set(Message.objects.values_list("address", flat=True)) == {"+447700900123"}


def test_an_address_that_cannot_be_one_is_said_so_beside_its_field(client: Client) -> None:
    response = ask_for_code(client, "not a phone")

    assert response.status_code == HTTPStatus.OK
    assert response.context["form"].errors == {"address": ["This is neither a phone number nor an e-mail address."]}
    assert 'aria-invalid="true"' in response.content.decode()


def test_three_wrong_codes_void_the_right_one(client: Client) -> None:
    factories.member(phone="+447700900123")
    ask_for_code(client, "+447700900123")
    right = code_sent_to("+447700900123")
    wrong = "111111" if right != "111111" else "222222"

    answers = [give_code(client, wrong).status_code for _ in range(3)]
    late = give_code(client, right)

    assert answers == [HTTPStatus.OK, HTTPStatus.OK, HTTPStatus.FOUND]
    assert late["Location"] == "/sign-in/"
    assert client.get("/me/").status_code == HTTPStatus.FOUND


def test_a_code_is_valid_for_ten_minutes(client: Client) -> None:
    factories.member(phone="+447700900123")
    with time_machine.travel(NOW, tick=False):
        ask_for_code(client, "+447700900123")
    right = code_sent_to("+447700900123")

    with time_machine.travel(NOW + timedelta(minutes=10, seconds=1), tick=False):
        assert give_code(client, right)["Location"] == "/sign-in/"
        assert client.get("/me/").status_code == HTTPStatus.FOUND


def test_a_new_code_voids_the_old_one(client: Client) -> None:
    factories.member(phone="+447700900123")
    ask_for_code(client, "+447700900123")
    old = code_sent_to("+447700900123")
    client.post("/sign-in/code/again/")
    new = code_sent_to("+447700900123")

    assert give_code(client, old).status_code == HTTPStatus.OK
    assert give_code(client, new)["Location"] == "/"


def test_only_so_many_codes_go_to_one_address(client: Client) -> None:
    factories.member(phone="+447700900123")

    answers = [ask_for_code(client, "+447700900123") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [302, 302, 302, 200]
    assert answers[3].context["form"].non_field_errors() == ["Be patient, you are sending too many requests."]
    assert Message.objects.count() == 3


def test_staff_are_never_signed_in_by_a_code_alone(client: Client) -> None:
    sam = factories.staff("sam")
    factories.member(phone="+447700900123", email="sam@example.com", user=sam)

    for address in ("+447700900123", "sam@example.com"):
        assert ask_for_code(client, address)["Location"] == "/sign-in/code/"

    assert Message.objects.count() == 0


def test_a_suspended_member_may_look_and_reads_why_nothing_moves(client: Client) -> None:
    factories.member(phone="+447700900123", status=Member.Status.SUSPENDED)

    sign_in(client, "+447700900123")

    assert "Your membership is on hold" in text(client.get("/"))


def test_a_closed_membership_gets_no_code_and_an_open_page_closes(client: Client) -> None:
    ada = factories.member(phone="+447700900123")
    sign_in(client, "+447700900123")
    Member.objects.filter(pk=ada.pk).update(status=Member.Status.CLOSED)
    sent = Message.objects.count()

    ask_for_code(Client(), "+447700900123")

    assert Message.objects.count() == sent
    assert client.get("/me/")["Location"] == "/"
    assert "You are signed in, but not as a member." in text(client.get("/"))


def test_the_member_is_led_where_they_wanted_to_go_but_never_off_the_site(client: Client) -> None:
    factories.member(phone="+447700900123")
    wanted = client.get("/activity/")
    assert wanted["Location"] == "/sign-in/?next=/activity/"

    client.post(wanted["Location"], {"address": "+447700900123", "next": "/activity/"})
    code = code_sent_to("+447700900123")
    assert client.post("/sign-in/code/", {"code": code, "next": "/activity/"})["Location"] == "/activity/"

    other = Client()
    ask_for_code(other, "+447700900123")
    code = code_sent_to("+447700900123")
    assert other.post("/sign-in/code/", {"code": code, "next": "https://evil.example/"})["Location"] == "/"


def test_the_members_language_is_taken_over_and_a_chosen_one_wins(client: Client) -> None:
    ada = factories.member(phone="+447700900123", language="zh-hans")

    assert sign_in(client, "+447700900123").cookies["django_language"].value == "zh-hans"

    chooses = Client()
    chooses.cookies["django_language"] = "en"
    sign_in(chooses, "+447700900123")
    ada.refresh_from_db()
    assert ada.language == "en"


def test_who_is_signed_in_stays_so_when_redis_is_emptied(client: Client) -> None:
    factories.member(phone="+447700900123")
    sign_in(client, "+447700900123")

    cache.clear()

    assert client.get("/me/").status_code == HTTPStatus.OK


def test_a_user_who_was_switched_off_is_signed_out(client: Client) -> None:
    factories.member(phone="+447700900123")
    sign_in(client, "+447700900123")

    User.objects.update(is_active=False)

    assert client.get("/me/")["Location"] == "/sign-in/?next=/me/"


def test_only_in_development_the_way_to_the_mailbox_is_shown(client: Client, settings: Any) -> None:
    factories.member(phone="+447700900123")
    ask_for_code(client, "+447700900123")

    settings.DEBUG = True
    development = client.get("/sign-in/code/").content.decode()
    settings.DEBUG = False
    production = client.get("/sign-in/code/").content.decode()

    assert 'href="/dev/mail/"' in development
    assert 'href="/dev/mail/"' not in production
