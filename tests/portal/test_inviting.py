"""A link in hand, a friend joins; oneself, one's own device and who is a member already are no friends."""

import re
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from campaigns import referrals
from campaigns.models import Referral, ReferralCode
from members.models import Member
from tests import factories
from tests.campaigns import friends
from tests.portal.people import code_sent_to, give_code, sign_in, signed_in, text

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
FORM = {"address": "new@example.com", "name": "Grace Hopper", "language": "en", "accepted": "on"}


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def ada() -> Member:
    factories.shop()
    friends.scheme()
    return factories.member(name="Ada Lovelace", email="ada@example.com")


def link(member: Member) -> str:
    return f"/r/{referrals.code_of(member, at=NOW)}/"


def join(client: Client, **changes: Any) -> Any:
    """Fill in the form as it is shown, and give the code back."""
    shown = client.get("/join/").content.decode()
    prefilled = re.search(r'name="referral" value="([^"]*)"', shown)
    client.post("/join/", {**FORM, "referral": prefilled[1] if prefilled else "", **changes})
    return client.get(give_code(client, code_sent_to(changes.get("address", FORM["address"])))["Location"])


def noted() -> list[tuple[int, str, str]]:
    return list(Referral.objects.values_list("referrer_id", "state", "reason"))


def test_a_friend_follows_the_link_reads_who_invites_and_joins(client: Client, ada: Member) -> None:
    page = text(client.get(link(ada)))

    assert "Ada invites you to Gift Club" in page
    assert "For you 300 points For Ada 500 points" in page
    assert "Lovelace" not in page
    assert "invitation is noted." in text(join(client))
    assert noted() == [(ada.pk, "joined", "")]
    assert client.cookies["invitation"].value == ""


def test_the_link_counts_for_thirty_days_and_not_when_it_was_written_by_hand(client: Client, ada: Member) -> None:
    client.get(link(ada))
    with time_machine.travel("2026-04-10T12:00:00+00:00", tick=False):
        assert 'name="referral" value' not in client.get("/join/").content.decode()
    forged = Client()
    forged.cookies["invitation"] = referrals.code_of(ada, at=NOW)
    assert 'name="referral" value' not in forged.get("/join/").content.decode()


def test_a_code_is_typed_and_a_wrong_one_is_said_beside_its_field(client: Client, ada: Member) -> None:
    code = referrals.code_of(ada, at=NOW)
    answer = client.post("/join/", {**FORM, "referral": code[:-1]})

    assert answer.context["form"].errors == {
        "referral": ["This is not an invitation code. Please check what was typed."]
    }
    join(client, referral=code.lower())
    assert noted() == [(ada.pk, "joined", "")]


def test_wrong_codes_are_counted(client: Client, ada: Member) -> None:
    answers = [client.get("/r/NOTACODE/").status_code for _each in range(61)]

    assert set(answers[:60]) == {HTTPStatus.NOT_FOUND}
    assert answers[60] == HTTPStatus.TOO_MANY_REQUESTS


@pytest.mark.parametrize("tried", ["wrong", "right"])
def test_the_form_does_not_tell_a_right_code_once_too_many_were_tried(client: Client, ada: Member, tried: str) -> None:
    code = referrals.code_of(ada, at=NOW)
    form = {**FORM, "accepted": "", "referral": code if tried == "right" else "NOTACODE"}
    for _each in range(60):
        client.post("/join/", form)

    answer = client.post("/join/", {**FORM, "referral": code})

    assert answer.context["form"].errors == {"referral": ["Be patient, you are sending too many requests."]}


def test_who_was_signed_in_in_this_browser_does_not_invite_themselves(ada: Member) -> None:
    browser = Client()
    sign_in(browser, "ada@example.com")
    browser.post("/sign-out/")
    browser.get(link(ada))

    answer = join(browser)

    assert noted() == [(ada.pk, "refused", "same_device")]
    assert "Good to see you, Grace Hopper" in text(answer)
    assert "invitation is noted" not in text(answer)


def test_who_is_a_member_already_is_told_so(ada: Member) -> None:
    eve, browser = factories.member(email="eve@example.com"), Client()
    browser.get(link(ada))

    assert "You were a member already." in text(join(browser, address="eve@example.com"))
    assert noted() == []
    assert "You are a member already" in text(signed_in(eve).get(link(ada)))


def test_ones_own_link_leads_to_ones_own_page(ada: Member) -> None:
    assert signed_in(ada).get(link(ada))["Location"] == "/refer/"


def test_a_code_that_ended_since_the_form_was_sent_is_no_reason_not_to_join(client: Client, ada: Member) -> None:
    client.get(link(ada))
    client.get("/join/")
    client.post("/join/", {**FORM, "referral": referrals.code_of(ada, at=NOW)})
    friends.scheme(is_active=False)

    give_code(client, code_sent_to("new@example.com"))

    assert Member.objects.filter(email="new@example.com").exists()
    assert noted() == []


def test_while_it_is_off_nobody_is_asked_for_a_code(client: Client, ada: Member) -> None:
    where = link(ada)
    friends.scheme(is_active=False)

    assert client.get(where).status_code == HTTPStatus.NOT_FOUND
    assert 'name="referral"' not in client.get("/join/").content.decode()
    assert "Invitations rest at the moment" in text(signed_in(ada).get("/refer/"))


def test_a_member_finds_code_link_and_friends(ada: Member, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    client = signed_in(ada)
    first = client.get("/refer/")
    code = ReferralCode.objects.get(member=ada).code
    for name in ("Grace Hopper", "", "王小明"):
        friends.joins(ada, at=NOW, name=name)

    with django_assert_num_queries(7):
        page = text(client.get("/refer/"))

    assert f"http://testserver/r/{code}/" in text(first)
    assert "Nobody has joined by your invitation yet." in text(first)
    assert f"{code[:4]}-{code[4:]}" in page
    assert "小明 Joined on 10 Mar 2026, bought nothing yet" in page
    assert "A friend Joined on" in page
    assert "Hopper" not in page
    assert 'href="mailto:?subject=Gift%20Club&amp;body=' in first.content.decode()
    assert "/refer/" in client.get("/me/").content.decode()


def test_a_friend_reads_what_is_still_to_do(ada: Member) -> None:
    referral = friends.joins(ada, at=NOW)

    assert "300 points come after your first purchase of at least £20.00, until 8 Jun 2026." in text(
        signed_in(referral.friend).get("/refer/")
    )


def test_a_friend_who_gets_nothing_is_promised_nothing(ada: Member) -> None:
    friends.scheme(friend_points=0)
    referral = friends.joins(ada, at=NOW)

    assert "You came by an invitation" not in text(signed_in(referral.friend).get("/refer/"))
