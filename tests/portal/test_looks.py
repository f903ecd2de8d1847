"""Light, dark, or as the device has it: chosen by a form, kept on the device, without a script."""

from http import HTTPStatus

import pytest
from django.test import Client

from tests import factories
from tests.portal.people import signed_in

pytestmark = pytest.mark.django_db

ALWAYS = '<link rel="stylesheet" href="/static/portal/night.css">'
AS_THE_DEVICE = '<link rel="stylesheet" href="/static/portal/night.css" media="(prefers-color-scheme: dark)">'


@pytest.fixture(autouse=True)
def shop() -> None:
    factories.shop()


def head(client: Client, address: str = "/") -> str:
    return client.get(address).content.decode().split("</head>")[0]


def test_pages_look_as_the_device_has_it_until_somebody_chooses(client: Client) -> None:
    assert AS_THE_DEVICE in head(client)
    assert '<html lang="en">' in head(client)


@pytest.mark.parametrize(("look", "is_named"), [("dark", True), ("light", False)])
def test_a_chosen_look_is_there_with_the_next_page(client: Client, look: str, is_named: bool) -> None:
    answer = client.post("/look/", {"look": look, "next": "/rewards/"})

    assert (answer.status_code, answer["Location"]) == (HTTPStatus.FOUND, "/rewards/")
    assert (answer.cookies["look"]["samesite"], answer.cookies["look"]["httponly"]) == ("Lax", True)
    for address in ("/rewards/", "/nowhere/"):
        assert f'data-look="{look}"' in head(client, address)
        assert (ALWAYS in head(client, address)) is is_named
        assert AS_THE_DEVICE not in head(client, address)


def test_auto_takes_the_choice_back(client: Client) -> None:
    client.post("/look/", {"look": "dark"})
    client.post("/look/", {"look": "auto"})

    assert AS_THE_DEVICE in head(client)


def test_a_member_finds_the_switch_and_it_outlives_the_session() -> None:
    client = signed_in(factories.member())
    client.post("/look/", {"look": "dark"})
    client.post("/sign-out/")

    assert ALWAYS in head(client, "/sign-in/")
    assert 'name="look" value="dark" aria-pressed="true"' in client.get("/sign-in/").content.decode()


@pytest.mark.parametrize("data", [{"look": "pink"}, {}, {"look": "dark\x00"}])
def test_no_other_look_is_kept(client: Client, data: dict[str, str]) -> None:
    answer = client.post("/look/", data)

    assert (answer.status_code, answer["Location"]) == (HTTPStatus.FOUND, "/")
    assert "look" not in answer.cookies


def test_nobody_is_led_away_by_it(client: Client) -> None:
    assert client.post("/look/", {"look": "dark", "next": "https://evil.example/"})["Location"] == "/"


def test_a_cookie_that_somebody_wrote_is_not_shown(client: Client) -> None:
    client.cookies["look"] = '"><script>'

    assert AS_THE_DEVICE in head(client)
    assert "script>" not in head(client).split("<title>")[0]
