"""The member desk: finding, enrolling, editing, suspending, replacing cards."""

from typing import Any

import pytest
from django.test import Client

from access.models import AuditEntry
from core import clock as clocks
from members.models import Card, Consent, Member
from tests import factories
from tests.admin.desk import NOON, Story, at_desk, text
from tests.factories import Shop
from tiers import qualification


@pytest.fixture
def support(shop: Shop) -> Client:
    return at_desk("support")


@pytest.fixture
def people(shop: Shop) -> list[Member]:
    """Ada, 王芳 and Grace, found by different things."""
    return [
        factories.member(name="Ada Lovelace", phone="+447700900123", external_id="CRM-7"),
        factories.member(name="王芳", phone=None, email="fang@example.com", language="zh-hans", enrolled_via="portal"),
        factories.member(name="Grace Hopper", phone="+447700900456", status="suspended", enrolled_via="till:LON-1/T1"),
    ]


def listed(client: Client, query: str) -> set[str]:
    """The names on the list of members."""
    page = text(client.get(f"/admin/members/member/{query}"))
    return {name for name in ("Ada Lovelace", "王芳", "Grace Hopper") if name in page}


@pytest.mark.parametrize(
    ("term", "who"),
    [
        ("ada", "Ada Lovelace"),
        ("LOVE", "Ada Lovelace"),
        ("芳", "王芳"),
        ("fang@example.com", "王芳"),
        ("FANG@example.com ", "王芳"),
        ("+447700900123", "Ada Lovelace"),
        ("07700 900123", "Ada Lovelace"),
        ("CRM-7", "Ada Lovelace"),
        ("hop", "Grace Hopper"),
    ],
)
def test_members_are_found_by_what_they_say(people: list[Member], support: Client, term: str, who: str) -> None:
    assert listed(support, f"?q={term.replace('+', '%2B').replace(' ', '%20')}") == {who}


def test_members_are_found_by_every_card_they_had(people: list[Member], support: Client) -> None:
    ada = people[0]
    old = ada.number
    support.post(f"/admin/members/member/{ada.pk}/replace-card/", {"reason": "Lost"})
    new = Member.objects.get(pk=ada.pk).number

    assert listed(support, f"?q={old}") == {"Ada Lovelace"}
    assert listed(support, f"?q={new[:4]} {new[4:8]} {new[8:]}") == {"Ada Lovelace"}
    assert listed(support, "?q=nobody") == set()


@pytest.mark.parametrize(
    ("query", "who"),
    [
        ("", {"Ada Lovelace", "王芳", "Grace Hopper"}),
        ("?status__exact=suspended", {"Grace Hopper"}),
        ("?language=zh-hans", {"王芳"}),
        ("?via=till", {"Grace Hopper"}),
        ("?via=portal", {"王芳"}),
        ("?via=staff&status__exact=active", {"Ada Lovelace"}),
    ],
)
def test_the_list_is_filtered(people: list[Member], support: Client, query: str, who: set[str]) -> None:
    assert listed(support, query) == who


def test_the_list_is_filtered_by_tier(people: list[Member], shop: Shop, support: Client) -> None:
    lowest, silver, gold = shop.tiers
    ada = people[0]
    qualification.grant(ada.pk, silver, on=NOON.date(), cause="staff", reference="test", at=NOON)

    assert listed(support, f"?tier={silver.pk}") == {"Ada Lovelace"}
    assert listed(support, f"?tier={lowest.pk}") == {"王芳", "Grace Hopper"}
    assert listed(support, f"?tier={gold.pk}") == set()


def test_the_list_shows_balance_and_tier(story: Story) -> None:
    page = text(at_desk("support").get("/admin/members/member/"))

    assert f"Ada Lovelace {story.member.number}" in page
    assert "active Member 70 1 Jan 2025" in page


def test_the_page_tells_the_whole_story(story: Story) -> None:
    client = at_desk("administrator")
    client.post(f"/admin/members/member/{story.member.pk}/suspend/", {"reason": "Asked for a pause"})

    page = text(client.get(f"/admin/members/member/{story.member.pk}/change/"))

    assert "Available points 70" in page
    assert "Expire next: 70 on 1 Jul 2027" in page
    assert "+100 1 point per £1 · £100.00" in page
    assert "+10 Goodwill With our regards adjustment 1" in page
    assert "R-1 Covent Garden £100.00 +100" in page
    assert "Counts now £60.00 Missing to Silver £440.00" in page
    assert "member: suspended Asked for a pause" in page


def test_enrolling_gives_a_number(shop: Shop, support: Client) -> None:
    form = {"name": "Mary Seacole", "phone": "07700 900789", "language": "en", "birth_calendar": "solar"}

    done = support.post("/admin/members/member/add/", form)

    member = Member.objects.get(name="Mary Seacole")
    assert done["Location"] == f"/admin/members/member/{member.pk}/change/"
    assert (str(member.phone), member.language, member.status) == ("+447700900789", "en", "active")
    assert member.enrolled_via.startswith("staff:")
    assert Card.objects.get(member=member).number == member.number
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject, entry.changes) == ("member.enrolled", f"member:{member.pk}", {})
    assert f"Welcome! The member number is {member.number}." in text(support.get(done["Location"]))


