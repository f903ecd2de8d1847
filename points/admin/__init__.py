"""Staff pages of the ledger, the point types and the earning rules."""

from points.admin.ledger import AccountAdmin, LotAdmin, PostingAdmin
from points.admin.rules import EarningRuleAdmin
from points.admin.types import PointTypeAdmin

__all__ = ["AccountAdmin", "EarningRuleAdmin", "LotAdmin", "PointTypeAdmin", "PostingAdmin"]
