"""The demo's staff: one for each role, with a second factor."""

from typing import NamedTuple

from django.contrib.auth.models import Group

from access import factors
from access.models import User
from loyalty_site.demo import keys

ADMINISTRATOR = "administrator"


class Colleague(NamedTuple):
    """Somebody of the shop; the user name says the role."""

    role: str
    first_name: str
    last_name: str

    @property
    def email(self) -> str:
        return f"{self.role}@example.com"


COLLEAGUES = [
    Colleague(ADMINISTRATOR, "Wei", "Chang"),
    Colleague("cashier", "Grace", "Oduya"),
    Colleague("support", "Martin", "Brook"),
    Colleague("marketing", "Ling", "Ke"),
    Colleague("finance", "Judith", "Payne"),
]


def employ() -> None:
    """Make the users, each with the role's group, a password and an authenticator app."""
    groups = {group.name: group for group in Group.objects.all()}
    for colleague in COLLEAGUES:
        key = keys.of_staff(colleague.role)
        user = User.objects.create_user(
            colleague.role,
            colleague.email,
            key.password,
            first_name=colleague.first_name,
            last_name=colleague.last_name,
            is_staff=True,
            is_superuser=colleague.role == ADMINISTRATOR,
        )
        user.groups.add(groups[colleague.role])
        factors.enrol(user, key.totp_secret)
