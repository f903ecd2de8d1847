"""What sales says about a person, handed out to them: what they bought and brought back."""

from typing import Any

from members.models import Member
from sales.models import Purchase


def export(member: Member) -> dict[str, Any]:
    """All purchases with their lines and returns. Four queries."""
    found = Purchase.objects.filter(member=member).select_related("store").order_by("occurred_at", "id")
    return {"purchases": [_purchase(each) for each in found.prefetch_related("lines", "returns__lines")]}


def _purchase(purchase: Purchase) -> dict[str, Any]:
    return {
        "receipt": purchase.number,
        "store": purchase.store.name,
        "occurred_at": purchase.occurred_at,
        "amount": str(purchase.amount),
        "currency": purchase.currency,
        "lines": [
            {
                "sku": line.sku,
                "name": line.name,
                "category": line.category,
                "quantity": str(line.quantity),
                "amount": str(line.amount),
            }
            for line in sorted(purchase.lines.all(), key=lambda line: line.position)
        ],
        "returns": [
            {"number": one.number, "occurred_at": one.occurred_at, "amount": str(one.amount)}
            for one in purchase.returns.all()
        ],
    }
