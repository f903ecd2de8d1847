"""Pages for what went wrong: in both languages, in our own design, without asking the database for what broke."""

from http import HTTPStatus
from typing import Any

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

POSTED = {
    "/me/name/", "/me/birthday/", "/me/time-zone/", "/me/consents/", "/me/pin/remove/", "/inbox/read/",
    "/rewards/mug/redeem/", "/sign-in/code/again/", "/me/security/sessions/end/",
}  # fmt: skip


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


@pytest.mark.parametrize("address", ["/nowhere/", "/rewards/nothing/", "/till/nowhere/", "/staff/nowhere/"])
def test_an_address_that_does_not_exist_is_ours_while_developing_too(
    client: Client, settings: Any, address: str
) -> None:
    settings.DEBUG = True

    response = client.get(address)

    assert response.status_code == HTTPStatus.NOT_FOUND
    assert "Nobody lives here" in text(response)


@pytest.mark.parametrize(("language", "said"), [("en", "Nothing to read here"), ("zh-hans", "这里没有可看的内容")])
def test_an_address_that_only_takes_forms(client: Client, language: str, said: str) -> None:
    client.cookies["django_language"] = language

    response = client.get("/language/")

    assert (response.status_code, response["Allow"]) == (HTTPStatus.METHOD_NOT_ALLOWED, "POST")
    assert said in text(response)


@pytest.mark.parametrize("address", sorted(POSTED))
def test_no_address_that_only_takes_forms_is_a_blank_page(address: str) -> None:
    response = signed_in(factories.member()).get(address)

    assert response.status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert "Nothing to read here" in text(response)


@pytest.mark.parametrize(
    ("address", "way_on"), [("/nowhere/", "/"), ("/till/nowhere/", "/till/"), ("/staff/nowhere/", "/staff/")]
)
def test_what_went_wrong_leads_back_to_where_its_reader_came_from(client: Client, address: str, way_on: str) -> None:
    assert f'<a class="button" href="{way_on}">' in client.get(address).content.decode()


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
