"""Which user somebody signs in as by a code, and the first sign-in by which a member claims the portal.

A code needs a user to be sent to before anybody has proved anything. So that an unproved address changes nothing with
a member, that user stands alone, under a name that only tells which member or address it is for; it is tied to the
member when the code was given back.
"""

from dataclasses import dataclass

from django.utils.crypto import salted_hmac

from access.models import User
from core.models import Programme
from members import contacts
from members.models import Member

CLAIMING = "member-"
JOINING = "joining-"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a code goes: one of phone (E.164) and e-mail, the other is empty."""

    phone: str = ""
    email: str = ""

    @property
    def text(self) -> str:
        return self.phone or self.email


def address(text: str, programme: Programme) -> Address:
    """What somebody typed as phone or e-mail. Raises InvalidPhone, InvalidEmail."""
    if "@" in text or "＠" in text:
        return Address(email=contacts.email(text.replace("＠", "@")))
    return Address(phone=contacts.phone(text, programme.country))


def member_at(where: Address) -> Member | None:
    """The member with this address, unless the membership has ended."""
    known = Member.objects.select_related("user").exclude(status=Member.Status.CLOSED)
    return (known.filter(phone=where.phone) if where.phone else known.filter(email=where.email)).first()


def user_of(member: Member) -> User | None:
    """The user to sign in as the member. None where a code must not be enough: blocked, or somebody of the staff."""
    user = member.user or _named(f"{CLAIMING}{member.uuid}")
    return None if user.is_staff or user.is_superuser or not user.is_active else user


def user_joining(where: Address) -> User | None:
    """The user to send a joining person's code to: the member's own if the address is known already."""
    if member := member_at(where):
        return user_of(member)
    return _named(JOINING + salted_hmac("portal.joining", where.text).hexdigest()[:40])


def claim(user: User) -> Member | None:
    """Tie the user, who has given back the code, to the member it was made for. A repeat finds the same member."""
    if user.username.startswith(CLAIMING):
        Member.objects.filter(uuid=user.username.removeprefix(CLAIMING), user=None).update(user=user)
    return Member.objects.filter(user=user).first()


def _named(username: str) -> User:
    user, _ = User.objects.get_or_create(username=username, defaults={"password": "!"})
    return user
