"""Every address of the portal, tried by those who should not: guests, and members with somebody else's ids."""

import uuid
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import URLPattern, reverse

from members.models import Member
from messaging.models import Message
from portal import claiming
from portal.urls import urlpatterns
from rewards.models import Voucher
from tests import factories
from tests.campaigns import friends
from tests.factories import Shop
from tests.portal.people import signed_in
from tests.pos.selling import receipt, sell
from tests.rewards.claims import redeem, rich

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
# What everybody may see: nothing of it is anybody's.
OPEN = {
    "home", "shelf", "reward", "set_language", "set_look", "join", "account_login",
    "account_request_login_code", "account_confirm_login_code", "another_code", "passkey_sign_in", "account_inactive",
    "account_logout", "invitation", "text", "unsubscribe", "theme", "manifest", "logo", "icon", "worker", "offline",
    "demo_progress",
}  # fmt: skip
NAMES = sorted({str(pattern.name) for pattern in urlpatterns if isinstance(pattern, URLPattern)})


@pytest.fixture
def shop() -> Shop:
    found = factories.shop()
    factories.reward("mug", price=100, name_en="Mug for Ada")
    return found


@pytest.fixture
def ada(shop: Shop) -> Member:
    ada = rich(500, name="Ada Lovelace", phone="+447700900123", email="ada@example.com", at=NOW)
    sell(receipt(shop, "ADAS-RECEIPT", "25.40", member=ada, at=NOW))
    redeem(ada, "mug", at=NOW)
    friends.scheme()
    friends.joins(ada, at=NOW, name="Friend-of-Ada Byron")
    user = claiming.user_of(ada)
    assert user is not None
    claiming.claim(user)
    UserSession.objects.create(
        user=user, ip="127.0.0.1", session_key="adas-session", user_agent="Adas/1 Chrome Windows"
    )
    Authenticator.objects.create(user=user, type="webauthn", data={"name": "Adas key", "credential": {}})
    Message.objects.create(
        reference="adas", member=ada, kind="welcome", channel="email", address="ada@example.com", language="en",
        subject="To Ada", body="Dear Ada", state="sent", sent_at=NOW,
    )  # fmt: skip
    return ada


def address(name: str) -> str:
    """The address of that NAME, with Ada's ids where it takes some."""
    ids: dict[str, Any] = {
        "letter": {"message_id": Message.objects.get().pk},
        "end_session": {"session_id": UserSession.objects.get(session_key="adas-session").pk},
        "remove_passkey": {"passkey_id": Authenticator.objects.get().pk},
        "reward": {"code": "mug"},
        "confirm": {"code": "mug"},
        "redeem": {"code": "mug"},
        "voucher": {"voucher_id": Voucher.objects.get().uuid},
        "cancel_voucher": {"voucher_id": Voucher.objects.get().uuid},
        "text": {"name": "terms"},
        "unsubscribe": {"token": "made-up"},
        "invitation": {"code": "MADE-UP"},
        "icon": {"size": 192, "purpose": "any"},
    }
    return reverse(name, kwargs=ids.get(name, {}))


def state_of_ada() -> list[Any]:
    """All of Ada's that a page could change."""
    return [
        Member.objects.filter(name="Ada Lovelace").values().get(),
        list(Voucher.objects.values("state", "member_id")),
        Message.objects.get().read_at,
        UserSession.objects.filter(session_key="adas-session").count(),
        list(Authenticator.objects.values("id", "data")),
    ]


@pytest.mark.parametrize("name", [name for name in NAMES if name not in OPEN])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_guest_is_led_to_the_sign_in_and_changes_nothing(ada: Member, name: str, method: str) -> None:
    before = state_of_ada()

    answer = getattr(Client(), method)(address(name))

    assert answer.status_code in (HTTPStatus.FOUND, HTTPStatus.METHOD_NOT_ALLOWED)
    assert answer.get("Location", "/sign-in/").startswith("/sign-in/")
    assert state_of_ada() == before


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_member_meets_nothing_of_somebody_else_whatever_ids_they_try(ada: Member, name: str, method: str) -> None:
    eve = factories.member(name="Eve", phone="+447700900666", email="eve@example.com")
    client = signed_in(eve)
    voucher = Voucher.objects.get()
    before = state_of_ada()
    told = {
        "member": ada.pk, "id": ada.pk, "token": str(uuid.uuid4()), "word": "no", "before": 10**6,
    }  # fmt: skip

    answer = getattr(client, method)(address(name), told)

    theirs = ["Ada Lovelace", ada.number, str(ada.phone), "ada@example.com", "ADAS-RECEIPT", "Dear Ada", "Adas key",
              "Friend-of-Ada", voucher.code]  # fmt: skip
    if name not in ("voucher", "cancel_voucher"):  # there it is only what was typed
        theirs.append(str(voucher.uuid))
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert [said for said in theirs if said in body.decode(errors="replace")] == []
    assert state_of_ada() == before
    if name in ("letter", "end_session", "remove_passkey", "voucher", "cancel_voucher"):
        assert answer.status_code in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in OPEN])
def test_what_is_somebodys_own_is_kept_nowhere_on_the_way(ada: Member, name: str) -> None:
    where, client = address(name), signed_in(ada)
    if name == "add_passkey":  # this fixture's key was made by no device
        Authenticator.objects.all().delete()

    answer = client.get(where)

    if answer.status_code == HTTPStatus.OK:
        assert "no-store" in answer["Cache-Control"]
        assert "private" in answer["Cache-Control"]
