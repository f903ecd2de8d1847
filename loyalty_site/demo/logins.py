"""Who can sign in to the demo, and how. Nothing secret is read from the database: what is shown is made anew."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from access import factors
from access.models import User
from loyalty_site.demo import founding, keys, staff
from loyalty_site.demo import year as years
from members.models import Member
from sales.models import Terminal

SHOWN_MEMBERS = 2


@dataclass(frozen=True, slots=True)
class StaffLogin:
    username: str
    password: str
    totp_secret: str
    totp_code: str


@dataclass(frozen=True, slots=True)
class MemberLogin:
    name: str
    number: str
    phone: str
    email: str
    language: str


@dataclass(frozen=True, slots=True)
class Logins:
    """`terminal_key` is "" when it was made under another SECRET_KEY, and so are staff left out."""

    terminal_key: str
    member_number: str
    staff: list[StaffLogin]
    members: list[MemberLogin]

    def as_data(self) -> dict[str, Any]:
        return asdict(self)


def logins(*, at: datetime) -> Logins:
    """The demo's logins with the codes of the moment AT."""
    members = _members()
    return Logins(_terminal_key(), members[0].number if members else "", _staff(at), members)


def _terminal_key() -> str:
    """The key of the first till, if it still opens it."""
    code, _name, terminals = founding.STORES[0]
    key = keys.of_terminal(code, terminals[0])
    found = Terminal.objects.filter(key_prefix=key.prefix, key_hash=key.key_hash, revoked_at=None).exists()
    return str(key) if found else ""


def _staff(at: datetime) -> list[StaffLogin]:
    found = {user.username: user for user in User.objects.filter(is_staff=True, is_active=True)}
    shown = []
    for colleague in staff.COLLEAGUES:
        key = keys.of_staff(colleague.role)
        user = found.get(colleague.role)
        if user and user.check_password(key.password):
            code = factors.code(key.totp_secret, at=at)
            shown.append(StaffLogin(user.username, key.password, key.totp_secret, code))
    return shown


def _members() -> list[MemberLogin]:
    """The most faithful members: the first ones of the list of names, one of each language."""
    wanted = [f"{founding.PREFIX}{customer}" for customer in years.read().customers[:SHOWN_MEMBERS]]
    found = {member.external_id: member for member in Member.objects.filter(external_id__in=wanted)}
    members = [found[external_id] for external_id in wanted if external_id in found]
    return [MemberLogin(m.name, m.number, str(m.phone or ""), m.email or "", m.language) for m in members]
