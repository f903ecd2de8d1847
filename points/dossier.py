"""What points says about a person, handed out to them: balances, and every posting with its reasons."""

from datetime import datetime
from typing import Any

from members.models import Member
from points import queries
from points.models import PointType, Posting


def export(member: Member, *, at: datetime) -> dict[str, Any]:
    """Balances as of AT and all postings, of every type of points. Three queries."""
    types = {point_type.pk: point_type.code for point_type in PointType.objects.all()}
    postings = Posting.objects.filter(account__member=member).order_by("account_id", "number")
    return {
        "balances": [
            {
                "points": types[point_type],
                "available": balance.available,
                "pending": balance.pending,
                "held": balance.held,
                "owed": balance.debt,
            }
            for point_type, balance in queries.balances(member.pk, at).items()
        ],
        "postings": [
            {
                "points": types[posting.account.point_type_id],
                "number": posting.number,
                "kind": posting.kind,
                "change": posting.points,
                "moved": posting.moved,
                "reference": posting.reference,
                "occurred_at": posting.occurred_at,
                "booked_at": posting.booked_at,
                "reasons": posting.reasons,
            }
            for posting in postings.select_related("account")
        ],
    }
