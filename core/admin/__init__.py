"""Staff pages of the programme's events, and what every staff page is built on."""

from core.admin.events import EventAdmin

__all__ = ["EventAdmin"]
