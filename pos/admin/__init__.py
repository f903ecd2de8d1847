"""Staff pages of purchases and returns, with what they earned, and of terminals, with their keys."""

from pos.admin.purchases import PurchaseAdmin
from pos.admin.returns import ReturnAdmin
from pos.admin.terminals import TerminalAdmin

__all__ = ["PurchaseAdmin", "ReturnAdmin", "TerminalAdmin"]
