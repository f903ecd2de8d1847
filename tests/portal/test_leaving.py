"""Members take their data along, and leave."""

import json
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.test import Client

from care import dossier
from core import programme as programmes
from core.models import Event
from members import consent
from members.models import Consent, Member
from messaging.models import Message
from portal import disclosure
from tests import factories
from tests.factories import Shop
from tests.portal.people import ask_for_code, sign_in, signed_in, text
from tests.pos.selling import receipt, sell
from tests.rewards.claims import redeem

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def shop() -> Shop:
    return factories.shop()


@pytest.fixture
def ada(shop: Shop) -> Member:
    return factories.member(name="Ada", email="ada@example.com", phone="+447700900123")


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def test_the_file_holds_what_each_app_knows(shop: Shop, ada: Member) -> None:
    factories.reward("mug", price=20)
    sell(receipt(shop, "R-1", "25.40", member=ada, at=NOW))
    voucher = redeem(ada, "mug", at=NOW).voucher
    consent.give(ada, "sms", "marketing", source="portal", at=NOW)

    answer = signed_in(ada).get("/me/data/file.json")

    assert answer["Content-Disposition"] == f'attachment; filename="member-{ada.number}.json"'
    told = json.loads(answer.content)
    assert list(told) == [
        "format", "programme", "made_at", "member", "cards", "accepted", "consents", "traits", "tier",
        "tier_changes", "balances", "postings", "purchases", "vouchers", "has_pin", "messages", "occasions",
        "awards", "challenges", "invitation", "friends_invited", "invited_by_a_friend",
    ]  # fmt: skip
    assert told["member"]["email"] == "ada@example.com"
    assert told["balances"] == [{"points": "points", "available": 5, "pending": 0, "held": 0, "owed": 0}]
    assert [(posting["kind"], posting["change"]) for posting in told["postings"]] == [("accrue", 25), ("redeem", -20)]
    assert [(one["receipt"], one["amount"], one["currency"]) for one in told["purchases"]] == [("R-1", "25.400", "GBP")]
    assert told["vouchers"][0]["code"] == f"…{voucher.code[-4:]}"
    assert voucher.code not in answer.content.decode()
    assert told["consents"][0] | {"at": "", "version": 0} == {
        "channel": "sms", "purpose": "marketing", "granted": True, "at": "", "where": "portal", "version": 0,
    }  # fmt: skip


def test_the_page_has_a_title_for_each_part_of_the_file(shop: Shop, ada: Member) -> None:
    told = dossier.export(ada, programmes.current(), at=NOW)

    assert set(told) - {"format", "programme", "made_at"} == set(disclosure.TITLES)


def test_the_page_tells_the_same_in_words(shop: Shop, ada: Member) -> None:
    sell(receipt(shop, "R-1", "25.40", member=ada, at=NOW))
    client = signed_in(ada)

    words = text(client.get("/me/data/"))
    assert "Who you are number" in words
    assert "status active" in words
    assert "receipt R-1" in words

    client.cookies["django_language"] = "zh-hans"
    assert "状态 有效" in text(client.get("/me/data/"))


def test_a_file_holds_nothing_of_anybody_else(shop: Shop, ada: Member) -> None:
    sell(receipt(shop, "ADAS-RECEIPT", "25.40", member=ada, at=NOW))
    eve = factories.member(name="Eve")
    client = signed_in(eve)

    for address in (f"/me/data/?member={ada.pk}", f"/me/data/file.json?member={ada.pk}"):
        content = client.get(address).content.decode()
        assert [said for said in ("Ada", "ada@example.com", "ADAS-RECEIPT") if said in content] == []


@pytest.mark.parametrize("word", ["", "no", "good bye", "再见了"])
def test_without_the_word_nobody_leaves(ada: Member, word: str) -> None:
    client = signed_in(ada)

    answer = client.post("/me/close/", {"word": word})

    assert answer.status_code == HTTPStatus.OK
    assert 'id="id_word_error"' in answer.content.decode()
    assert Member.objects.get().status == "active"
    assert client.get("/card/").status_code == HTTPStatus.OK


@pytest.mark.parametrize("word", ["goodbye", " Goodbye ", "再见"])
def test_a_member_who_leaves_is_let_go_by_every_app(shop: Shop, ada: Member, word: str) -> None:
    sell(receipt(shop, "R-1", "25.40", member=ada, at=NOW))
    consent.give(ada, "email", "marketing", source="portal", at=NOW)
    client, elsewhere = Client(), Client()
    sign_in(client, "ada@example.com")
    sign_in(elsewhere, "+447700900123")
    user = Member.objects.get().user
    Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "Phone", "credential": {}})
    waiting = Message.objects.create(
        reference="later", member=ada, kind="welcome", channel="email", address="ada@example.com", language="en",
        subject="Hello", body="Ada",
    )  # fmt: skip
    assert "25 points" in text(client.get("/me/close/"))

    answer = client.post("/me/close/", {"word": word})

    assert (answer["Location"], answer["Clear-Site-Data"]) == ("/", '"storage"')
    assert "Your membership has ended." in text(client.get("/"))
    ada.refresh_from_db()
    assert ada.status == "closed"
    assert {(said.channel, said.purpose, said.granted) for said in consent.current(ada).values()} == {
        (channel, purpose, False) for channel in Consent.Channel.values for purpose in Consent.Purpose.values
    }
    assert UserSession.objects.count() == 0
    assert Authenticator.objects.count() == 0
    waiting.refresh_from_db()
    assert (waiting.state, waiting.subject, waiting.body) == ("suppressed", "", "")
    assert Event.objects.filter(kind="member.closed", member_id=ada.pk).count() == 1
    for browser in (client, elsewhere):
        assert browser.get("/card/")["Location"] == "/sign-in/?next=/card/"

    before = Message.objects.filter(kind="sign_in_code").count()
    ask_for_code(Client(), "ada@example.com")
    assert Message.objects.filter(kind="sign_in_code").count() == before


def test_signing_out_makes_the_browser_forget_the_card(ada: Member) -> None:
    assert signed_in(ada).post("/sign-out/")["Clear-Site-Data"] == '"storage"'
