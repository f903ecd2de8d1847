"""The member desk: finding members, the whole story of one, and what staff do for them."""

from care.admin.members import MemberAdmin

__all__ = ["MemberAdmin"]
