"""Pages for what went wrong: in both languages, in our own design, without asking the database for what broke."""

from http import HTTPStatus

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from portal.views import errors
from tests import factories
from tests.portal.people import signed_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shop() -> None:
    factories.shop()


def test_an_address_that_does_not_exist(client: Client) -> None:
    response = client.get("/nowhere/")

    assert response.status_code == HTTPStatus.NOT_FOUND
    assert "Nobody lives here" in text(response)
    assert "Gift Club" in text(response)


def test_a_form_without_its_token_says_what_to_do() -> None:
    client = Client(enforce_csrf_checks=True)

    response = client.post("/sign-in/", {"address": "+447700900123"})

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert "This page has grown old." in text(response)


def test_a_door_that_stays_closed() -> None:
    ada = factories.member(birth_month=1, birth_day=1)

    response = signed_in(ada).post("/me/birthday/", {"month": "2", "day": "2"})

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert "This door stays closed" in text(response)


def test_too_many_requests(client: Client) -> None:
    response = errors.too_many_requests(_request())

    assert response.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert "Time for a cup of tea" in text(response)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_our_own_failures_need_nothing_of_the_database(
    language: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with translation.override(language), django_assert_num_queries(0):
        broken = errors.server_error(_request())
        not_understood = errors.bad_request(_request(), SuspiciousOperation())

    assert (broken.status_code, not_understood.status_code) == (500, 400)
    assert f'<html lang="{language}">' in broken.content.decode()


def _request() -> HttpRequest:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    return request
