"""What members says about a person, handed out to them."""

from dataclasses import asdict
from typing import Any

from members import birthdays
from members.models import Acceptance, Card, Consent, Member, Trait


def export(member: Member) -> dict[str, Any]:
    """Who the member is, their cards, what they accepted and consented to, what is known about them. Four queries."""
    cards = Card.objects.filter(member=member).order_by("issued_at")
    accepted = Acceptance.objects.filter(member=member).order_by("id")
    known = Trait.objects.filter(member=member).order_by("id")
    said = Consent.objects.filter(member=member).order_by("id")
    return {
        "member": _person(member),
        "cards": list(cards.values("number", "status", "issued_at", "replaced_at")),
        "accepted": [
            {"text": kind, "version": version, "at": at, "where": where}
            for kind, version, at, where in accepted.values_list("wording__kind", "wording__version", "at", "source")
        ],
        "consents": [
            {"channel": channel, "purpose": purpose, "granted": granted, "at": at, "where": where, "version": version}
            for channel, purpose, granted, at, where, version in said.values_list(
                "channel", "purpose", "granted", "at", "source", "wording__version"
            )
        ],
        "traits": list(known.values("name", "value", "valid_from", "valid_to")),
    }


def _person(member: Member) -> dict[str, Any]:
    born = birthdays.of(member)
    return {
        "number": member.number,
        "status": member.status,
        "name": member.name,
        "phone": str(member.phone or ""),
        "email": member.email or "",
        "external_id": member.external_id or "",
        "language": member.language,
        "time_zone": member.time_zone,
        "birthday": born and asdict(born),
        "enrolled_at": member.enrolled_at,
        "enrolled_via": member.enrolled_via,
    }
