"""Staff pages of greetings, of the occasions on which members get them, and of segments."""

from campaigns.admin.greetings import GreetingAdmin
from campaigns.admin.occasions import OccasionAdmin
from campaigns.admin.segments import SegmentAdmin

__all__ = ["GreetingAdmin", "OccasionAdmin", "SegmentAdmin"]
