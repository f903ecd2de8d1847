"""Staff sign in twice over: by password, and by something they carry."""

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.conf import LazySettings
from django.test import Client

from access import factors
from core import clock as clocks
from messaging import fanout
from messaging.models import Message
from tests import factories
from tests.admin.desk import PASSWORD, SECRET, Page, colleague, signed_in, text
from tests.factories import Shop
from tests.messaging.test_fanout import wait_for_others

LOGIN = "/admin/login/"
SHOW = "/staff/second-factor/show/"


def give_password(client: Client, username: str, password: str = PASSWORD, where: str = LOGIN) -> Page:
    response: Page = client.post(where, {"username": username, "password": password})
    return response


def give_code(client: Client, code: str) -> Page:
    response: Page = client.post(SHOW, {"code": code})
    return response


@pytest.mark.parametrize("name", ["support", "support@example.com", "SUPPORT@example.com"])
def test_password_and_code_lead_in(shop: Shop, name: str) -> None:
    colleague("support")
    client = Client()

    first = give_password(client, name)
    second = give_code(client, factors.code(SECRET, at=clocks.now()))

    assert (first.status_code, first["Location"]) == (302, SHOW)
    assert (second.status_code, second["Location"]) == (302, "/admin/")
    assert client.get("/admin/").status_code == 200


def test_the_page_that_was_wanted_comes_after_signing_in(shop: Shop) -> None:
    colleague("support")
    client = Client()

    sent = client.get("/admin/members/member/")
    give_password(client, "support", where=sent["Location"])
    second = give_code(client, factors.code(SECRET, at=clocks.now()))

    assert sent["Location"] == "/admin/login/?next=/admin/members/member/"
    assert second["Location"] == "/admin/members/member/"


def test_nobody_is_sent_to_another_site(shop: Shop) -> None:
    colleague("support")
    client = Client()

    give_password(client, "support", where="/admin/login/?next=https://evil.example/")

    assert give_code(client, factors.code(SECRET, at=clocks.now()))["Location"] == "/admin/"


def test_a_password_alone_lets_nobody_in(shop: Shop) -> None:
    colleague("support")
    client = Client()

    give_password(client, "support")
    page = client.get("/admin/")

    assert (page.status_code, page["Location"]) == (302, "/admin/login/?next=/admin/")


def test_a_wrong_code_lets_nobody_in(shop: Shop) -> None:
    colleague("support")
    client = Client()

    give_password(client, "support")
    refused = give_code(client, "000000")

    assert refused.status_code == 200
    assert "Incorrect code." in text(refused)
    assert client.get("/admin/").status_code == 302


def test_a_code_works_once(shop: Shop) -> None:
    colleague("support")
    code = factors.code(SECRET, at=clocks.now())
    first, second = Client(), Client()
    give_password(first, "support")
    give_password(second, "support")

    assert give_code(first, code).status_code == 302
    assert give_code(second, code).status_code == 200


def test_a_recovery_code_lets_in_once(shop: Shop) -> None:
    user = colleague("support")
    codes = RecoveryCodes.activate(user).get_unused_codes()
    first, second = Client(), Client()
    give_password(first, "support")
    give_password(second, "support")

    assert give_code(first, codes[0])["Location"] == "/admin/"
    assert give_code(second, codes[0]).status_code == 200


@pytest.mark.parametrize(
    ("username", "password"),
    [("support", "wrong"), ("nobody", PASSWORD), ("ada", PASSWORD), ("ada@example.com", PASSWORD), ("gone", PASSWORD)],
)
def test_every_refusal_sounds_the_same(shop: Shop, username: str, password: str) -> None:
    colleague("support")
    ada = factories.staff("ada")
    ada.is_staff = False
    ada.save()
    gone = factories.staff("gone")
    gone.is_active = False
    gone.save()
    client = Client()

    refused = give_password(client, username, password)

    assert refused.status_code == 200
    assert "User name or password is wrong." in text(refused)
    assert client.get("/admin/").status_code == 302


def test_after_five_wrong_passwords_the_right_one_is_refused_for_five_minutes(
    shop: Shop, clock: time_machine.Traveller
) -> None:
    colleague("support")
    for attempt in range(5):
        give_password(Client(REMOTE_ADDR=f"192.0.2.{attempt}"), "support", "wrong")

    locked = give_password(Client(), "support")
    clock.shift(301)
    later = give_password(Client(), "support")

    assert "Too many failed login attempts. Try again later." in text(locked)
    assert later["Location"] == SHOW


def test_after_five_wrong_codes_the_right_one_is_refused(shop: Shop) -> None:
    colleague("support")
    client = Client()
    give_password(client, "support")
    for attempt in range(5):
        give_code(client, f"00000{attempt}")

    locked = give_code(client, factors.code(SECRET, at=clocks.now()))

    assert locked.status_code == 200
    assert "Too many failed login attempts. Try again later." in text(locked)


