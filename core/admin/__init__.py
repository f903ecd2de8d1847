"""Staff pages of the programme's settings and its events, and what every staff page is built on."""

from core.admin.events import EventAdmin
from core.admin.programme import ProgrammeAdmin

__all__ = ["EventAdmin", "ProgrammeAdmin"]
