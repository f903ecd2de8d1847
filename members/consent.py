"""What members allow: per channel and purpose, when, where said, and to which words.

Marketing needs a yes. Service messages (points that expire, a new tier) are part of the programme and go out until
the member says no; sign-in codes ask nobody. A member whose birth year is not known counts as grown up: most shops ask
for month and day only, and the terms ask for the age.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from core import clock, events, programme
from core.db import rows
from core.errors import InvalidInput, LoyaltyError
from core.models import Programme
from members import birthdays, wordings
from members.models import Consent, Member, Wording

_WORDING = {Consent.Purpose.SERVICE: Wording.Kind.SERVICE, Consent.Purpose.MARKETING: Wording.Kind.MARKETING}


class UnknownPurpose(InvalidInput):
    """A channel or purpose that there is none of."""

    code = "unknown_consent"
    sentence = _("There is no such channel or purpose.")


class BelowAgeOfConsent(LoyaltyError):
    """Members below the programme's age of consent receive no marketing. `age`: from which they may."""

    code = "below_age_of_consent"
    lasting = False
    sentence = _("Members below the age of %(age)d receive no marketing.")


def give(member: Member, channel: str, purpose: str, *, source: str, at: datetime) -> Consent:
    """Note the member's yes to the latest wording. SOURCE says where, such as "portal" or "till:LON-1/T1".

    A repeat to the same wording answers the first yes. Tells "consent.given". Raises UnknownPurpose, and for
    marketing BelowAgeOfConsent.
    """
    _check(channel, purpose)
    settings = programme.current()
    if purpose == Consent.Purpose.MARKETING and is_too_young(member, settings, at=at):
        raise BelowAgeOfConsent(age=settings.age_of_consent)
    return _say(member, channel, purpose, granted=True, source=source, at=at)


def withdraw(member: Member, channel: str, purpose: str, *, source: str, at: datetime) -> Consent:
    """Note the member's no. A repeat answers the first no. Tells "consent.withdrawn". Raises UnknownPurpose."""
    _check(channel, purpose)
    return _say(member, channel, purpose, granted=False, source=source, at=at)


def current(member: Member) -> dict[tuple[str, str], Consent]:
    """What the member said last, by channel and purpose, with its wording. One query."""
    said = Consent.objects.filter(member=member).select_related("wording").order_by("id")
    return {(consent.channel, consent.purpose): consent for consent in said}


def allows(member: Member, channel: str, purpose: str, *, at: datetime) -> bool:
    """Whether such messages may go to the member: marketing after a yes and from the age of consent, service without
    a no. Raises UnknownPurpose."""
    return member.pk in allowing([member.pk], channel, purpose, at=at)


def allowing(member_ids: Iterable[int], channel: str, purpose: str, *, at: datetime) -> set[int]:
    """Those of the members to whom such messages may go. At most three queries. Raises UnknownPurpose."""
    _check(channel, purpose)
    said = rows(
        """
        select m.id, c.granted
        from unnest(%s::bigint[]) as m(id)
        left join lateral (
            select granted from members_consent
            where member_id = m.id and channel = %s and purpose = %s
            order by id desc limit 1
        ) c on true
        """,
        [list(member_ids), channel, purpose],
    )
    if purpose == Consent.Purpose.SERVICE:
        return {row["id"] for row in said if row["granted"] is not False}
    yes = {row["id"] for row in said if row["granted"]}
    return yes - _too_young(yes, at=at)


def is_too_young(member: Member, settings: Programme, *, at: datetime) -> bool:
    """Whether the member is known to be below the programme's age of consent."""
    return _is_below(member, settings.age_of_consent, clock.business_date(at, settings))


def _too_young(member_ids: set[int], *, at: datetime) -> set[int]:
    if not member_ids:
        return set()
    settings = programme.current()
    on = clock.business_date(at, settings)
    # Lunar years end up to two months into the next solar one, so one year more is looked at.
    doubtful = Member.objects.filter(
        pk__in=member_ids, birth_year__gte=on.year - settings.age_of_consent - 1, birth_month__isnull=False
    )
    return {member.pk for member in doubtful if _is_below(member, settings.age_of_consent, on)}


def _is_below(member: Member, age_of_consent: int, on: date) -> bool:
    birthday = birthdays.of(member)
    age = birthdays.age(birthday, on=on) if birthday else None
    return age is not None and age < age_of_consent


def _check(channel: str, purpose: str) -> None:
    if channel not in Consent.Channel.values or purpose not in Consent.Purpose.values:
        raise UnknownPurpose(pointer="/consents")


def _say(member: Member, channel: str, purpose: str, *, granted: bool, source: str, at: datetime) -> Consent:
    wording = wordings.current(_WORDING[Consent.Purpose(purpose)])
    last = Consent.objects.filter(member=member, channel=channel, purpose=purpose).order_by("-id").first()
    if last and last.granted == granted and (last.wording_id == wording.pk or not granted):
        return last
    consent = Consent.objects.create(
        member=member, channel=channel, purpose=purpose, granted=granted, source=source, at=at, wording=wording
    )
    events.tell(
        "consent.given" if granted else "consent.withdrawn",
        reference=f"consent:{consent.pk}",
        occurred_at=at,
        member_id=member.pk,
        payload={"channel": channel, "purpose": purpose, "wording": wording.version},
    )
    return consent
