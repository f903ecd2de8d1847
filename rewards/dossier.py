"""What rewards says about a person, handed out to them: their vouchers, and whether they have a PIN."""

from typing import Any

from members.models import Member
from rewards import codes, proofs, queries


def export(member: Member) -> dict[str, Any]:
    """All vouchers, first to last. Codes are masked: a file may go further than its member means it to. Two queries."""
    return {
        "vouchers": [
            {
                "reward": voucher.reward.code,
                "name": voucher.names,
                "points": voucher.points,
                "code": codes.masked(voucher.code),
                "state": voucher.state,
                "issued_at": voucher.issued_at,
                "expires_at": voucher.expires_at,
                "used_at": voucher.used_at,
                "cancelled_at": voucher.cancelled_at,
            }
            for voucher in reversed(queries.vouchers(member.pk))
        ],
        "has_pin": proofs.has_pin(member.pk),
    }
