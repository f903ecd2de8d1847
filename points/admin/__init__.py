"""Staff pages of the ledger, the point types and the earning rules."""

from points.admin.ledger import AccountAdmin, LotAdmin, PostingAdmin

__all__ = ["AccountAdmin", "LotAdmin", "PostingAdmin"]
