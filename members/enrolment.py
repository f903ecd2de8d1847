"""Taking people into the programme, keeping what is known about them right, and putting memberships on hold."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Unpack

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access import audit
from access.models import User
from core import events, programme
from core.errors import InvalidInput, LoyaltyError
from members import identity, numbers, profiles
from members.models import Card, Member
from members.profiles import IDENTIFIERS, Profile

# Each attempt fails only when somebody else enrols the same person, or draws the same number, at this very moment.
ATTEMPTS = 5

_NAMES: dict[str, str | Promise] = {
    "number": _("the member number"),
    "phone": _("the phone number"),
    "email": _("the e-mail address"),
    "external_id": _("the external id"),
}


class ContactMissing(InvalidInput):
    """Nothing was given by which the member could be found again."""

    code = "contact_missing"
    sentence = _("Give a phone number or an e-mail address.")


class BelongsToAnother(LoyaltyError):
    """A phone, e-mail, external id or member number belongs to another member. `errors` names which."""

    code = "belongs_to_another_member"
    lasting = False
    sentence = _("This belongs to another member: %(names)s.")

    def __init__(self, *fields: str) -> None:
        self.fields = fields
        super().__init__(pointers=[f"/{field}" for field in fields])

    def __str__(self) -> str:
        return str(self.sentence) % {"names": str(_(", ")).join(str(_NAMES[field]) for field in self.fields)}


class HasAnotherNumber(LoyaltyError):
    """Somebody who brings a card is known already, under another number."""

    code = "has_another_number"
    sentence = _("This member is already enrolled under another number.")


class ReasonMissing(InvalidInput):
    """Something that staff must give a reason for."""

    code = "reason_missing"
    sentence = _("Please give a reason.")


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A member, whether they are new, and which columns of one already known were filled."""

    member: Member
    is_new: bool
    filled: tuple[str, ...] = ()


def enrol(*, via: str, at: datetime, number: str = "", **profile: Unpack[Profile]) -> Enrolled:
    """Enrol somebody, or find them when their phone, e-mail or external id (or card number) is already known.

    One of phone, e-mail and external id is enough. A repeat, also one at the same moment, finds the first member and
    fills only what was empty with them; contacts stay as they are once the member signs in to the portal, and all of
    it while they are suspended. VIA says where, such as "till:LON-1/T1". NUMBER is for members who bring a card.
    Tells "member.enrolled" for a new member, "member.updated" when something was filled. Raises ContactMissing,
    BelongsToAnother, HasAnotherNumber, MemberClosed, InvalidNumber, and the refusals of members.profiles.
    """
    if number and not numbers.is_valid(number := numbers.plain(number)):
        raise identity.InvalidNumber(pointer="/number")
    with transaction.atomic():
        settings = programme.current()
        told = profiles.columns({"language": "", **profile}, programme=settings, at=at)
        if not any(told.get(field) for field in IDENTIFIERS):
            raise ContactMissing
        for attempt in range(1, ATTEMPTS + 1):
            known = _known(number, told)
            try:
                with transaction.atomic():
                    return _fill(known, told, at=at) if known else _create(number, told, via=via, at=at)
            except IntegrityError:
                if attempt == ATTEMPTS:
                    raise
        raise AssertionError  # the last attempt answered or raised


def update(member: Member, *, at: datetime, actor: User | None = None, **profile: Unpack[Profile]) -> Member:
    """Set what PROFILE tells about the member, and leave the rest. ACTOR None: the member did it.

    Recorded in the audit trail when staff did it: which fields, not what stood there. A repeat changes nothing.
    Tells "member.updated". Raises BelongsToAnother, ContactMissing (the last contact can't go), MemberClosed, and the
    refusals of members.profiles.
    """
    told = profiles.columns(profile, programme=programme.current(), at=at)
    with transaction.atomic():
        current = Member.objects.select_for_update().get(pk=member.pk)
        if current.status == Member.Status.CLOSED:
            raise identity.MemberClosed
        changed = {column: new for column, new in told.items() if _kept(current, column) != new}
        if not changed:
            return current
        if not any({**{field: getattr(current, field) for field in IDENTIFIERS}, **changed}[f] for f in IDENTIFIERS):
            raise ContactMissing
        try:
            with transaction.atomic():
                _write(current, changed, at=at)
        except IntegrityError as error:
            raise BelongsToAnother(*_taken(current, changed)) from error
        if actor:
            audit.record(
                "member.update", subject=f"member:{current.pk}", actor=actor, changes={"fields": sorted(changed)}
            )
        return current


