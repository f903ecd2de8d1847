"""Staff pages of the texts that members accept. The members themselves have theirs in `care`."""

from members.admin.wordings import WordingAdmin

__all__ = ["WordingAdmin"]
