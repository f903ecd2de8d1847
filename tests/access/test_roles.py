"""Roles are groups, made by migration of one table."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission

from loyalty_site import roles
from tests import factories

pytestmark = pytest.mark.django_db


def given(role: str) -> set[str]:
    return {
        f"{app}.{name}"
        for app, name in Group.objects.get(name=role).permissions.values_list("content_type__app_label", "codename")
    }


@pytest.mark.parametrize("role", roles.ROLES)
def test_the_groups_are_those_of_the_table(role: str) -> None:
    """A failure here means: the table was changed without a migration that applies it, or names what there is not."""
    assert given(role) == {f"{app}.{name}" for app, name in roles.permissions(role)}


def test_there_are_five_roles() -> None:
    assert set(Group.objects.values_list("name", flat=True)) == {
        "cashier",
        "support",
        "marketing",
        "finance",
        "administrator",
    }


def test_an_administrator_may_do_all_that_others_may() -> None:
    everything = given("administrator")

    assert {role: given(role) - everything for role in roles.ROLES} == {role: set() for role in roles.ROLES}


def test_nobody_may_delete_and_nobody_may_write_the_ledger_by_hand() -> None:
    everything = given("administrator")

    assert {name for name in everything if ".delete_" in name} == set()
    ledger = {"account", "lot", "posting", "movement"}
    assert {name for name in everything if name.startswith("points.") and name.split("_")[-1] in ledger} == {
        "points.view_account",
        "points.view_lot",
        "points.view_posting",
        "points.view_movement",
    }


@pytest.mark.parametrize(
    ("permission", "who"),
    [
        ("members.add_member", {"cashier", "support", "administrator"}),
        ("members.view_member", {"cashier", "support", "marketing", "administrator"}),
        ("members.change_member", {"support", "administrator"}),
        ("members.suspend_member", {"support", "administrator"}),
        ("members.replace_card", {"support", "administrator"}),
        ("points.adjust_points", {"support", "administrator"}),
        ("pos.assign_purchase", {"cashier", "support", "administrator"}),
        ("points.change_earningrule", {"marketing", "administrator"}),
        ("rewards.view_voucher", {"cashier", "support", "marketing", "finance", "administrator"}),
        ("rewards.cancel_voucher", {"support", "administrator"}),
        ("rewards.change_reward", {"marketing", "administrator"}),
        ("rewards.supply_reward", {"marketing", "administrator"}),
        ("access.view_auditentry", {"finance", "administrator"}),
        ("core.run_job", {"administrator"}),
        ("access.change_user", {"administrator"}),
        ("sales.add_terminal", {"administrator"}),
    ],
)
def test_who_may_do_what(permission: str, who: set[str]) -> None:
    may = set()
    for role in roles.ROLES:
        user = factories.staff(role)
        user.groups.add(Group.objects.get(name=role))
        if user.has_perm(permission):
            may.add(role)

    assert may == who


def test_roles_can_be_made_again_and_taken_back() -> None:
    cashier = Group.objects.get(name="cashier")
    before = given("cashier")
    cashier.permissions.set([Permission.objects.get(codename="delete_member")])

    roles.apply(apps)
    assert given("cashier") == before

    roles.remove(apps)
    assert Group.objects.count() == 0