def test_an_address_that_tries_many_names_is_stopped(shop: Shop) -> None:
    client = Client()

    answers = [give_password(client, f"nobody{attempt}", "wrong") for attempt in range(11)]

    assert "Too many failed login attempts. Try again later." not in text(answers[9])
    assert "Too many failed login attempts. Try again later." in text(answers[10])


def test_staff_without_second_factor_get_no_further_than_setting_one_up(shop: Shop) -> None:
    factories.staff("sam", is_superuser=True)
    client = Client()

    first = give_password(client, "sam")
    pages = [client.get(page) for page in ("/admin/", "/admin/members/member/", "/admin/password_change/")]

    assert first["Location"] == "/admin/"
    assert [(page.status_code, page["Location"]) for page in pages] == [(302, "/staff/second-factor/")] * 3
    assert "Set up one of these two, then you can go on." in text(client.get("/staff/second-factor/"))


def test_setting_up_an_app_leads_in(shop: Shop) -> None:
    user = factories.staff("sam")
    client = Client()
    give_password(client, "sam")

    page = client.get("/staff/second-factor/app/")
    secret = client.session["mfa.totp.secret"]
    done = client.post("/staff/second-factor/app/", {"code": factors.code(secret, at=clocks.now())})
    codes = client.get("/staff/second-factor/codes/")

    assert secret in text(page)
    assert done["Location"] == "/staff/second-factor/codes/"
    assert len(RecoveryCodes(Authenticator.objects.get(user=user, type="recovery_codes")).get_unused_codes()) == 10
    assert "Each of these codes lets you in once" in text(codes)
    assert client.get("/admin/").status_code == 200


def test_a_session_from_before_the_factor_must_show_it(shop: Shop) -> None:
    user = factories.staff("sam")
    client = Client()
    client.force_login(user)
    factors.enrol(user, SECRET)

    sent = client.get("/admin/")
    client.post(sent["Location"], {"code": factors.code(SECRET, at=clocks.now())})

    assert sent["Location"] == "/staff/second-factor/again/?next=%2Fadmin%2F"
    assert client.get("/admin/").status_code == 200


def test_a_factor_shown_by_another_user_in_this_browser_does_not_count(shop: Shop) -> None:
    client = signed_in(colleague("support"))
    client.force_login(colleague("finance"))

    assert client.get("/admin/").status_code == 302


def test_staff_can_always_sign_out(shop: Shop) -> None:
    factories.staff("sam")
    client = Client()
    give_password(client, "sam")

    client.post("/admin/logout/")

    assert client.get("/staff/second-factor/").status_code == 302


def test_a_session_of_staff_ends_after_ten_hours(
    shop: Shop, clock: time_machine.Traveller, settings: LazySettings
) -> None:
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.db"  # the cache forgets by the real clock
    colleague("support")
    client = Client()
    give_password(client, "support")
    give_code(client, factors.code(SECRET, at=clocks.now()))

    clock.shift(10 * 3600 - 1)
    assert client.get("/admin/").status_code == 200
    session = client.session
    session["changed"] = True
    session.save()
    clock.shift(2)
    assert client.get("/admin/").status_code == 302


def test_members_have_no_business_here(shop: Shop) -> None:
    ada = factories.staff("ada")
    ada.is_staff = False
    ada.save()
    client = Client()
    client.force_login(ada)

    assert client.get("/admin/login/").status_code == 403
    assert client.get("/admin/").status_code == 302


def test_a_development_site_may_do_without(shop: Shop, settings: LazySettings) -> None:
    settings.STAFF_MFA_REQUIRED = False
    client = Client()
    client.force_login(factories.staff("sam"))

    assert client.get("/admin/").status_code == 200


def test_who_sets_up_or_removes_a_factor_is_written_to(committed_db: None) -> None:
    factories.shop()
    factories.staff("sam")
    client = Client()
    give_password(client, "sam")
    client.get("/staff/second-factor/app/")
    secret = client.session["mfa.totp.secret"]

    client.post("/staff/second-factor/app/", {"code": factors.code(secret, at=clocks.now())})
    client.post("/staff/second-factor/app/remove/")
    wait_for_others()
    fanout.read(at=clocks.now())
    fanout.read(at=clocks.now())

    letters = Message.objects.filter(kind="factor_changed").order_by("id")
    assert {letter.address for letter in letters} == {"sam@example.com"}
    assert [letter.body.split("\n\n")[1] for letter in letters] == [
        "An authenticator app was set up for the staff user sam.",
        "The authenticator app of the staff user sam was removed.",
    ]
