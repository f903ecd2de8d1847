"""The set-up page: the only page of an empty install, for whoever holds its token, once."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Any

import pytest
import time_machine
from django.test import Client

from access.models import AuditEntry, User
from core.models import Programme
from loyalty_site import founding
from loyalty_site.forms import FoundingForm
from points.models import EarningRuleVersion, PointType
from sales.models import Store, Terminal
from tests.portal.people import text
from tiers.models import Tier

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
TOKEN = "the-token-of-this-install"
FORM = {
    "token": TOKEN,
    "name_en": "Tea Club",
    "name_zh_hans": "茶友会",
    "language": "zh-hans",
    "country": "cn",
    "currency": "cny",
    "time_zone": "Asia/Shanghai",
    "day_ends_at": "4",
    "point_en": "leaf",
    "points_en": "leaves",
    "points_zh_hans": "茶叶",
    "worth": "0.05",
    "rule_points": "2",
    "rule_amount": "10",
    "pending_days": "7",
    "expiry_months": "",
    "second_tier": "500",
    "store_code": "SHA-1",
    "store_name": "外滩店",
    "terminal_code": "T1",
    "email": "boss@example.com",
    "password": "eleven teapots",
}


@pytest.fixture(autouse=True)
def install(settings: Any) -> Iterator[None]:
    settings.SETUP_TOKEN = TOKEN
    with time_machine.travel(NOW, tick=False):
        yield


def set_up(client: Client, **changes: str) -> Any:
    return client.post("/setup/", {**FORM, **changes})


@pytest.mark.parametrize("address", ["/", "/join/", "/sign-in/", "/me/", "/admin/", "/nowhere/"])
def test_every_page_leads_to_the_set_up(client: Client, address: str) -> None:
    assert client.get(address)["Location"] == "/setup/"


def test_tills_are_told_that_there_is_no_programme_yet(client: Client) -> None:
    response = client.get("/api/v1/ping", headers={"Authorization": "Bearer a.b"})

    assert response.status_code != HTTPStatus.FOUND
    assert response["Content-Type"] == "application/problem+json"


def test_without_the_token_there_is_no_form(client: Client, settings: Any) -> None:
    asked = client.get("/setup/")
    wrong = set_up(client, token="another")
    settings.SETUP_TOKEN = ""
    unset = set_up(client, token="")

    for response in (asked, wrong, unset):
        assert response.status_code == HTTPStatus.FORBIDDEN
        assert 'name="currency"' not in response.content.decode()
    assert "This is not the token." in text(wrong)
    assert "Start it with SETUP_TOKEN set" in text(unset)
    assert Programme.objects.count() == 0


def test_the_token_opens_the_form_by_address_or_typed(client: Client) -> None:
    for response in (client.get("/setup/", {"token": TOKEN}), client.post("/setup/", {"token": TOKEN})):
        assert response.status_code == HTTPStatus.OK
        assert 'name="currency"' in response.content.decode()
        assert response.context["form"].errors == {}


def test_one_form_founds_a_programme_that_can_sell(client: Client) -> None:
    response = set_up(client)

    assert response.status_code == HTTPStatus.OK
    programme = Programme.objects.get()
    assert (programme.name_en, programme.name_zh_hans) == ("Tea Club", "茶友会")  # type: ignore[attr-defined]
    assert (programme.currency, programme.country, programme.language) == ("CNY", "CN", "zh-hans")
    assert (programme.time_zone, programme.day_ends_at) == ("Asia/Shanghai", 4)
    points = PointType.objects.get()
    assert (points.name_en, points.name_plural_en, points.name_zh_hans) == ("leaf", "leaves", "茶叶")  # type: ignore[attr-defined]
    assert (points.is_default, points.worth, points.pending_days, points.expiry_months) == (
        True,
        Decimal("0.05"),
        7,
        None,
    )
    rule = EarningRuleVersion.objects.get()
    assert (rule.points, rule.per_amount, rule.begins_at) == (2, Decimal(10), NOW)
    assert rule.name_en == "2 leaves for each ¥10 spent"  # type: ignore[attr-defined]
    assert [int(tier.threshold) for tier in Tier.objects.all()] == [0, 500, 1500, 4000]
    boss = User.objects.get()
    assert (boss.email, boss.is_staff, boss.check_password("eleven teapots")) == ("boss@example.com", True, True)
    assert list(boss.groups.values_list("name", flat=True)) == ["administrator"]
    assert AuditEntry.objects.get(action="programme.found").actor == boss


def test_the_first_tills_key_is_shown_once_and_works(client: Client) -> None:
    body = set_up(client).content.decode()

    (key,) = re.findall(r'id="terminal-key">([^<]+)<', body)
    terminal = Terminal.objects.get(is_page=False)
    assert (terminal.store, terminal.code) == (Store.objects.get(code="SHA-1"), "T1")
    assert key.partition(".")[2] not in terminal.key_hash
    answer = client.get("/api/v1/ping", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == HTTPStatus.OK
    assert client.get("/setup/", {"token": TOKEN}).status_code == HTTPStatus.NOT_FOUND


def test_it_can_be_founded_only_once(client: Client) -> None:
    set_up(client)

    assert set_up(client, name_en="Another").status_code == HTTPStatus.NOT_FOUND
    assert client.get("/").status_code == HTTPStatus.OK
    assert Programme.objects.get().name_en == "Tea Club"  # type: ignore[attr-defined]


def test_a_second_founding_is_refused_and_leaves_nothing_behind(client: Client) -> None:
    form = founding_form()
    founding.found(form, at=NOW)

    with pytest.raises(founding.AlreadyFounded):
        founding.found(form, at=NOW)
    assert (Store.objects.count(), User.objects.count(), PointType.objects.count()) == (1, 1, 1)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name_en", "", "This field is required."),
        ("country", "xx", "There is no country with these letters."),
        ("currency", "yuan", "Ensure this value has at most 3 characters (it has 4)."),
        ("currency", "zzz", "There is no currency with these letters."),
        ("currency", "xau", "There is no currency with these letters."),
        ("currency", "c!y", "Three letters, such as CNY or GBP."),
        ("time_zone", "Asia/Nowhere", "Select a valid choice. Asia/Nowhere is not one of the available choices."),
        ("day_ends_at", "13", "Select a valid choice. 13 is not one of the available choices."),
        ("rule_points", "0", "Ensure this value is greater than or equal to 1."),
        ("rule_amount", "0.001", "The currency has no unit as small as this."),
        ("second_tier", "0", "Ensure this value is greater than or equal to 0.001."),
        ("store_code", "a b", "Enter a valid “slug” consisting of letters, numbers, underscores or hyphens."),
        ("email", "boss", "Enter a valid email address."),
        ("password", "short", "This password is too short. It must contain at least 10 characters."),
        ("password", "boss@example.com", "The password is too similar to the email address."),
    ],
)
def test_what_is_not_right_is_said_beside_its_field(client: Client, field: str, value: str, sentence: str) -> None:
    response = set_up(client, **{field: value})

    assert response.status_code == HTTPStatus.OK
    assert list(response.context["form"].errors) == [field]
    assert sentence in response.context["form"].errors[field]
    assert Programme.objects.count() == 0


def founding_form() -> founding.Charter:
    form = FoundingForm(FORM)
    assert form.is_valid(), form.errors
    return form.charter()
