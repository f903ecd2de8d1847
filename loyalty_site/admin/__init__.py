"""Staff pages of what only the whole site knows: its jobs, and its settings."""

from loyalty_site.admin.jobs import JobRunAdmin
from loyalty_site.admin.settings import SettingsAdmin

__all__ = ["JobRunAdmin", "SettingsAdmin"]