def suspend(member: Member, *, reason: str, at: datetime, actor: User) -> Member:
    """Put a membership on hold: nothing is accrued or redeemed. Audited with its reason; tells "member.suspended".

    A repeat changes nothing. Raises ReasonMissing, MemberClosed.
    """
    return _set_status(member, Member.Status.SUSPENDED, "suspended", reason=reason, at=at, actor=actor)


def reactivate(member: Member, *, reason: str, at: datetime, actor: User) -> Member:
    """End the hold of a membership. Audited with its reason; tells "member.reactivated".

    A repeat changes nothing. Raises ReasonMissing, MemberClosed.
    """
    return _set_status(member, Member.Status.ACTIVE, "reactivated", reason=reason, at=at, actor=actor)


def _known(number: str, told: dict[str, Any]) -> Member | None:
    """The one member that has any of the identifiers, locked. Raises BelongsToAnother when there are several."""
    given = {field: told[field] for field in IDENTIFIERS if told.get(field)}
    holder = Card.objects.filter(number=number).values_list("member_id", flat=True).first() if number else None
    wanted = Q(pk=holder) if holder else Q()
    for field, value in given.items():
        wanted |= Q(**{field: value})
    members = list(Member.objects.select_for_update().filter(wanted).order_by("pk"))
    if len(members) > 1:
        matched = [field for field, value in given.items() if any(_kept(m, field) == value for m in members)]
        raise BelongsToAnother(*(["number"] if holder else []), *matched)
    if members and number and not holder:
        raise HasAnotherNumber
    return members[0] if members else None


def _create(number: str, told: dict[str, Any], *, via: str, at: datetime) -> Enrolled:
    number = number or numbers.draw()
    member = Member.objects.create(number=number, enrolled_at=at, enrolled_via=via, **told)
    Card.objects.create(number=number, member=member, issued_at=at)
    events.tell(
        "member.enrolled",
        reference=f"member:{member.uuid}",
        occurred_at=at,
        member_id=member.pk,
        payload={"via": via},
    )
    return Enrolled(member, is_new=True)


def _fill(member: Member, told: dict[str, Any], *, at: datetime) -> Enrolled:
    if member.status == Member.Status.CLOSED:
        raise identity.MemberClosed
    empty = profiles.missing(member, told)
    if member.user_id:
        # Whoever stands at a till may know a phone number; a contact of their own would open the member's portal.
        empty = {column: value for column, value in empty.items() if column not in IDENTIFIERS}
    if not empty or member.status == Member.Status.SUSPENDED:
        return Enrolled(member, is_new=False)
    _write(member, empty, at=at)
    return Enrolled(member, is_new=False, filled=tuple(sorted(empty)))


def _write(member: Member, changed: dict[str, Any], *, at: datetime) -> None:
    for column, value in changed.items():
        setattr(member, column, value)
    member.save(update_fields=list(changed))
    events.tell(
        "member.updated",
        reference=f"member:{member.uuid}",
        occurred_at=at,
        member_id=member.pk,
        payload={"fields": sorted(changed)},
    )


def _kept(member: Member, column: str) -> Any:
    """The column's value as it is kept: a phone as text."""
    value = getattr(member, column)
    return str(value) if column == "phone" and value is not None else value


def _taken(member: Member, changed: dict[str, Any]) -> list[str]:
    others = Member.objects.exclude(pk=member.pk)
    given = {field: changed[field] for field in IDENTIFIERS if changed.get(field)}
    return [field for field, value in given.items() if others.filter(**{field: value}).exists()]


def _set_status(member: Member, status: Member.Status, word: str, *, reason: str, at: datetime, actor: User) -> Member:
    if not reason.strip():
        raise ReasonMissing(pointer="/reason")
    with transaction.atomic():
        current = Member.objects.select_for_update().get(pk=member.pk)
        if current.status == Member.Status.CLOSED:
            raise identity.MemberClosed
        if current.status == status:
            return current
        current.status = status
        current.save(update_fields=["status"])
        audit.record(f"member.{word}", subject=f"member:{current.pk}", actor=actor, reason=reason.strip())
        events.tell(f"member.{word}", reference=f"member:{current.uuid}", occurred_at=at, member_id=current.pk)
        return current
