"""Users and roles: nobody gives themselves, or anybody else, more than they have."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, Permission
from django.test import Client

from access import factors
from access.models import AuditEntry, User
from core.models import Event
from tests import factories
from tests.admin.desk import SECRET, at_desk, colleague, signed_in, text
from tests.factories import Shop

PASSWORD = "a long new password 7"


@pytest.fixture
def administrator(shop: Shop) -> Client:
    return at_desk("administrator")


def role(name: str) -> int:
    return Group.objects.get(name=name).pk


def form(user: User, **changes: object) -> dict[str, object]:
    """What the page of a user sends when nothing is changed."""
    return {
        "username": user.username,
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "is_active": "on",
        "groups": [group.pk for group in user.groups.all()],
    } | changes


def test_an_administrator_makes_a_colleague(shop: Shop, administrator: Client) -> None:
    new = {"username": "kim", "email": "kim@example.com", "password1": PASSWORD, "password2": PASSWORD}

    administrator.post("/admin/access/user/add/", {**new, "usable_password": "true", "groups": [role("cashier")]})

    kim = User.objects.get(username="kim")
    assert (kim.is_staff, kim.is_superuser, kim.check_password(PASSWORD)) == (True, False, True)
    assert [group.name for group in kim.groups.all()] == ["cashier"]
    entry = AuditEntry.objects.get()
    assert entry.action == "user.added"
    assert [word for word in ("kim@example.com", "argon2") if word in str(entry.changes)] == []


def test_rights_are_given_and_recorded(shop: Shop, administrator: Client) -> None:
    kim = factories.staff("kim")

    administrator.post(f"/admin/access/user/{kim.pk}/change/", form(kim, groups=[role("support")]))

    assert [group.name for group in kim.groups.all()] == ["support"]
    assert AuditEntry.objects.get().changes == {"groups": [[], [role("support")]]}


def test_nobody_changes_their_own_rights(shop: Shop) -> None:
    me = colleague("administrator")
    client = signed_in(me)

    client.post(
        f"/admin/access/user/{me.pk}/change/", form(me, is_superuser="on", groups=[role("finance")], last_name="Smith")
    )

    me.refresh_from_db()
    assert (me.is_superuser, me.last_name) == (False, "Smith")
    assert [group.name for group in me.groups.all()] == ["administrator"]


def test_an_administrator_makes_no_superuser(shop: Shop, administrator: Client) -> None:
    kim = factories.staff("kim")

    administrator.post(f"/admin/access/user/{kim.pk}/change/", form(kim, is_superuser="on", is_staff="on"))

    assert User.objects.get(pk=kim.pk).is_superuser is False


def test_an_administrator_does_not_touch_a_superuser(shop: Shop, administrator: Client) -> None:
    boss = factories.staff("boss", is_superuser=True)
    factors.enrol(boss, SECRET)
    place = f"/admin/access/user/{boss.pk}"

    answers = [
        administrator.post(f"{place}/change/", form(boss, username="taken over")).status_code,
        administrator.post(f"{place}/password/", {"password1": PASSWORD, "password2": PASSWORD}).status_code,
        administrator.post(f"{place}/remove-factor/", {"reason": "Lost"}).status_code,
    ]

    boss.refresh_from_db()
    assert answers == [403, 403, 403]
    assert (boss.username, boss.check_password(PASSWORD), factors.is_enrolled(boss)) == ("boss", False, True)


def test_a_role_with_more_than_one_has_is_not_offered(shop: Shop, administrator: Client) -> None:
    strong = Group.objects.create(name="Deleters")
    strong.permissions.add(Permission.objects.get(codename="delete_user"))
    kim = factories.staff("kim")
    place = f"/admin/access/user/{kim.pk}/change/"

    page = administrator.get(place).content.decode()
    administrator.post(place, form(kim, groups=[strong.pk]))

    assert "Deleters" not in page
    assert kim.groups.count() == 0


def test_a_colleague_with_more_rights_is_not_touched(shop: Shop, administrator: Client) -> None:
    strong = Group.objects.create(name="Deleters")
    strong.permissions.add(Permission.objects.get(codename="delete_user"))
    kim = factories.staff("kim")
    kim.groups.add(strong)

    assert administrator.post(f"/admin/access/user/{kim.pk}/change/", form(kim)).status_code == 403


def test_a_password_is_set_and_not_written_down(shop: Shop, administrator: Client) -> None:
    kim = factories.staff("kim")

    administrator.post(
        f"/admin/access/user/{kim.pk}/password/",
        {"password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"},
    )

    kim.refresh_from_db()
    assert kim.check_password(PASSWORD)
    entry = AuditEntry.objects.get()
    assert (entry.action, set(entry.changes.values())) == ("user.changed", {"***"})


def test_whoever_lost_the_phone_sets_up_a_new_factor(shop: Shop, administrator: Client) -> None:
    kim = factories.staff("kim")
    factors.enrol(kim, SECRET)

    administrator.post(f"/admin/access/user/{kim.pk}/remove-factor/", {"reason": "Phone stolen, called back"})

    assert Authenticator.objects.filter(user=kim).count() == 0
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject, entry.reason) == (
        "user.factor_removed",
        f"user:{kim.pk}",
        "Phone stolen, called back",
    )
    told = Event.objects.get(kind="staff.factor_changed")
    assert told.payload == {"user": kim.pk, "change": "removed", "language": "en"}


def test_nobody_removes_their_own_factor_here(shop: Shop) -> None:
    me = colleague("administrator")

    answer = signed_in(me).post(f"/admin/access/user/{me.pk}/remove-factor/", {"reason": "Tired"})

    assert answer.status_code == 403
    assert factors.is_enrolled(me)


def test_members_who_sign_in_are_not_among_the_staff(shop: Shop, administrator: Client) -> None:
    ada = factories.staff("ada")
    ada.is_staff = False
    ada.save()

    assert "ada@example.com" not in text(administrator.get("/admin/access/user/"))
    assert administrator.get(f"/admin/access/user/{ada.pk}/change/").status_code == 302


def test_roles_are_seen_and_not_changed(shop: Shop, administrator: Client) -> None:
    cashier = Group.objects.get(name="cashier")

    answer = administrator.post(f"/admin/auth/group/{cashier.pk}/change/", {"name": "cashier", "permissions": []})

    assert answer.status_code == 403
    assert cashier.permissions.count() > 0


def test_the_page_of_a_role_speaks_the_readers_language(shop: Shop, administrator: Client) -> None:
    cashier = Group.objects.get(name="cashier")
    page = f"/admin/auth/group/{cashier.pk}/change/"

    english = text(administrator.get(page))
    chinese = text(administrator.get(page, headers={"Accept-Language": "zh-hans"}))

    assert english.startswith("Cashier | View ")
    assert "Name Cashier" not in english
    assert "收银员 | 查看角色" in chinese
    assert "角色 chevron_right 收银员" in chinese
    assert "会员：可查看" in chinese
    assert re.findall(r"cashier|Can \w+", chinese, re.IGNORECASE) == []


def test_rights_stand_under_the_part_of_the_programme_they_belong_to(shop: Shop, administrator: Client) -> None:
    cashier = Group.objects.get(name="cashier")
    page = f"/admin/auth/group/{cashier.pk}/change/"

    read = administrator.get(page).content.decode()
    given = at_desk("superuser").get(page, headers={"Accept-Language": "zh-hans"}).content.decode()

    assert re.findall(r"<h3 class='staff-part'>(.*?)</h3>", read) == [
        "Members", "Points", "Rewards", "Stores and purchases", "Tiers", "Tills",
    ]  # fmt: skip
    assert "<h3 class='staff-part'>Members</h3><ul><li>Cards: Can view</li><li>Members: Can add</li>" in read
    groups = re.findall(r'<optgroup label="(.*?)">', given)
    assert "会员" in groups
    assert "积分" in groups
    assert len(groups) == len(set(groups))
    assert not re.search(r"<option[^>]*>[^<]*(Can |sessions|content ?type)", given)


def test_a_superuser_shapes_a_role(shop: Shop) -> None:
    view = Permission.objects.get(codename="view_event")

    at_desk("superuser").post("/admin/auth/group/add/", {"name": "Auditor", "permissions": [view.pk]})

    assert [p.codename for p in Group.objects.get(name="Auditor").permissions.all()] == ["view_event"]
    assert AuditEntry.objects.get().action == "group.added"


def test_a_role_that_comes_with_the_product_stays(shop: Shop) -> None:
    own = Group.objects.create(name="Auditor")
    cashier = Group.objects.get(name="cashier")
    client = at_desk("superuser")

    answers = [client.post(f"/admin/auth/group/{role.pk}/delete/", {"post": "yes"}) for role in (own, cashier)]

    assert [answer.status_code for answer in answers] == [302, 403]
    assert list(Group.objects.filter(pk__in=[own.pk, cashier.pk])) == [cashier]


def test_secrets_have_no_page(shop: Shop) -> None:
    client = at_desk("superuser")

    pages = ["mfa/authenticator", "account/emailaddress", "sessions/session", "pos/idempotencykey"]

    assert [client.get(f"/admin/{page}/").status_code for page in pages] == [404] * 4
