"""What members says about a person, handed out to them."""

from typing import Any

from members import birthdays
from members.models import Acceptance, Card, Consent, Member


def export(member: Member) -> dict[str, Any]:
    """Who the member is, their cards, what they accepted and what they consented to. Three queries."""
    born = birthdays.of(member)
    return {
        "member": {
            "number": member.number,
            "status": member.status,
            "name": member.name,
            "phone": str(member.phone or ""),
            "email": member.email or "",
            "external_id": member.external_id or "",
            "language": member.language,
            "time_zone": member.time_zone,
            "birthday": None
            if born is None
            else {
                "calendar": born.calendar,
                "year": born.year,
                "month": born.month,
                "day": born.day,
                "is_leap_month": born.is_leap_month,
            },
            "enrolled_at": member.enrolled_at,
            "enrolled_via": member.enrolled_via,
        },
        "cards": list(
            Card.objects.filter(member=member)
            .order_by("issued_at")
            .values("number", "status", "issued_at", "replaced_at")
        ),
        "accepted": [
            {"text": kind, "version": version, "at": at, "where": where}
            for kind, version, at, where in Acceptance.objects.filter(member=member)
            .order_by("id")
            .values_list("wording__kind", "wording__version", "at", "source")
        ],
        "consents": [
            {"channel": channel, "purpose": purpose, "granted": granted, "at": at, "where": where, "version": version}
            for channel, purpose, granted, at, where, version in Consent.objects.filter(member=member)
            .order_by("id")
            .values_list("channel", "purpose", "granted", "at", "source", "wording__version")
        ],
    }
