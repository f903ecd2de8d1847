"""Points for tests, booked by the ledger."""

from datetime import datetime

from django.db import transaction

from members.models import Member
from points import ledger
from points.ledger import Accrual, Grant
from points.models import Lot, PointType


def grant(
    member: Member,
    of: PointType,
    points: int,
    *,
    until: datetime | None,
    at: datetime,
    usable_at: datetime | None = None,
) -> Lot:
    """Give MEMBER points at AT, usable as from then (or USABLE_AT), and answer their lot."""
    words = {"en": "A gift", "zh-hans": "礼物"}
    with transaction.atomic():
        account = ledger.open_accounts([(member.id, of.id, at)])[member.id, of.id]
        reference = f"gift:{account.last_number + 1}"
        gift = Grant(points, "gift", 1, words, usable_at or at, until)
        (booking,) = ledger.accrue([Accrual(account.account_id, reference, [gift], at, at, "test")])
    return Lot.objects.get(posting_id=booking.posting_id)
