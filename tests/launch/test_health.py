"""What load balancers and containers ask."""

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from loyalty_site import health

BY_ADDRESS = {"Host": "10.1.2.3:8000"}


@pytest.fixture
def as_in_production(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["loyalty.example.com"]
    settings.SECURE_SSL_REDIRECT = True


@pytest.mark.usefixtures("as_in_production")
def test_the_process_lives_whatever_host_and_scheme_is_asked(client: Client) -> None:
    answer = client.get("/healthz", headers=BY_ADDRESS)

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.usefixtures("as_in_production", "db")
def test_the_site_is_ready_when_database_and_broker_answer(client: Client) -> None:
    answer = client.get("/readyz", headers=BY_ADDRESS)

    assert (answer.status_code, answer.json()) == (200, {"database": "ok", "broker": "ok"})


@pytest.mark.usefixtures("db")
def test_without_broker_the_site_is_not_ready(client: Client, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (503, {"database": "ok", "broker": "unreachable"})


@pytest.mark.usefixtures("db")
def test_a_database_that_lacks_a_migration_is_not_ready(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("delete from django_migrations where app = 'core'")

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["database"]) == (503, "migrations pending")


@pytest.mark.usefixtures("db")
def test_a_database_that_is_gone_is_told_without_its_address(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> int:
        raise DatabaseError("connection to server at db.internal failed")

    monkeypatch.setattr(health, "pending_migrations", refuse)
    monkeypatch.setattr(connection, "close", lambda: None)

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (503, {"database": "unreachable", "broker": "ok"})


@pytest.mark.usefixtures("db")
def test_asking_costs_the_database_little(client: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        client.get("/readyz")

    assert len(queries) <= 2
