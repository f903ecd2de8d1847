"""Segments at the desk: built, read back, counted and sampled, refreshed, loaded from a file, switched off."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django import DjangoAssertNumQueries

from access.models import AuditEntry
from campaigns.models import Segment
from members.models import Trait
from tests import factories
from tests.admin import desk
from tests.admin.desk import NOON, at_desk, text
from tests.admin.test_browser import sign_in, staff_page
from tests.campaigns.wishes import segment
from tests.factories import Shop
from tests.pos.selling import receipt, sell

__all__ = ["staff_page"]

LIST = "/admin/campaigns/segment/"
ADD, READ = f"{LIST}add/", f"{LIST}read/"
BOUGHT = {"join": "all", "parts": [{"about": "purchases", "how": "at_least", "number": 1}]}
EVERYBODY = {"join": "all", "parts": [{"about": "status", "how": "is", "codes": ["active"]}]}
OF_BUYERS = {"join": "all", "parts": [{"about": "segment", "how": "is", "codes": ["buyers"]}]}


@pytest.fixture
def marketing(shop: Shop) -> Client:
    return at_desk("marketing")


def filled(raw: Any = BOUGHT, **changes: str) -> dict[str, str]:
    return {"name": "Buyers", "code": "buyers", "kind": "conditions", "conditions": json.dumps(raw), **changes}


def page(of: Segment, act: str = "change") -> str:
    return f"{LIST}{of.pk}/{act}/"


def test_a_segment_is_built_and_its_members_are_in_it_at_once(shop: Shop, marketing: Client) -> None:
    ada = factories.member()
    sell(receipt(shop, "R-1", "20.00", member=ada, at=NOON))

    answer = marketing.post(ADD, filled())

    assert answer.status_code == 302, text(answer)
    made = Segment.objects.get()
    assert (made.conditions, made.members) == (BOUGHT, 1)
    assert AuditEntry.objects.get().action == "segment.added"
    said = text(marketing.get(page(made)))
    assert "Members who bought at least 1 time." in said
    assert "Segments Buyers" in text(marketing.get(f"/admin/members/member/{ada.pk}/change/"))
    assert f"Some of them Ada Lovelace {ada.number}" in said
    assert "Members who bought at least 1 time." in text(marketing.get(LIST))


def test_the_builder_is_told_what_it_means_what_is_wrong_and_who_meets_it(shop: Shop, marketing: Client) -> None:
    ada = factories.member(name="Ada <b>")
    told = marketing.post(READ, {"conditions": json.dumps(EVERYBODY), "count": "1"}).json()
    assert told == {
        "sentence": "Members who have the status “active”.",
        "problems": [],
        "members": 1,
        "shown": "1 member at the moment",
        "sample": [{"name": "Ada <b>", "number": ada.number, "url": f"/admin/members/member/{ada.pk}/change/"}],
    }

    assert marketing.post(READ, {"conditions": json.dumps(BOUGHT)}).json()["sentence"] != ""
    wrong = marketing.post(READ, {"conditions": '{"join": "all", "parts": [{}]}', "count": "1"}).json()
    assert wrong == {"sentence": "", "problems": [["1", "This is not a condition that we know."]]}
    assert marketing.post(READ, {"conditions": "{"}).json()["problems"] == [["", "This is not a group of conditions."]]
    marketing.cookies["django_language"] = "zh-hans"
    assert marketing.post(READ, {"conditions": json.dumps(EVERYBODY)}).json()["sentence"] == "状态为“有效”的会员。"


def test_only_who_may_write_segments_asks_for_names(shop: Shop) -> None:
    asked = {"conditions": json.dumps(EVERYBODY), "count": "1"}

    assert [at_desk(role).post(READ, asked).status_code for role in ("support", "finance", "cashier")] == [403] * 3
    assert at_desk("administrator").get(READ).status_code == 405
    assert Client().post(READ, asked).status_code == 302


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"conditions": "{"}, "These conditions can't be used. This is not a group of conditions."),
        ({"conditions": '{"join": "all", "parts": []}'}, "There is no condition in it: add one."),
        (
            {"conditions": '{"join": "all", "parts": [{"about": "points", "how": "at_least", "number": -1}]}'},
            "1: A whole number from 0 to 1,000,000,000 is needed.",
        ),
        ({"code": "über"}, "Enter a valid “slug”"),
        ({"name": ""}, "This field is required."),
    ],
)
def test_what_can_not_be_asked_is_not_saved(shop: Shop, marketing: Client, changes: dict[str, str], said: str) -> None:
    answer = marketing.post(ADD, filled(**changes))

    assert (answer.status_code, said in text(answer)) == (200, True)
    assert Segment.objects.count() == 0


def test_what_another_one_asks_about_stays_and_none_asks_about_itself(shop: Shop, marketing: Client) -> None:
    buyers = segment(BOUGHT, "buyers", at=NOON)
    others = segment(OF_BUYERS, "others", at=NOON)

    assert "It is in use and stays: “others”." in text(marketing.post(page(buyers, "switch-off"), {"seen": ""}))
    circle = filled({"join": "all", "parts": [{"about": "segment", "how": "is", "codes": ["others"]}]})
    assert "“others” asks about this segment itself" in text(marketing.post(page(buyers), circle))
    assert "Used by others" in text(marketing.get(page(buyers)))

    assert marketing.post(page(others, "switch-off"), {"seen": ""}).status_code == 302
    assert marketing.post(page(buyers, "switch-off"), {"seen": ""}).status_code == 302
    assert set(Segment.objects.values_list("is_active", flat=True)) == {False}
    assert marketing.post(page(buyers, "switch-on"), {"seen": ""}).status_code == 302
    assert list(AuditEntry.objects.order_by("id").values_list("action", flat=True)) == [
        "segment.switched_off",
        "segment.switched_off",
        "segment.switched_on",
    ]


def test_a_refresh_says_who_entered_and_who_left(shop: Shop, marketing: Client) -> None:
    made = segment(EVERYBODY, "everybody", at=NOON)
    factories.member()

    answer = marketing.post(page(made, "refresh"), {"seen": ""}, follow=True)

    assert "1 are in it now: 1 entered, 0 left." in text(answer)


def test_a_list_is_loaded_from_a_file_and_bad_lines_are_told(shop: Shop, marketing: Client) -> None:
    ada = factories.member(email="ada@example.com")
    assert marketing.post(ADD, filled(kind="list", conditions="")).status_code == 302
    made = Segment.objects.get()
    assert made.conditions is None

    def load(data: str) -> str:
        file = SimpleUploadedFile("list.csv", data.encode(), "text/csv")
        return text(marketing.post(page(made, "load"), {"file": file, "how": "add", "seen": ""}, follow=True))

    said = load("email\nada@example.com\nwho@example.com\nnobody\n")
    assert "Nothing was taken from this file. Line 3: We know nobody with “who@example.com”. Line 4: This is" in said
    assert Trait.objects.count() == 0
    assert "1 are in it now: 1 entered, 0 left." in load("email\nada@example.com\n")
    assert f"Some of them Ada Lovelace {ada.number}" in text(marketing.get(page(made)))


def test_the_list_takes_few_queries_at_any_size(
    shop: Shop, marketing: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        segment(EVERYBODY, f"s{number}", at=NOON)

    with django_assert_max_num_queries(15):
        assert text(marketing.get(LIST)).count("Members who have the status “active”.") == 12


def test_a_segment_is_built_by_keyboard_in_a_browser(staff_page: Page) -> None:
    told = desk.story(factories.shop())
    desk.colleague("marketing")
    page = staff_page
    sign_in(page, "marketing")
    page.goto(ADD)
    page.locator("[name=name]").fill("Regulars")
    page.locator("[name=code]").fill("regulars")

    test = page.get_by_role("group", name="Condition 1", exact=True)
    test.get_by_label("What", exact=True).focus()
    page.keyboard.type("Usable")  # a select of the browser's own: typing chooses
    page.keyboard.press("Tab")
    expect(page.locator(".conditions-sentence")).to_have_text("Members who have at least 1 point.")
    test.get_by_label("Number", exact=True).fill("70")
    expect(page.locator(".conditions-count")).to_have_text("1 member at the moment")
    expect(page.locator(".conditions-sample")).to_contain_text(told.member.number)

    page.locator("#conditions-all-group").press("Enter")
    expect(page.locator("#conditions-2-join")).to_be_focused()
    group = page.get_by_role("group", name="Condition 2.1", exact=True)
    group.get_by_label("What", exact=True).select_option("tier")
    expect(group.get_by_role("alert")).to_have_text("Choose one at least.")
    group.get_by_label("Gold").press("Space")
    group.get_by_label("Does it hold?").select_option("does not hold")
    expect(page.locator(".conditions-sentence")).to_have_text(
        "Members who have at least 70 points, and do not match “hold the tier Gold”."
    )
    page.get_by_role("button", name="Save and continue editing").click()

    expect(page.locator(".staff-lead")).to_have_text(
        "Members who have at least 70 points, and do not match “hold the tier Gold”."
    )
    assert Segment.objects.get().members == 1