def test_enrolling_somebody_known_finds_them(people: list[Member], support: Client) -> None:
    form = {"name": "A. Lovelace", "phone": "07700900123", "language": "en", "birth_calendar": "solar"}

    done = support.post("/admin/members/member/add/", form)

    assert Member.objects.count() == 3
    assert done["Location"] == f"/admin/members/member/{people[0].pk}/change/"
    assert f"This member was enrolled before, under number {people[0].number}." in text(support.get(done["Location"]))
    assert AuditEntry.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"phone": ""}, "Give a phone number or an e-mail address."),
        ({"phone": "12"}, "This is not a phone number."),
        ({"email": "nobody"}, "This is not an e-mail address."),
        ({"birth_month": "2"}, "Give month and day, or neither."),
        ({"birth_month": "2", "birth_day": "30"}, "There is no such day in the calendar."),
        ({"language": "xx"}, "Select a valid choice. xx is not one of the available choices."),
    ],
)
def test_who_can_not_be_enrolled(shop: Shop, support: Client, changes: dict[str, str], refusal: str) -> None:
    form = {"name": "Mary", "phone": "07700 900789", "language": "en", "birth_calendar": "solar"}

    page = support.post("/admin/members/member/add/", form | changes)

    assert page.status_code == 200
    assert refusal in text(page)
    assert Member.objects.count() == 0


def test_details_are_edited_and_the_trail_keeps_no_personal_data(people: list[Member], support: Client) -> None:
    ada = people[0]
    form: dict[str, Any] = {
        "name": "Ada King",
        "phone": "+447700900123",
        "email": "ada@example.com",
        "external_id": "CRM-7",
        "language": "zh-hans",
        "time_zone": "Asia/Shanghai",
        "birth_calendar": "lunar",
        "birth_month": "8",
        "birth_day": "15",
    }

    done = support.post(f"/admin/members/member/{ada.pk}/edit/", form)

    assert done.status_code == 302
    ada.refresh_from_db()
    assert (ada.name, ada.email, ada.language, ada.time_zone) == (
        "Ada King",
        "ada@example.com",
        "zh-hans",
        "Asia/Shanghai",
    )
    assert (ada.birth_calendar, ada.birth_month, ada.birth_day, ada.birth_year) == ("lunar", 8, 15, None)
    trail = str(AuditEntry.objects.values_list("action", "subject", "reason", "changes"))
    assert "member.update" in trail
    assert [word for word in ("King", "ada@", "7700900123") if word in trail] == []


def test_a_contact_of_another_member_is_refused(people: list[Member], support: Client) -> None:
    ada = people[0]
    form = {"name": "Ada", "phone": "+447700900456", "language": "en", "birth_calendar": "solar"}

    page = support.post(f"/admin/members/member/{ada.pk}/edit/", form)

    assert "This belongs to another member: the phone number." in text(page)
    assert list(page.context["act"].form.errors) == ["phone"]
    ada.refresh_from_db()
    assert str(ada.phone) == "+447700900123"


def test_suspending_and_reactivating_need_a_reason(people: list[Member], support: Client) -> None:
    ada = people[0]
    place = f"/admin/members/member/{ada.pk}"

    refused = support.post(f"{place}/suspend/", {"reason": " "})
    support.post(f"{place}/suspend/", {"reason": "Points sold on the internet"})
    suspended = Member.objects.get(pk=ada.pk).status
    support.post(f"{place}/reactivate/", {"reason": "It was somebody else"})

    assert "This field is required." in text(refused)
    assert suspended == "suspended"
    assert Member.objects.get(pk=ada.pk).status == "active"
    assert list(AuditEntry.objects.order_by("pk").values_list("action", "reason")) == [
        ("member.suspended", "Points sold on the internet"),
        ("member.reactivated", "It was somebody else"),
    ]


def test_only_buttons_that_do_something_are_shown(people: list[Member], support: Client) -> None:
    ada, _fang, grace = people

    active, suspended = (support.get(f"/admin/members/member/{m.pk}/change/").content.decode() for m in (ada, grace))

    assert ("/suspend/" in active, "/reactivate/" in active) == (True, False)
    assert ("/suspend/" in suspended, "/reactivate/" in suspended) == (False, True)


def test_a_lost_card_is_replaced(people: list[Member], support: Client) -> None:
    ada = people[0]
    old = ada.number

    done = support.post(f"/admin/members/member/{ada.pk}/replace-card/", {"reason": "Lost on the bus"})

    ada.refresh_from_db()
    assert Card.objects.get(number=old).status == "replaced"
    assert Card.objects.get(number=ada.number).status == "active"
    assert f"The new member number is {ada.number}." in text(support.get(done["Location"]))
    assert AuditEntry.objects.get().reason == "Lost on the bus"


def test_what_a_member_says_at_the_desk_is_noted(people: list[Member], support: Client) -> None:
    ada = people[0]
    place = f"/admin/members/member/{ada.pk}/consent/"

    support.post(place, {"channel": "email", "purpose": "marketing", "answer": "yes"})
    support.post(place, {"channel": "email", "purpose": "marketing", "answer": "no"})

    said = Consent.objects.filter(member=ada).order_by("id")
    assert [(c.granted, c.wording.version if c.wording else None) for c in said] == [(True, 1), (False, 1)]
    assert {c.source.split(":")[0] for c in said} == {"staff"}
    assert [e.changes["answer"] for e in AuditEntry.objects.order_by("pk")] == ["yes", "no"]


def test_a_member_is_not_changed_by_the_plain_form(people: list[Member]) -> None:
    ada = people[0]

    answer = at_desk("superuser").post(f"/admin/members/member/{ada.pk}/change/", {"number": "1", "status": "closed"})

    assert answer.status_code == 403
    assert Member.objects.get(pk=ada.pk).status == "active"


def test_times_are_the_programmes(shop: Shop) -> None:
    factories.member(enrolled_at=clocks.now())
    page = text(at_desk("support").get(f"/admin/members/member/{Member.objects.get().pk}/change/"))

    assert "Enrolled 1 Jun 2026, 12:05" in page
