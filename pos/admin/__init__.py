"""Staff pages of purchases, with what they earned, and of terminals, with their keys."""

from pos.admin.terminals import TerminalAdmin

__all__ = ["TerminalAdmin"]
