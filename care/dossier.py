"""Everything that we know about a member, as each app tells it."""

from datetime import datetime
from typing import Any

from django.db import transaction

from campaigns import dossier as greetings
from core.models import Programme
from members import dossier as person
from members.models import Member
from messaging import dossier as letters
from points import dossier as ledger
from rewards import dossier as claims
from sales import dossier as trade
from tiers import dossier as standing

FORMAT = "changke-member-data-1"


def export(member: Member, programme: Programme, *, at: datetime) -> dict[str, Any]:
    """All data about the member as of AT, in plain values, dates and times; of one moment."""
    with transaction.atomic():
        return {
            "format": FORMAT,
            "programme": programme.name,
            "made_at": at,
            **person.export(member),
            **standing.export(member),
            **ledger.export(member, at=at),
            **trade.export(member),
            **claims.export(member),
            **letters.export(member),
            **greetings.export(member),
        }
