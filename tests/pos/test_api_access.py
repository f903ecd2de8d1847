"""Who may ask, how often, and what is told to those who may not."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from core.models import Programme
from members import enrolment
from pos.api import rates
from tests import factories
from tests.factories import Shop
from tests.pos.till import Till, sale

NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture(autouse=True)
def counters() -> None:
    """No test waits for a Redis that another one took away."""
    rates.counter.cache_clear()


def test_a_key_that_works_is_told_where_it_stands(till: Till) -> None:
    told = till.get("ping")

    assert told.status == 200
    assert told.body == {
        "store": "LON-1",
        "terminal": "T1",
        "currency": "GBP",
        "time_zone": "Europe/London",
        "day_ends_at": 0,
        "business_on": "2026-06-01",
        "oldest_receipt_days": 90,
        "now": "2026-06-01T12:01:00+00:00",
    }


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer nodot",
        "Bearer .secret",
        "Bearer {prefix}.",
        "Bearer {prefix}.wrong",
        "Bearer {prefix}.SECRET",
        "Bearer unknown00000.secret",
        "Basic {prefix}.secret",
        "{prefix}.secret",
        "Bearer {prefix}.secrét",
        "Bearer {prefix}." + "s" * 300,
        "Bearer a\0b.secret",
    ],
)
def test_without_a_valid_key_nothing_is_told(shop: Shop, header: str | None) -> None:
    given = {} if header is None else {"Authorization": header.format(prefix=shop.terminal.key_prefix)}

    response = Client().get("/api/v1/ping", headers=given)

    assert response.status_code == 401
    assert response.json()["code"] == "unauthenticated"
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="till"'
    assert "RateLimit" not in response.headers


def test_the_scheme_is_read_in_any_case(shop: Shop) -> None:
    response = Client().get("/api/v1/ping", headers={"Authorization": f"bearer {shop.terminal.key_prefix}.secret"})

    assert response.status_code == 200


@pytest.mark.parametrize("changes", [{"is_active": False}, {"revoked_at": "now"}])
def test_a_revoked_terminal_is_refused_at_once(shop: Shop, till: Till, changes: dict[str, Any]) -> None:
    assert till.get("ping").status == 200
    for name, value in changes.items():
        setattr(shop.terminal, name, timezone.now() if value == "now" else value)
    shop.terminal.save()

    told = till.post("purchases", sale())

    assert (told.status, told.code) == (401, "terminal_revoked")


def test_only_who_knows_the_secret_learns_that_a_terminal_was_revoked(shop: Shop) -> None:
    shop.terminal.is_active = False
    shop.terminal.save()

    assert Till(shop.terminal, secret="wrong").get("ping").code == "unauthenticated"


def test_a_store_that_takes_no_part_is_refused(shop: Shop, till: Till) -> None:
    shop.store.is_active = False
    shop.store.save()

    told = till.get("ping")

    assert (told.status, told.code) == (403, "store_inactive")


def test_before_the_programme_is_set_up_tills_are_told_to_wait(shop: Shop, till: Till) -> None:
    Programme.objects.all().delete()

    told = till.get("ping")

    assert (told.status, told.code, told.headers["Retry-After"]) == (503, "not_set_up", "60")


def test_each_answer_tells_what_is_left_of_the_quota(till: Till) -> None:
    first, second = till.get("ping"), till.post("purchases", sale(total="1"))

    assert first.headers["RateLimit-Policy"] == '"terminal";q=600;w=60'
    assert first.headers["RateLimit"] == '"terminal";r=599;t=60'
    assert second.status == 400
    assert second.headers["RateLimit"].startswith('"terminal";r=598;t=')


@override_settings(API_RATE_LIMIT=2)
def test_who_asks_too_often_is_told_when_to_ask_again(
    shop: Shop, till: Till, rows: Callable[[], dict[str, int]]
) -> None:
    till.get("ping")
    till.get("ping")
    before = rows()

    told = till.post("purchases", sale(), key="k")

    assert (told.status, told.code) == (429, "too_many_requests")
    assert 1 <= int(told.headers["Retry-After"]) <= 60
    assert told.headers["RateLimit"] == f'"terminal";r=0;t={told.headers["Retry-After"]}'
    assert told.headers["RateLimit-Policy"] == '"terminal";q=2;w=60'
    assert told.body["detail"] == f"Too many requests. Try again in {told.headers['Retry-After']} seconds."
    assert rows() == before
    assert Till(factories.terminal(shop.store, "T2")).get("ping").status == 200  # others may
    with override_settings(API_RATE_LIMIT=600):
        assert till.post("purchases", sale(), key="k").status == 201  # the 429 was not kept


@override_settings(REDIS_URL=NOWHERE)
def test_without_redis_tills_go_on_selling(till: Till, caplog: pytest.LogCaptureFixture) -> None:
    first, second = till.post("purchases", sale()), till.get("ping")

    assert (first.status, second.status) == (201, 200)
    assert "RateLimit" not in first.headers
    said = [record.msg["event"] for record in caplog.records if record.name == "pos.api.rates"]  # type: ignore[index]
    assert said == ["rate_limit_not_counted"]  # once: for some seconds nobody asks it again


def test_wrong_keys_are_counted_by_address(shop: Shop, till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "WRONG_KEYS_LIMIT", 2)
    thief = Till(shop.terminal, secret="guess")

    told = [thief.get("ping") for _ in range(3)]

    assert [t.status for t in told] == [401, 401, 429]
    assert int(told[2].headers["Retry-After"]) >= 1
    assert told[2].headers["RateLimit-Policy"] == '"address";q=2;w=60'
    assert till.get("ping").status == 200  # a right key from the same address is served


@pytest.mark.parametrize(
    ("behind_proxy", "forwarded", "address"),
    [(None, "1.1.1.1", "127.0.0.1"), (("X", "y"), "1.1.1.1, 2.2.2.2", "2.2.2.2"), (("X", "y"), "", "127.0.0.1")],
)
def test_the_address_is_the_one_that_our_proxy_saw(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, behind_proxy: Any, forwarded: str, address: str
) -> None:
    counted: list[str] = []
    monkeypatch.setattr(rates, "take_wrong_key", counted.append)

    with override_settings(SECURE_PROXY_SSL_HEADER=behind_proxy):
        Client().get("/api/v1/ping", headers={"X-Forwarded-For": forwarded})

    assert counted == [address]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("get", "nothing", 404, "not_found"),
        ("post", "nothing", 404, "not_found"),
        ("post", "purchases/", 404, "not_found"),
        ("get", "purchases/536365", 404, "not_found"),
        ("put", "purchases", 405, "method_not_allowed"),
        ("delete", "members", 405, "method_not_allowed"),
        ("patch", "ping", 405, "method_not_allowed"),
        ("options", "ping", 405, "method_not_allowed"),
        ("post", "ping", 405, "method_not_allowed"),
    ],
)
def test_what_is_not_there_is_told_as_a_problem(shop: Shop, method: str, path: str, status: int, code: str) -> None:
    headers = {"Authorization": f"Bearer {shop.terminal.key_prefix}.secret"}
    client = Client(enforce_csrf_checks=True)

    response = getattr(client, method)(f"/api/v1/{path}", headers=headers)

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.headers["Content-Type"] == "application/problem+json"


def test_a_method_that_is_not_allowed_is_named(till: Till, shop: Shop) -> None:
    response = Client().put(
        "/api/v1/purchases", headers={"Authorization": f"Bearer {till.key}", "Accept-Language": "en"}
    )

    assert response.json()["detail"] == "The method PUT is not allowed here."
    assert response.headers["Allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/json", 200),
        ("*/*", 200),
        ("application/*", 200),
        ("application/problem+json", 200),
        ("text/html, application/json;q=0.9", 200),
        ("text/html", 406),
        ("application/xml", 406),
    ],
)
def test_only_json_is_given(till: Till, accept: str, status: int) -> None:
    response = Client().get("/api/v1/ping", headers={"Authorization": f"Bearer {till.key}", "Accept": accept})

    assert response.status_code == status
    assert response.headers["Content-Type"] == ("application/json" if status == 200 else "application/problem+json")


def test_the_cashier_is_told_in_the_language_asked_for(shop: Shop) -> None:
    english = Till(shop.terminal, language="en").post("purchases", sale() | {"member": {"phone": "07700 900123"}})
    chinese = Till(shop.terminal, language="zh").post("purchases", sale() | {"member": {"phone": "07700 900123"}})

    assert english.body["detail"] == "No member is known by this. You can enrol them."
    assert (english.headers["Content-Language"], chinese.headers["Content-Language"]) == ("en", "zh-hans")
    assert english.body["code"] == chinese.body["code"] == "unknown_member"


def test_logs_tell_nothing_about_members(
    shop: Shop, till: Till, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = f"+44{7_700_900_123}"

    def broken(**_profile: Any) -> None:
        factories.member(phone=phone)
        factories.member(phone=phone)

    monkeypatch.setattr(enrolment, "enrol", broken)

    told = till.post("members", {"phone": phone})

    assert (told.status, told.code) == (500, "internal_error")
    written = "\n".join(str(record.msg) for record in caplog.records)
    assert "unexpected_error" in written
    assert "23505" in written
    assert "7700900123" not in written
