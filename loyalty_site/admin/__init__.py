"""Staff pages of what only the whole site knows: its jobs."""

from loyalty_site.admin.jobs import JobRunAdmin

__all__ = ["JobRunAdmin"]
