"""Where members are signed in, and their passkeys: each sees and ends their own."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.test import Client

from access import sessions
from core import clock
from core.models import Event
from members.models import Member
from portal import devices
from rewards import proofs
from tests import factories
from tests.portal.people import ask_for_code, code_sent_to, give_code, sign_in, signed_in, text

pytestmark = pytest.mark.django_db

PIXEL = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36"
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15"


@pytest.fixture
def ada() -> Member:
    factories.shop()
    return factories.member(name="Ada", phone="+447700900123", email="ada@example.com")


@pytest.fixture
def eve(ada: Member) -> Member:
    return factories.member(name="Eve", phone="+447700900666", email="eve@example.com")


def browser(address: str, name: str) -> Client:
    """A browser that calls itself NAME, signed in."""
    client = Client(headers={"user-agent": name})
    sign_in(client, address)
    return client


def passkey(member: Member, **changes: Any) -> Authenticator:
    member.refresh_from_db()
    user = member.user
    return Authenticator.objects.create(
        user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "Chrome on Android", "credential": {}}, **changes
    )


@pytest.mark.parametrize(
    ("said", "name", "is_hand_held"),
    [
        (PIXEL, "Chrome on Android", True),
        (MAC, "Safari on Mac", False),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537 Edg/140", "Edge on Windows", False),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) MicroMessenger/8.0", "WeChat on iPhone", True),
        ("curl/8", "A browser", False),
        ("", "A browser", False),
    ],
)
def test_devices_are_named_as_people_know_them(said: str, name: str, is_hand_held: bool) -> None:
    assert (devices.named(said), devices.is_hand_held(said)) == (name, is_hand_held)


def test_a_member_sees_where_they_are_signed_in_and_signs_out_there(ada: Member) -> None:
    phone, desk = browser("+447700900123", PIXEL), browser("ada@example.com", MAC)

    words = text(phone.get("/me/security/"))
    assert "Chrome on Android this device" in words
    assert "Safari on Mac" in words

    (other,) = UserSession.objects.filter(user_agent=MAC)
    assert phone.post(f"/me/security/sessions/{other.pk}/end/")["Location"] == "/me/security/"
    assert desk.get("/card/")["Location"] == "/sign-in/?next=/card/"
    assert phone.get("/card/").status_code == HTTPStatus.OK


def test_everywhere_else_at_once(ada: Member) -> None:
    phone, desk, tablet = (browser("+447700900123", name) for name in (PIXEL, MAC, ""))

    phone.post("/me/security/sessions/end/")

    assert [one.get("/card/").status_code for one in (phone, desk, tablet)] == [200, 302, 302]
    assert UserSession.objects.count() == 1


def test_nobody_ends_somebody_elses_session_or_removes_their_passkey(ada: Member, eve: Member) -> None:
    phone, hers = browser("+447700900123", PIXEL), browser("+447700900666", MAC)
    key = passkey(ada)
    (session,) = UserSession.objects.filter(user_agent=PIXEL)

    assert hers.post(f"/me/security/sessions/{session.pk}/end/").status_code == HTTPStatus.NOT_FOUND
    assert hers.post(f"/me/security/passkeys/{key.pk}/remove/").status_code == HTTPStatus.NOT_FOUND
    hers.post("/me/security/sessions/end/")

    assert phone.get("/card/").status_code == HTTPStatus.OK
    assert Authenticator.objects.get() == key
    assert "Chrome on Android" not in text(hers.get("/me/security/"))


def test_a_passkey_is_removed_and_its_member_is_told(ada: Member) -> None:
    client = browser("+447700900123", PIXEL)
    key = passkey(ada)
    assert "Chrome on Android" in text(client.get("/me/security/"))

    client.post(f"/me/security/passkeys/{key.pk}/remove/")

    assert Authenticator.objects.count() == 0
    client.post(f"/me/security/passkeys/{key.pk}/remove/")
    told = Event.objects.get(kind="member.passkey_removed")
    assert (told.member_id, told.payload) == (ada.pk, {"device": "Chrome on Android"})


def test_who_signed_in_long_ago_signs_in_again_before_touching_passkeys(ada: Member) -> None:
    """A phone left lying about: ten minutes after its owner signed in, whoever has it must have the code too."""
    with time_machine.travel(NOON, tick=False) as time:
        client = browser("+447700900123", PIXEL)
        key = passkey(ada)
        time.shift(timedelta(minutes=10, seconds=1))

        assert "Please sign in again" in text(client.get("/me/security/passkeys/add/"))
        answer = client.post("/me/security/passkeys/add/", {"credential": "{}"})
        assert "Please sign in again" in text(answer)
        assert "Please sign in again" in text(client.post(f"/me/security/passkeys/{key.pk}/remove/"))
        assert Authenticator.objects.get() == key

        answer = client.post("/me/security/again/", {"next": "/me/security/passkeys/add/"})
        assert answer["Location"] == "/sign-in/?next=/me/security/passkeys/add/"
        assert client.get("/card/").status_code == HTTPStatus.FOUND
        sent = client.post(answer["Location"], {"address": "+447700900123", "next": "/me/security/passkeys/add/"})
        answer = client.post(sent["Location"], {"code": code_sent_to("+447700900123")})
        assert answer["Location"] == "/me/security/passkeys/add/"
        client.post(f"/me/security/passkeys/{key.pk}/remove/")
        assert Authenticator.objects.count() == 0


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_signing_in_again_leads_nowhere_else(ada: Member, wanted: str) -> None:
    answer = signed_in(ada).post("/me/security/again/", {"next": wanted})

    assert answer["Location"] == "/sign-in/?next=/me/security/"


def test_a_passkey_is_no_second_question_for_who_signs_in_by_code(ada: Member) -> None:
    signed_in(ada)
    passkey(ada)
    client = Client()
    ask_for_code(client, "+447700900123")

    answer = give_code(client, code_sent_to("+447700900123"))

    assert answer["Location"] == "/"
    assert client.get("/card/").status_code == HTTPStatus.OK


def test_there_are_not_more_passkeys_than_anybody_needs(ada: Member) -> None:
    client = browser("+447700900123", PIXEL)
    for _nth in range(20):
        passkey(ada)

    assert client.get("/me/security/passkeys/add/")["Location"] == "/me/security/"


@pytest.mark.parametrize("credential", ["", "{}", "[]", "[1]", '{"id": "x"}', "null", '"x"', "7"])
def test_what_is_no_passkey_is_refused(ada: Member, credential: str) -> None:
    client = browser("+447700900123", PIXEL)
    client.get("/me/security/passkeys/add/")

    answer = client.post("/me/security/passkeys/add/", {"credential": credential})

    assert answer.status_code == HTTPStatus.OK
    assert "That did not work." in text(answer)
    assert Authenticator.objects.count() == 0


@pytest.mark.parametrize("credential", ["", "{}", "[1]", "7", '{"id": "x"}', '{"response": {"userHandle": "MQ"}}'])
def test_nobody_signs_in_by_what_is_no_passkey(ada: Member, credential: str) -> None:
    client = Client()
    options = client.get("/sign-in/passkey/", headers={"x-requested-with": "XMLHttpRequest"}).json()
    assert options["request_options"]["publicKey"]["userVerification"] == "required"

    answer = client.post("/sign-in/passkey/", {"credential": credential})

    assert answer["Location"] == "/sign-in/"
    assert client.get("/card/").status_code == HTTPStatus.FOUND


def test_old_sessions_are_forgotten(ada: Member) -> None:
    browser("+447700900123", PIXEL)

    assert sessions.forget(at=clock.now()) == 0
    UserSession.objects.update(last_seen_at=factories.OPENED_AT)
    assert sessions.forget(at=clock.now()) == 1


def test_a_pin_is_set_changed_and_removed(ada: Member) -> None:
    client = signed_in(ada)

    assert client.post("/me/pin/", {"pin": "4711", "again": "4711"})["Location"] == "/me/security/"
    assert proofs.check(ada.pk, proofs.Proof(proofs.Kind.PIN, "4711"), at=clock.now()) is None
    assert "You have a PIN." in text(client.get("/me/security/"))

    client.post("/me/pin/remove/")
    assert not proofs.has_pin(ada.pk)


@pytest.mark.parametrize(
    ("pin", "again", "field", "words"),
    [
        ("1234", "1234", "pin", "Choose four to six digits"),
        ("12ab", "12ab", "pin", "Choose four to six digits"),
        ("4711", "4712", "again", "This is not the same PIN."),
        ("", "", "pin", "This field is required."),
    ],
)
def test_a_pin_that_helps_nobody_is_refused_beside_its_field(
    ada: Member, pin: str, again: str, field: str, words: str
) -> None:
    answer = signed_in(ada).post("/me/pin/", {"pin": pin, "again": again})

    assert words in text(answer)
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert not proofs.has_pin(ada.pk)
