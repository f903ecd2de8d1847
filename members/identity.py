"""Finding a member by what they show or say: card, phone, e-mail, external id. One statement, on every sale."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core import programme
from core.db import rows
from core.errors import InvalidInput, LoyaltyError
from members import contacts, numbers
from members.models import Member


class InvalidNumber(InvalidInput):
    """A member number that was mistyped: its length or check digit is wrong."""

    code = "invalid_member_number"
    sentence = _("This is not a member number. Please check the digits.")


class NotOneIdentifier(InvalidInput):
    """A search for a member by none, or by several, of number, phone, e-mail and external id."""

    code = "one_identifier"
    sentence = _("Search by one of: member number, phone, e-mail, external id.")


class UnknownMember(LoyaltyError):
    """Nobody is enrolled under what was given."""

    code = "unknown_member"
    status = 404
    lasting = False
    sentence = _("No member is known by this. You can enrol them.")


class CardReplaced(LoyaltyError):
    """The card was reported lost and replaced: whoever shows it may not be the member."""

    code = "card_replaced"
    status = 410
    sentence = _(
        "This card was replaced by a new one and is no longer valid. "
        "Please ask for the new card, or look the member up by phone or e-mail."
    )


class MemberSuspended(LoyaltyError):
    """The membership rests: nothing is accrued or redeemed until staff reactivate it."""

    code = "member_suspended"
    lasting = False
    sentence = _(
        "This membership is on hold, so points can't be collected or used at the moment. "
        "The sale itself can go on. Please ask the member to contact us; we will be glad to help."
    )


class MemberClosed(LoyaltyError):
    """The membership has ended."""

    code = "member_closed"
    sentence = _("This membership has been closed, so points can't be collected or used. The sale itself can go on.")


@dataclass(frozen=True, slots=True)
class Found:
    """A member as a till needs them. Contacts are in the form that is kept, "" where there is none."""

    member_id: int
    uuid: UUID
    number: str
    status: str
    name: str
    language: str
    time_zone: str
    phone: str
    email: str
    external_id: str


class HasStatus(Protocol):
    """A member in any shape."""

    @property
    def status(self) -> str: ...


def find(
    *,
    number: str | None = None,
    phone: str | None = None,
    email: str | None = None,
    external_id: str | None = None,
    country: str = "",
) -> Found:
    """The member known by the one identifier given, whatever their status.

    A phone number without + is read as dialled in COUNTRY; without that, the programme is asked for its country by a
    second statement. Raises NotOneIdentifier, InvalidNumber, InvalidPhone, InvalidEmail, UnknownMember, CardReplaced.
    """
    kind, identifier = known_as(number=number, phone=phone, email=email, external_id=external_id, country=country)
    found = rows("select * from members_find(%s, %s)", [kind, identifier])
    if not found:
        raise UnknownMember
    if found[0].pop("is_replaced"):
        raise CardReplaced
    return Found(**found[0])


def known_as(
    *,
    number: str | None = None,
    phone: str | None = None,
    email: str | None = None,
    external_id: str | None = None,
    country: str = "",
) -> tuple[str, str]:
    """By what a member is to be found, as members_find takes it: the kind of identifier, and it in the form kept.

    Raises NotOneIdentifier, InvalidNumber, InvalidPhone, InvalidEmail.
    """
    if sum(1 for given in (number, phone, email, external_id) if given) != 1:
        raise NotOneIdentifier
    if number:
        return "number", _card_number(number)
    if phone:
        return "phone", contacts.phone(phone, country or country_for(phone))
    if email:
        return "email", contacts.email(email)
    return "external_id", contacts.external_id(external_id or "")


def country_for(phone: str) -> str:
    """The country in which PHONE is dialled: the programme's, unless the number names its own."""
    return "" if contacts.is_international(phone) else programme.current().country


def require_active(member: HasStatus) -> None:
    """Raise MemberSuspended or MemberClosed unless the member takes part."""
    require_status(member.status)


def require_status(status: str) -> None:
    """Raise MemberSuspended or MemberClosed unless a member of that status takes part."""
    if status == Member.Status.SUSPENDED:
        raise MemberSuspended
    if status == Member.Status.CLOSED:
        raise MemberClosed


def _card_number(number: str) -> str:
    plain = numbers.plain(number)
    if not numbers.is_valid(plain):
        raise InvalidNumber(pointer="/number")
    return plain
