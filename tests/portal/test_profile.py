"""What members tell and allow."""

from datetime import UTC, datetime
from http import HTTPStatus

import pytest
import time_machine
from django.test import Client

from members.models import Consent, Member
from tests import factories
from tests.portal.people import signed_in, text

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def ada() -> Member:
    factories.shop()
    return factories.member(name="Ada", email="ada@example.com", phone="+447700900123")


def test_the_member_reads_what_is_known(ada: Member) -> None:
    Member.objects.filter(pk=ada.pk).update(birth_month=12, birth_day=10)

    words = text(signed_in(ada).get("/me/details/"))

    assert "Phone +44 7700 900123 E-mail ada@example.com Member since 1 Jan 2025 Birthday 10 December" in words


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"birth_year": 1990}, "10 Dec 1990"),
        ({"birth_calendar": "lunar"}, "10th day of the 12th lunar month"),
        ({"birth_calendar": "lunar", "birth_year": 1990}, "10th day of the 12th lunar month 1990"),
        ({"birth_calendar": "lunar", "birth_is_leap_month": True}, "10th day of the leap 12th lunar month"),
    ],
)
def test_a_birthday_is_told_by_its_own_calendar(ada: Member, told: dict[str, object], words: str) -> None:
    Member.objects.filter(pk=ada.pk).update(birth_month=12, birth_day=10, **told)

    assert f"Birthday {words} " in text(signed_in(ada).get("/me/details/"))


def test_the_name_can_be_changed_and_taken_away(ada: Member) -> None:
    client = signed_in(ada)

    assert client.post("/me/name/", {"name": " 王  小明 "})["Location"] == "/me/details/"
    assert Member.objects.get(pk=ada.pk).name == "王 小明"
    client.post("/me/name/", {"name": ""})
    assert Member.objects.get(pk=ada.pk).name == ""

    refused = client.post("/me/name/", {"name": "x" * 121})
    assert refused.status_code == HTTPStatus.OK
    assert "Ensure this value has at most 120 characters (it has 121)." in text(refused)
    assert Member.objects.get(pk=ada.pk).name == ""


def test_the_birthday_is_set_once(ada: Member) -> None:
    client = signed_in(ada)
    day = {"calendar": "solar", "month": "12", "day": "10", "year": "1990"}

    nothing = client.post("/me/birthday/", {"calendar": "solar"})
    first = client.post("/me/birthday/", day)
    second = client.post("/me/birthday/", {**day, "day": "11"})

    assert "Please choose both month and day." in text(nothing)
    assert (first.status_code, second.status_code) == (HTTPStatus.FOUND, HTTPStatus.FORBIDDEN)
    ada.refresh_from_db()
    assert (ada.birth_year, ada.birth_month, ada.birth_day) == (1990, 12, 10)
    assert 'action="/me/birthday/"' not in client.get("/me/details/").content.decode()


def test_each_consent_is_given_and_taken_back_by_itself_and_kept_with_its_time(ada: Member) -> None:
    client = signed_in(ada)
    before = text(client.get("/me/letters/"))

    with time_machine.travel(NOW, tick=False):
        client.post("/me/consents/", {"marketing_email": "on", "service_email": "on"})
        client.post("/me/consents/", {"marketing_email": "on", "service_email": "on"})

    said = Consent.objects.order_by("id").values_list("channel", "purpose", "granted", "source", "at")
    assert "What you said, and when" not in before
    assert sorted(said) == [
        ("email", "marketing", True, "portal", NOW),
        ("sms", "service", False, "portal", NOW),
    ]
    assert "Yes · marketing · e-mail · 10 Mar 2026, 12:00" in text(client.get("/me/letters/"))


def test_somebody_too_young_is_told_why_there_are_no_offers(ada: Member) -> None:
    Member.objects.filter(pk=ada.pk).update(birth_month=1, birth_day=1, birth_year=2020)
    client = signed_in(ada)

    client.post("/me/consents/", {"marketing_sms": "on", "service_email": "on", "service_sms": "on"})

    assert Consent.objects.count() == 0
    assert "Members below the age of 16 receive no marketing." in text(client.get("/me/letters/"))


def test_the_language_is_switched_and_remembered_with_the_member(ada: Member) -> None:
    client = signed_in(ada)

    answer = client.post("/language/", {"language": "zh-hans", "next": "/me/"})

    assert (answer["Location"], answer.cookies["django_language"].value) == ("/me/", "zh-hans")
    assert Member.objects.get(pk=ada.pk).language == "zh-hans"
    assert '<html lang="zh-hans">' in client.get("/me/").content.decode()

    client.post("/language/", {"language": "fr", "next": "https://evil.example/"})
    assert Member.objects.get(pk=ada.pk).language == "zh-hans"


def test_a_guest_switches_the_language_too() -> None:
    factories.shop()
    client = Client()

    assert client.post("/language/", {"language": "zh-hans", "next": "/join/"})["Location"] == "/join/"
    assert '<html lang="zh-hans">' in client.get("/join/").content.decode()


@pytest.mark.parametrize(
    "address", ["/me/name/", "/me/birthday/", "/me/consents/", "/language/", "/sign-in/code/again/"]
)
def test_what_changes_something_is_never_got(ada: Member, address: str) -> None:
    assert signed_in(ada).get(address).status_code == HTTPStatus.METHOD_NOT_ALLOWED


@pytest.mark.parametrize("address", ["/me/name/", "/me/birthday/", "/me/consents/"])
def test_a_guest_changes_nothing_and_is_led_to_the_sign_in(ada: Member, address: str) -> None:
    assert Client().post(address, {"name": "x"})["Location"] == "/sign-in/?next=/"
