"""A till's key: shown once, kept as a hash, replaced, revoked."""

import hashlib
import re

import pytest
from django.test import Client

from access.models import AuditEntry
from pos import terminals
from sales.models import Terminal
from tests import factories
from tests.admin.desk import at_desk, text
from tests.factories import Shop

KEY = re.compile(r"ck_[a-z2-9]{8}\.[A-Za-z0-9_-]{43}")


@pytest.fixture
def administrator(shop: Shop) -> Client:
    return at_desk("administrator")


def opens(key: str) -> bool:
    """Whether the till API lets a request with this key in."""
    answer = Client().get("/api/v1/ping", headers={"authorization": f"Bearer {key}"})
    assert answer.status_code in {200, 401}
    return answer.status_code == 200


def test_a_new_till_gets_a_key_that_is_shown_once(shop: Shop, administrator: Client) -> None:
    page = administrator.post("/admin/sales/terminal/add/", {"store": shop.store.pk, "code": "T7", "name": "Door"})

    (key,) = KEY.findall(page.content.decode())
    terminal = Terminal.objects.get(code="T7")
    prefix, secret = key.split(".")
    assert (terminal.key_prefix, terminal.key_hash) == (prefix, hashlib.sha256(secret.encode()).hexdigest())
    assert "no-store" in page["Cache-Control"]
    assert opens(key)
    later = administrator.get(f"/admin/sales/terminal/{terminal.pk}/change/").content.decode()
    assert (prefix in later, secret in later, terminal.key_hash in later) == (True, False, False)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.changes) == (
        "terminal.key_issued",
        {"terminal": "LON-1/T7", "key_prefix": prefix},
    )


def test_a_code_is_given_once_in_a_store(shop: Shop, administrator: Client) -> None:
    page = administrator.post("/admin/sales/terminal/add/", {"store": shop.store.pk, "code": "T1", "name": ""})

    assert "The store has a terminal of this code already." in text(page)
    assert Terminal.objects.count() == 1
    assert AuditEntry.objects.count() == 0


def test_a_new_key_ends_the_old_one(shop: Shop, administrator: Client) -> None:
    terminal, old = terminals.issue_key(shop.store, "T8", actor=None)
    place = f"/admin/sales/terminal/{terminal.pk}/rotate/"

    asked = administrator.get(place)
    assert opens(old)
    page = administrator.post(place)

    (new,) = KEY.findall(page.content.decode())
    assert "The old key stops at once" in text(asked)
    assert (opens(old), opens(new)) == (False, True)
    assert AuditEntry.objects.latest("pk").action == "terminal.key_rotated"


def test_a_revoked_key_opens_nothing(shop: Shop, administrator: Client) -> None:
    terminal, key = terminals.issue_key(shop.store, "T8", actor=None)

    administrator.post(f"/admin/sales/terminal/{terminal.pk}/revoke/", {"reason": "Stolen"})

    assert not opens(key)
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.reason) == ("terminal.revoked", "Stolen")
    assert "revoked" in text(administrator.get("/admin/sales/terminal/"))


def test_revoking_again_changes_nothing(shop: Shop) -> None:
    terminal = factories.terminal(code="T8")
    at = terminal.created_at

    terminals.revoke(terminal, reason="Stolen", at=at, actor=None)
    terminals.revoke(terminal, reason="Again", at=at, actor=None)

    assert [entry.reason for entry in AuditEntry.objects.all()] == ["Stolen"]


def test_a_revoked_till_works_again_with_a_new_key(shop: Shop) -> None:
    terminal, _old = terminals.issue_key(shop.store, "T8", actor=None)
    terminals.revoke(terminal, reason="Stolen", at=terminal.created_at, actor=None)

    assert opens(terminals.rotate(terminal, actor=None))


def test_store_and_code_of_a_till_stay(shop: Shop, administrator: Client) -> None:
    other = factories.store("LON-2", "Soho")

    administrator.post(
        f"/admin/sales/terminal/{shop.terminal.pk}/change/",
        {"store": other.pk, "code": "T99", "name": "Counter", "is_active": "on"},
    )

    terminal = Terminal.objects.get(pk=shop.terminal.pk)
    assert (terminal.store_id, terminal.code, terminal.name) == (shop.store.pk, "T1", "Counter")
    assert AuditEntry.objects.get().changes == {"name": ["", "Counter"]}
